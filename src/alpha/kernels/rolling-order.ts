import type { StateWalk } from '../../model/state-walk.ts';

/**
 * Rolling windows of the last `window` values of many series, each with its values also kept in order, so that a
 * median or a percentile is a look-up. Push costs one binary search and one move of at most `window` doubles.
 *
 * Values must be finite. Memory: 2 x series x window doubles, allocated once.
 */
export class RollingOrder {
  private readonly window: number;
  private readonly arrivals: Float64Array;
  private readonly sorted: Float64Array;
  private readonly counts: Int32Array;
  private readonly cursors: Int32Array;

  constructor(series: number, window: number) {
    this.window = window;
    this.arrivals = new Float64Array(series * window);
    this.sorted = new Float64Array(series * window);
    this.counts = new Int32Array(series);
    this.cursors = new Int32Array(series);
  }

  /** Forgets all values of all series. */
  reset(): void {
    this.counts.fill(0);
    this.cursors.fill(0);
  }

  /** Number of values that series `s` holds, at most the window. */
  count(s: number): number {
    return this.counts[s]!;
  }

  /** Appends `value` to series `s`; the oldest value leaves when the window is full. */
  push(s: number, value: number): void {
    const base = s * this.window;
    const sorted = this.sorted;
    const cursor = this.cursors[s]!;
    let count = this.counts[s]!;
    if (count === this.window) {
      const leaving = this.lowerBound(base, count, this.arrivals[base + cursor]!);
      sorted.copyWithin(leaving, leaving + 1, base + count);
      count--;
    }
    const place = this.lowerBound(base, count, value);
    sorted.copyWithin(place + 1, place, base + count);
    sorted[place] = value;
    this.arrivals[base + cursor] = value;
    this.counts[s] = count + 1;
    this.cursors[s] = cursor + 1 === this.window ? 0 : cursor + 1;
  }

  /** Median of series `s`; the mean of the middle two for an even count; NaN when empty. */
  median(s: number): number {
    const count = this.counts[s]!;
    if (count === 0) return Number.NaN;
    const middle = s * this.window + (count >> 1);
    if (count & 1) return this.sorted[middle]!;
    return (this.sorted[middle - 1]! + this.sorted[middle]!) / 2;
  }

  /** Quantile `q` in [0, 1] of series `s` by linear interpolation, numpy's default; NaN when empty. */
  quantile(s: number, q: number): number {
    return sortedQuantile(this.sorted, s * this.window, this.counts[s]!, q);
  }

  /** Walks the values of series `s`, oldest first; their order by size follows from them. */
  walkSeries(walk: StateWalk, name: string, s: number): void {
    const { window } = this;
    const base = s * window;
    const count = walk.count(`${name}.count`, this.counts[s]!, window);
    const first = walk.isReading || count < window ? 0 : this.cursors[s]!;
    walk.doubles(`${name}.values`, this.arrivals, { base, count, first, slots: window });
    if (!walk.isReading) return;
    this.counts[s] = count;
    this.cursors[s] = count % window;
    this.sorted.set(this.arrivals.subarray(base, base + count), base);
    this.sorted.subarray(base, base + count).sort();
  }

  /** Index of the first sorted value >= `value` in [base, base + count). */
  private lowerBound(base: number, count: number, value: number): number {
    const sorted = this.sorted;
    let low = base;
    let high = base + count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Quantile `q` in [0, 1] of `count` ascending values at `base`, linear interpolation as numpy; NaN when empty. */
export function sortedQuantile(sorted: Float64Array, base: number, count: number, q: number): number {
  if (count === 0) return Number.NaN;
  const position = q * (count - 1);
  const below = Math.floor(position);
  const low = sorted[base + below]!;
  const high = sorted[base + Math.min(below + 1, count - 1)]!;
  const fraction = position - below;
  // numpy's lerp: from the nearer end, so that equal ends give exactly that value.
  return fraction < 0.5 ? low + (high - low) * fraction : high - (high - low) * (1 - fraction);
}
