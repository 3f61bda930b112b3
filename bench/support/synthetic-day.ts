import { SIGNAL_VALUES, SIGNAL_VEL_DIV } from '../../src/model/frame.ts';
import { NS_PER_SECOND } from '../../src/model/time.ts';
import { createDayBlock, type DayBlock } from '../../src/shm/day-block.ts';

/** Scans of a whole day at 5 s. */
export const DAY_ROWS = 17_280;
/** Bar interval of the synthetic days, in ns. */
export const BAR_NS = 5 * NS_PER_SECOND;

const COMMON_SIGMA = 1.5e-4; // per 5 s bar: keeps the reference asset above vol_p60 on most bars, not on all
const OWN_SIGMA = 2.5e-4;
const SIGNAL_MEMORY = 0.9;
const SIGNAL_SIGMA = 0.012; // gives a stationary deviation near 0.028: roughly one bar in four passes the signal gate

export interface SyntheticDayOptions {
  readonly seed: number;
  readonly rows?: number;
  /** Price columns, the first is the reference asset. */
  readonly assets: number;
}

/**
 * A day of random walks with one common factor and an autoregressive `vel_div`: for timing only, it resembles no market.
 * Prices are rounded to ticks of about 1e-5 of their level, as venues do, for the Parquet dictionaries depend on it.
 * Same seed, same day.
 */
export function createSyntheticDay(options: SyntheticDayOptions): DayBlock {
  const { assets, rows = DAY_ROWS } = options;
  const day = createDayBlock({ rows, assets, books: 0 });
  const normal = createNormalSource(options.seed);
  const levels = Float64Array.from({ length: assets }, (_, a) => 40_000 / (1 + a * 7.3));
  const ticks = levels.map((level) => 10 ** (Math.floor(Math.log10(level)) - 5));
  day.signals.fill(Number.NaN);
  let velDiv = 0;
  for (let row = 0; row < rows; row++) {
    day.nsOfDay[row] = row * BAR_NS;
    day.scanNumbers[row] = row + 1;
    velDiv = SIGNAL_MEMORY * velDiv + SIGNAL_SIGMA * normal();
    day.signals[row * SIGNAL_VALUES + SIGNAL_VEL_DIV] = Math.round(velDiv * 1e9) / 1e9;
    const common = COMMON_SIGMA * normal();
    for (let a = 0; a < assets; a++) {
      const level = levels[a]! * (1 + common + OWN_SIGMA * normal());
      const tick = ticks[a]!;
      levels[a] = level;
      day.prices[row * assets + a] = Math.round(level / tick) * tick;
    }
  }
  return day;
}

/** Column names of a synthetic universe: BTCUSDT first, then made-up symbols. */
export function syntheticUniverse(assets: number): string[] {
  return Array.from({ length: assets }, (_, a) => (a === 0 ? 'BTCUSDT' : `SYN${String(a).padStart(3, '0')}USDT`));
}

/** Roughly normal numbers (sum of four uniforms, unit variance) from a 32-bit LCG (Numerical Recipes, §7.1). */
function createNormalSource(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
}
