/** A ratio over paired rounds: median and its 95 % interval. */
export interface RatioInterval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
}

/** Samples that must lie beyond a quantile before it is worth stating. */
const SAMPLES_BEYOND = 10;
const RESAMPLES = 10_000;

/** Median; the mean of the middle two of an even count. @throws RangeError when there is no value. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('median needs at least one value, had 0');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Quantile by nearest rank, or null when fewer than ten samples lie beyond it.
 * @param sorted - ascending.
 * @param fraction - in (0, 1).
 */
export function quantile(sorted: ArrayLike<number>, fraction: number): number | null {
  const rank = Math.ceil(fraction * sorted.length);
  if (sorted.length - rank < SAMPLES_BEYOND && fraction > 0.5) return null;
  return sorted[Math.max(rank - 1, 0)]!;
}

/**
 * Median of the pairwise ratios `ours[i] / peer[i]` with a 95 % percentile bootstrap over rounds; seeded, so the same
 * rounds give the same interval.
 * @throws RangeError when the arrays differ in length or are empty.
 */
export function ratioInterval(ours: readonly number[], peer: readonly number[]): RatioInterval {
  if (ours.length !== peer.length) throw new RangeError(`rounds must pair, were ${ours.length} and ${peer.length}`);
  const ratios = ours.map((value, round) => value / peer[round]!);
  let state = 42;
  const below = (n: number): number => {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const medians = Array.from({ length: RESAMPLES }, () => median(ratios.map(() => ratios[below(ratios.length)]!)));
  medians.sort((a, b) => a - b);
  return {
    median: median(ratios),
    low: medians[Math.floor(0.025 * RESAMPLES)]!,
    high: medians[Math.ceil(0.975 * RESAMPLES) - 1]!,
    rounds: ratios.length,
  };
}
