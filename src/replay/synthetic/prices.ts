import { SeededRandom } from './random.ts';
import type { Storyline } from './storyline.ts';
import { SECTORS, type SyntheticAsset } from './universe.ts';

/** Standard deviations of log returns of a 5 s bar in the active regime. */
const MARKET_SIGMA = 1.5e-4;
const SECTOR_SIGMA = 0.8e-4;
const OWN_SIGMA = 1.2e-4;
const PEG_SIGMA = 1e-5;
/** Mean jumps of a day: of the market, and of each asset. */
const MARKET_JUMPS_PER_DAY = 5;
const OWN_JUMPS_PER_DAY = 1.5;
const MARKET_JUMP_SIGMA = 0.003;
const OWN_JUMP_SIGMA = 0.012;
/** Spread of the levels that days begin at. */
const ANCHOR_SIGMA = 0.015;
/** Half the distance between best bid and best ask; a bar's last trade is at either, or between them. */
const HALF_SPREAD_FRAC = 1.5e-4;

const STREAM_ANCHOR = 10;
const STREAM_MARKET = 11;
const STREAM_TRADES = 12;

export interface PriceOptions {
  readonly seed: number;
  /** UTC day number. */
  readonly day: number;
  readonly assets: readonly SyntheticAsset[];
  readonly secondsPerBar: number;
  readonly story: Storyline;
}

/**
 * Fills a day of last-trade prices: log-price random walks with a market factor, sector factors and own noise under the
 * day's volatility, jumps, bid-ask bounce, rounded to ticks. The walks are bridged to end where the next day begins, so
 * a row of days has no jump at midnight. Nothing in them can be foretold from the past.
 *
 * @param out - row-major, rows x assets; every value is a valid price.
 */
export function fillPrices(out: Float64Array, options: PriceOptions): void {
  const { seed, day, assets } = options;
  walkLogPrices(out, options, anchors(seed, day, assets));
  bridge(out, assets.length, anchors(seed, day + 1, assets));
  tradeAtTicks(out, assets, new SeededRandom(seed, day, STREAM_TRADES));
}

/** Log prices at 00:00 UTC. */
function anchors(seed: number, day: number, assets: readonly SyntheticAsset[]): Float64Array {
  const market = ANCHOR_SIGMA * new SeededRandom(seed, day, STREAM_ANCHOR).normal();
  return Float64Array.from(assets, ({ level, beta }, index) => {
    const own = ANCHOR_SIGMA * new SeededRandom(seed, day, STREAM_ANCHOR, index).normal();
    return Math.log(level) + (beta === 0 ? 0 : beta * market + own);
  });
}

function walkLogPrices(out: Float64Array, options: PriceOptions, from: Float64Array): void {
  const { seed, day, assets, secondsPerBar, story } = options;
  const random = new SeededRandom(seed, day, STREAM_MARKET);
  const scale = Math.sqrt(secondsPerBar / 5);
  const jumpShare = secondsPerBar / 86_400;
  const current = from.slice();
  const sectors = new Float64Array(SECTORS);
  const rows = story.volatility.length;
  out.set(current);
  for (let row = 1; row < rows; row++) {
    const volatility = scale * story.volatility[row]!;
    let market = MARKET_SIGMA * volatility * random.normal();
    if (random.uniform() < MARKET_JUMPS_PER_DAY * jumpShare) market += MARKET_JUMP_SIGMA * random.normal();
    for (let sector = 0; sector < SECTORS; sector++) sectors[sector] = SECTOR_SIGMA * volatility * random.normal();
    for (let a = 0; a < assets.length; a++) {
      const { beta, sector, ownNoise } = assets[a]!;
      const own = random.normal();
      if (beta === 0) {
        current[a] = 0.99 * current[a]! + PEG_SIGMA * own;
      } else {
        const shared = a === 0 ? 0 : sectors[sector]!; // the reference asset is the market
        current[a] = current[a]! + beta * market + shared + OWN_SIGMA * ownNoise * volatility * own;
        if (random.uniform() < OWN_JUMPS_PER_DAY * jumpShare * ownNoise)
          current[a]! += OWN_JUMP_SIGMA * random.normal();
      }
      out[row * assets.length + a] = current[a]!;
    }
  }
}

/** Adds to each walk the straight line that makes it end, one bar after its last, at `to`. */
function bridge(out: Float64Array, assets: number, to: Float64Array): void {
  const rows = out.length / assets;
  const missing = to.map((target, a) => target - out[(rows - 1) * assets + a]!);
  for (let row = 1; row < rows; row++) {
    for (let a = 0; a < assets; a++) out[row * assets + a]! += (missing[a]! * row) / rows;
  }
}

function tradeAtTicks(out: Float64Array, assets: readonly SyntheticAsset[], random: SeededRandom): void {
  const ticksPerUnit = assets.map(({ decimals }) => 10 ** decimals);
  for (let i = 0, a = 0; i < out.length; i++) {
    const side = Math.floor(random.uniform() * 3) - 1;
    const halfSpread = a === 0 ? 0 : side * HALF_SPREAD_FRAC;
    const ticks = Math.max(1, Math.round(Math.exp(out[i]!) * (1 + halfSpread) * ticksPerUnit[a]!));
    out[i] = ticks / ticksPerUnit[a]!; // a quotient of integers prints as the decimal that it is
    a = a + 1 === assets.length ? 0 : a + 1;
  }
}
