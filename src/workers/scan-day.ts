import type { EigenScanner } from '../alpha/scanner/eigen-scanner.ts';
import { SIGNAL_VALUES } from '../model/frame.ts';
import type { StrategyConfig } from '../model/strategy.ts';
import type { DayBlock } from '../shm/day-block.ts';

/** Edges of the signal buckets: there, too, a last bit of the divergence decides (semantics §4.1). */
const BUCKET_EDGES = [0.035, 0.05, 0.075] as const;

/** Absolute divergences at which the scanner computes afresh, for a strategy. */
export function scannerThresholds(config: StrategyConfig): number[] {
  return [Math.abs(config.vel_div_threshold), ...BUCKET_EDGES];
}

/**
 * Runs the scanner over the accepted scans of a decoded day; writes its columns only where the file has none. Days must
 * come in order, none left out: the scanner's prices run across midnight (semantics §9).
 *
 * @param goesOn - asked before each scan, since a day of many assets takes minutes; false ends the day there.
 * @returns false when it was ended.
 */
export function scanDay(
  scanner: EigenScanner,
  block: DayBlock,
  day: number,
  hasSignals: boolean,
  goesOn: () => boolean = () => true,
): boolean {
  const { nsOfDay, scanNumbers, signals, prices, rows, assets } = block;
  const discarded = new Float64Array(SIGNAL_VALUES);
  let lastNumber = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < rows; row++) {
    const number = scanNumbers[row] as number;
    if (!(number > lastNumber)) continue;
    lastNumber = number;
    if (!goesOn()) return false;
    const out = hasSignals ? discarded : signals;
    scanner.step(day, nsOfDay[row] as number, prices, row * assets, out, hasSignals ? 0 : row * SIGNAL_VALUES);
  }
  return true;
}
