import { ASK_DEPTH_1, ASK_NOTIONAL_1, BID_DEPTH_1, BID_NOTIONAL_1, BOOK_VALUES } from '../../model/frame.ts';
import { NS_PER_SECOND } from '../../model/time.ts';
import type { DayBlock } from '../../shm/day-block.ts';
import type { SeededRandom } from './random.ts';
import type { Storyline } from './storyline.ts';

const SNAPSHOT_SECONDS = 30;
const SNAPSHOTS_PER_DAY = 86_400 / SNAPSHOT_SECONDS;
const PERCENTS = 5;
/** Resting orders lie on average this fraction of k percent from mid: the two 1 % VWAPs are 1.1 % apart. */
const VWAP_SHARE = 0.55;
const ASYMMETRY = { memory: 0.9, sigma: 0.14 } as const;
const DEPTH = { memory: 0.97, sigma: 0.25 } as const;
/** Depth that is taken back when the market storms, as a fraction. */
const STORM_WITHDRAWAL = 0.45;

/** Snapshots of a whole day: one per asset every 30 s. */
export function bookSnapshots(assets: number): number {
  return SNAPSHOTS_PER_DAY * assets;
}

/**
 * Fills the book part of a block from its prices: cumulative notionals and depths at 1 to 5 percent (semantics §7),
 * snapshots in time order, at one time in index order. Asymmetry and depth wander by themselves; depth thins out while
 * volatility is high.
 */
export function fillBooks(block: DayBlock, story: Storyline, secondsPerBar: number, random: SeededRandom): void {
  const { assets } = block;
  const asymmetry = new Float64Array(assets);
  const depth = new Float64Array(assets);
  for (let time = 0; time < SNAPSHOTS_PER_DAY; time++) {
    const row = Math.floor((time * SNAPSHOT_SECONDS) / secondsPerBar);
    const withdrawn = story.volatility[row]! > 1 ? STORM_WITHDRAWAL : 0;
    for (let a = 0; a < assets; a++) {
      asymmetry[a] = revert(asymmetry[a]!, ASYMMETRY, random);
      depth[a] = revert(depth[a]!, DEPTH, random);
      const snapshot = time * assets + a;
      block.bookNsOfDay[snapshot] = time * SNAPSHOT_SECONDS * NS_PER_SECOND;
      block.bookAssets[snapshot] = a;
      const notional = (2e6 / (1 + a)) * Math.exp(depth[a]!) * (1 - withdrawn);
      const tilt = Math.max(-0.9, Math.min(0.9, asymmetry[a]!));
      fillSnapshot(block, snapshot, { mid: block.prices[row * assets + a]!, notional, tilt });
    }
  }
}

interface BookShape {
  readonly mid: number;
  /** Of both sides together within 1 %, in USDT. */
  readonly notional: number;
  /** Asymmetry within 1 %, -1 to 1. */
  readonly tilt: number;
}

function fillSnapshot({ bookValues }: DayBlock, snapshot: number, { mid, notional, tilt }: BookShape): void {
  const at = snapshot * BOOK_VALUES;
  for (let k = 1; k <= PERCENTS; k++) {
    const bid = (notional / 2) * (1 + tilt / k) * k;
    const ask = (notional / 2) * (1 - tilt / k) * k;
    const distance = (VWAP_SHARE * k) / 100;
    bookValues[at + BID_NOTIONAL_1 + k - 1] = bid;
    bookValues[at + ASK_NOTIONAL_1 + k - 1] = ask;
    bookValues[at + BID_DEPTH_1 + k - 1] = bid / (mid * (1 - distance));
    bookValues[at + ASK_DEPTH_1 + k - 1] = ask / (mid * (1 + distance));
  }
}

function revert(value: number, { memory, sigma }: { memory: number; sigma: number }, random: SeededRandom): number {
  return memory * value + sigma * Math.sqrt(1 - memory * memory) * random.normal();
}
