import { InputError } from '../../model/input-error.ts';
import { NS_PER_MS } from '../../model/time.ts';

/** A measured interval may differ from the asked one by this fraction. Semantics §1. */
const TOLERANCE_FRAC = 0.2;

/**
 * Median of the steps inside the files, in ms; NaN when no file holds two rows.
 * @param stampsOfFiles - per file the ns of its accepted scans, file order.
 */
export function measureBarIntervalMs(stampsOfFiles: readonly Float64Array[]): number {
  const count = stampsOfFiles.reduce((sum, stamps) => sum + Math.max(0, stamps.length - 1), 0);
  const steps = new Float64Array(count);
  let filled = 0;
  for (const stamps of stampsOfFiles) {
    for (let i = 1; i < stamps.length; i++) steps[filled++] = (stamps[i] as number) - (stamps[i - 1] as number);
  }
  return median(steps) / NS_PER_MS;
}

/**
 * The interval that a run uses.
 *
 * @param asked - milliseconds, or `auto` to adopt the measured one.
 * @param fallbackMs - taken by `auto` when nothing could be measured.
 * @throws InputError when the measured interval differs from the asked one by more than 20 %.
 */
export function chooseBarIntervalMs(measuredMs: number, asked: number | 'auto', fallbackMs: number): number {
  const isMeasured = !Number.isNaN(measuredMs);
  if (isMeasured && !(measuredMs > 0)) {
    throw new InputError(
      `the files' bar interval is ${measuredMs} ms (median timestamp step): timestamps must go forward from scan to scan`,
    );
  }
  if (asked === 'auto') return isMeasured ? measuredMs : fallbackMs;
  if (isMeasured && Math.abs(measuredMs - asked) > TOLERANCE_FRAC * asked) {
    throw new InputError(
      `the files' bar interval is ${measuredMs} ms (median timestamp step), the config's bar_interval_ms is ${asked} ms: ` +
        'they may differ by 20 % at most; adopt the measured one with --bar-interval auto',
    );
  }
  return asked;
}

function median(values: Float64Array): number {
  if (values.length === 0) return Number.NaN;
  values.sort();
  const middle = values.length >> 1;
  const upper = values[middle] as number;
  return values.length % 2 === 1 ? upper : ((values[middle - 1] as number) + upper) / 2;
}
