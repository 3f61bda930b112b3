import type { SeededRandom } from './random.ts';

/** What happens on a synthetic day, bar by bar; prices, signals and books are all told from it. */
export interface Storyline {
  /** Market volatility against that of an ordinary active hour. */
  readonly volatility: Float64Array;
  /** Push on the fast velocity, dimensionless: negative in a SHORT burst, positive in a LONG one, else 0. */
  readonly burst: Float64Array;
}

const CALM = 0;
const ACTIVE = 1;
const STORM = 2;
/** Volatility of each regime. Calm lies below the champion's volatility gate, the others above it. */
const REGIME_VOLATILITY = [0.42, 1, 4.2] as const;
const MEAN_REGIME_SECONDS = [1800, 2400, 700] as const;
/** Mean seconds from one burst to the next. */
const MEAN_BURST_GAP_SECONDS = [600, 160, 200] as const;
const LONG_BURST_SHARE = 0.25;
/** The day's end is always active and under a SHORT burst: a position runs into midnight. */
const LAST_ACT_SECONDS = 900;
const LAST_BURST_SECONDS = 480;

/** @param secondsPerBar - bar interval. */
export function writeStoryline(rows: number, secondsPerBar: number, random: SeededRandom): Storyline {
  const volatility = new Float64Array(rows);
  const burst = new Float64Array(rows);
  let regime: number = ACTIVE;
  let burstEnd = 0;
  let depth = 0;
  for (let row = 0; row < rows; row++) {
    const secondsLeft = (rows - row) * secondsPerBar;
    if (random.uniform() < secondsPerBar / MEAN_REGIME_SECONDS[regime]!) regime = nextRegime(regime, random);
    if (secondsLeft <= LAST_ACT_SECONDS && regime === CALM) regime = ACTIVE;
    volatility[row] = REGIME_VOLATILITY[regime]!;

    const startsBurst = row >= burstEnd && random.uniform() < secondsPerBar / MEAN_BURST_GAP_SECONDS[regime]!;
    if (startsBurst) {
      burstEnd = row + 1 + Math.ceil(random.between(20, 150) / secondsPerBar);
      depth = random.between(0.012, 0.05) * (random.uniform() < LONG_BURST_SHARE ? 1 : -1);
    }
    if (row < burstEnd) burst[row] = depth;
    if (secondsLeft <= LAST_BURST_SECONDS) burst[row] = -0.04;
  }
  return { volatility, burst };
}

/** Calm and storm lead to active; active leads to calm, less often to a storm. */
function nextRegime(regime: number, random: SeededRandom): number {
  if (regime !== ACTIVE) return ACTIVE;
  return random.uniform() < 0.4 ? STORM : CALM;
}
