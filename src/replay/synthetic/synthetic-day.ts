import { MS_PER_DAY, NS_PER_MS } from '../../model/time.ts';
import { createDayBlock, type DayBlock } from '../../shm/day-block.ts';
import { bookSnapshots, fillBooks } from './books.ts';
import { fillPrices } from './prices.ts';
import { SeededRandom } from './random.ts';
import { fillSignals } from './signals.ts';
import { writeStoryline } from './storyline.ts';
import { syntheticUniverse } from './universe.ts';

/** Part of what makes a day: a day made by another version may differ. */
export const SYNTHETIC_VERSION = 1;

const STREAM_STORY = 1;
const STREAM_SIGNALS = 2;
const STREAM_BOOKS = 3;

export interface SyntheticDayOptions {
  /** Whole number from 0 on. */
  readonly seed: number;
  /** UTC day number. */
  readonly day: number;
  /** 1 to 400; names by `syntheticUniverse`. */
  readonly assets: number;
  /** Bar interval; must divide a day. */
  readonly intervalMs: number;
  /** Order-book snapshots every 30 s. */
  readonly withBook: boolean;
}

/**
 * A made-up day of scans in the layout of semantics §1: prices and scan columns told from one storyline of volatility
 * regimes and signal bursts, so that every gate and exit of the strategy gets to work. There is no edge in it: returns
 * cannot be foretold, so a strategy loses its fees, and a little to the bid-ask bounce.
 *
 * Same options, same values, whatever other days are made; a book neither changes prices nor signals.
 *
 * @throws RangeError when the interval does not divide a day.
 */
export function createSyntheticDay(options: SyntheticDayOptions): DayBlock {
  const { seed, day, intervalMs, withBook } = options;
  if (!(intervalMs >= 1) || MS_PER_DAY % intervalMs !== 0) {
    throw new RangeError(`intervalMs must be a number of ms that divides a day, was ${intervalMs}`);
  }
  const assets = syntheticUniverse(options.assets);
  const rows = MS_PER_DAY / intervalMs;
  const secondsPerBar = intervalMs / 1000;
  const block = createDayBlock({ rows, assets: assets.length, books: withBook ? bookSnapshots(assets.length) : 0 });
  for (let row = 0; row < rows; row++) {
    block.nsOfDay[row] = row * intervalMs * NS_PER_MS;
    block.scanNumbers[row] = row + 1;
  }
  const story = writeStoryline(rows, secondsPerBar, new SeededRandom(seed, day, STREAM_STORY));
  fillPrices(block.prices, { seed, day, assets, secondsPerBar, story });
  fillSignals(block.signals, story, new SeededRandom(seed, day, STREAM_SIGNALS));
  if (withBook) fillBooks(block, story, secondsPerBar, new SeededRandom(seed, day, STREAM_BOOKS));
  return block;
}
