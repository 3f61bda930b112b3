import { BAR_MS } from '../../model/resolution.ts';
import { MS_PER_DAY, NS_PER_MS } from '../../model/time.ts';
import { type BarBlock, barBlockOf } from '../../shm/bar-block.ts';
import type { DayBlock } from '../../shm/day-block.ts';
import { SeededRandom } from './random.ts';
import { syntheticUniverse } from './universe.ts';

const STREAM_BARS = 4;
/** Share of scans between which an asset trades once more; at 0.1 s most bars carry no trade. */
const TRADE_SHARE = 0.6;
/** A trade between two scans lies between their prices, or beyond either by up to this share of their distance. */
const BEYOND = 0.5;
const SCANS_PER_BLOCK = 180;

export interface SyntheticBarsOptions {
  readonly seed: number;
  /** UTC day number. */
  readonly day: number;
  /** From scan to scan; a multiple of 100 ms. */
  readonly intervalMs: number;
}

/**
 * The 0.1 s bars of a synthetic day, block by block: at the instant of a scan its prices, in between at most one more trade
 * per asset, and the last price carried. From 00:00 to the last bar before midnight.
 *
 * Same options and scans, same values.
 * @param scans - as createSyntheticDay made them.
 * @throws RangeError when the interval is no multiple of 100 ms, or 100 ms itself.
 */
export function* syntheticBars(scans: DayBlock, options: SyntheticBarsOptions): Generator<BarBlock> {
  const { seed, day, intervalMs } = options;
  const barsPerScan = intervalMs / BAR_MS;
  if (!Number.isInteger(barsPerScan) || barsPerScan < 2) {
    throw new RangeError(`intervalMs must be a multiple of ${BAR_MS} and more, was ${intervalMs}`);
  }
  const random = new SeededRandom(seed, day, STREAM_BARS);
  const ticksPerUnit = syntheticUniverse(scans.assets).map(({ decimals }) => 10 ** decimals);
  for (let from = 0; from < scans.rows; from += SCANS_PER_BLOCK) {
    const count = Math.min(SCANS_PER_BLOCK, scans.rows - from);
    const block = barBlockOf({ rows: count * barsPerScan, assets: scans.assets });
    for (let i = 0; i < block.rows; i++) block.nsOfDay[i] = (from * barsPerScan + i) * BAR_MS * NS_PER_MS;
    for (let scan = 0; scan < count; scan++) {
      for (let a = 0; a < scans.assets; a++) {
        fillBetween(
          block,
          scan * barsPerScan,
          barsPerScan,
          a,
          pricesAround(scans, from + scan, a),
          ticksPerUnit[a]!,
          random,
        );
      }
    }
    yield block;
  }
}

/** Bars of a day: they do not depend on the length of a scan. */
export const BARS_PER_DAY = MS_PER_DAY / BAR_MS;

/** Price of an asset at a scan and at the next one; behind the last scan nothing happens any more. */
function pricesAround(scans: DayBlock, row: number, a: number): { readonly now: number; readonly next: number } {
  const now = scans.prices[row * scans.assets + a]!;
  return { now, next: row + 1 < scans.rows ? scans.prices[(row + 1) * scans.assets + a]! : now };
}

function fillBetween(
  block: BarBlock,
  firstBar: number,
  bars: number,
  a: number,
  { now, next }: { readonly now: number; readonly next: number },
  ticksPerUnit: number,
  random: SeededRandom,
): void {
  const trades = random.uniform() < TRADE_SHARE;
  const at = 1 + Math.floor(random.uniform() * (bars - 1));
  const place = random.between(-BEYOND, 1 + BEYOND);
  const traded = Math.max(1, Math.round((now + (next - now) * place) * ticksPerUnit)) / ticksPerUnit;
  for (let bar = 0; bar < bars; bar++) {
    block.prices[(firstBar + bar) * block.assets + a] = trades && bar >= at ? traded : now;
  }
}
