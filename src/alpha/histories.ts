import { populationStd } from './kernels/population-std.ts';

/** Prices kept per asset; a power of two not below the 500 of spec 1.0 §8.3. */
export const PRICE_HISTORY_SLOTS = 512;
/** Longest look-back that the price history serves. */
export const PRICE_HISTORY_MAX_BARS = 500;
const PRICE_MASK = PRICE_HISTORY_SLOTS - 1;
/** Below this distance from the basket mean a return has no sign (semantics §3). */
const SIGN_DEAD_ZONE = 1e-15;
const NEVER = -2;

export interface HistoriesOptions {
  readonly assets: number;
  /** Length assets, 1 = left out of everything. */
  readonly excluded: Uint8Array;
  readonly referenceAsset: number;
  /** Signs kept per asset. */
  readonly lookbackBars: number;
  /** Reference returns kept for the volatility. */
  readonly volWindowBars: number;
}

/**
 * The moving memory of a day: valid prices per asset, this bar's returns, relative signs as integer counts, and the
 * reference asset's returns (semantics §3 step 3). One buffer per column, allocated once; `append` allocates nothing.
 *
 * Rings are row-major (slot, asset): assets without holes share a row, so a bar writes one row in sequence.
 */
export class Histories {
  readonly assets: number;
  /** Indices of the assets that are not excluded, ascending. */
  readonly included: Int32Array;
  /** This bar's returns per asset; NaN = missing. */
  readonly returns: Float64Array;
  /** Last valid price per asset today; NaN before the first. */
  readonly lastPrices: Float64Array;
  /** Bar of that price; negative before the first. */
  readonly lastPriceBars: Int32Array;
  /** Among the last signs per asset: how many are +1 and -1, and how many there are. */
  readonly signsUp: Int32Array;
  readonly signsDown: Int32Array;
  readonly signCounts: Int32Array;

  private readonly priceRing: Float64Array;
  private readonly priceCounts: Int32Array;
  private readonly signRing: Int8Array;
  private readonly signCursors: Int32Array;
  private readonly lookbackBars: number;
  private readonly referenceAsset: number;
  private readonly referenceReturns: Float64Array;
  private referenceCursor = 0;
  private referenceCount = 0;

  constructor(options: HistoriesOptions) {
    const { assets, excluded, lookbackBars, volWindowBars } = options;
    this.assets = assets;
    this.lookbackBars = lookbackBars;
    this.referenceAsset = options.referenceAsset;
    this.included = Int32Array.from(Array.from({ length: assets }, (_, a) => a).filter((a) => excluded[a] === 0));
    this.returns = new Float64Array(assets).fill(Number.NaN);
    this.lastPrices = new Float64Array(assets);
    this.lastPriceBars = new Int32Array(assets);
    this.signsUp = new Int32Array(assets);
    this.signsDown = new Int32Array(assets);
    this.signCounts = new Int32Array(assets);
    this.priceRing = new Float64Array(PRICE_HISTORY_SLOTS * assets);
    this.priceCounts = new Int32Array(assets);
    this.signRing = new Int8Array(lookbackBars * assets);
    this.signCursors = new Int32Array(assets);
    this.referenceReturns = new Float64Array(volWindowBars);
    this.reset();
  }

  /** Forgets the day. */
  reset(): void {
    this.returns.fill(Number.NaN);
    this.lastPrices.fill(Number.NaN);
    this.lastPriceBars.fill(NEVER);
    this.priceCounts.fill(0);
    this.signRing.fill(0);
    this.signCursors.fill(0);
    this.signCounts.fill(0);
    this.signsUp.fill(0);
    this.signsDown.fill(0);
    this.referenceCursor = 0;
    this.referenceCount = 0;
  }

  /**
   * Takes one bar.
   * @param prices - length assets or more; anything not finite and > 0 is missing.
   * @param barIndex - 0-based within the day, one more than the last.
   * @param isAfterGap - all returns of this bar are missing.
   */
  append(prices: Float64Array, barIndex: number, isAfterGap: boolean): void {
    const basketMean = this.appendPrices(prices, barIndex, isAfterGap);
    this.appendSigns(basketMean);
    const referenceReturn = this.returns[this.referenceAsset]!;
    if (!Number.isNaN(referenceReturn)) this.appendReference(referenceReturn);
  }

  /** Number of valid prices of asset `a` today. */
  priceCount(a: number): number {
    return this.priceCounts[a]!;
  }

  /**
   * Return of asset `a` over its last `lookbackBars` valid prices, as a fraction; NaN with fewer prices.
   * @param lookbackBars - at most PRICE_HISTORY_MAX_BARS - 1.
   */
  momentum(a: number, lookbackBars: number): number {
    const count = this.priceCounts[a]!;
    if (count <= lookbackBars) return Number.NaN;
    const newest = this.priceRing[((count - 1) & PRICE_MASK) * this.assets + a]!;
    const oldest = this.priceRing[((count - 1 - lookbackBars) & PRICE_MASK) * this.assets + a]!;
    return newest / oldest - 1;
  }

  /** Share of the last signs of asset `a` that equal `direction`; NaN until its ring is full. */
  alignment(a: number, direction: number): number {
    if (this.signCounts[a] !== this.lookbackBars) return Number.NaN;
    return (direction > 0 ? this.signsUp[a]! : this.signsDown[a]!) / this.lookbackBars;
  }

  /** Volatility of the reference asset over its last window of returns (semantics §4.2); NaN until the window is full. */
  referenceVolatility(): number {
    if (this.referenceCount < this.referenceReturns.length) return Number.NaN;
    return populationStd(this.referenceReturns, this.referenceCursor);
  }

  private appendPrices(prices: Float64Array, barIndex: number, isAfterGap: boolean): number {
    const { assets, included, returns, lastPrices, lastPriceBars, priceRing, priceCounts } = this;
    const previousBar = isAfterGap ? NEVER - 1 : barIndex - 1;
    let sum = 0;
    let count = 0;
    for (let k = 0; k < included.length; k++) {
      const a = included[k]!;
      const price = prices[a]!;
      let change = Number.NaN;
      if (price > 0 && price < Number.POSITIVE_INFINITY) {
        if (lastPriceBars[a] === previousBar) {
          change = price / lastPrices[a]! - 1;
          sum += change; // in column order: the basket mean is one ordered sum
          count++;
        }
        const n = priceCounts[a]!;
        priceRing[(n & PRICE_MASK) * assets + a] = price;
        priceCounts[a] = n + 1;
        lastPrices[a] = price;
        lastPriceBars[a] = barIndex;
      }
      returns[a] = change;
    }
    return sum / count;
  }

  private appendSigns(basketMean: number): void {
    const { assets, included, returns, signRing, signCursors, signCounts, signsUp, signsDown, lookbackBars } = this;
    for (let k = 0; k < included.length; k++) {
      const a = included[k]!;
      const change = returns[a]!;
      if (Number.isNaN(change)) continue;
      const distance = change - basketMean;
      const sign = distance > SIGN_DEAD_ZONE ? 1 : distance < -SIGN_DEAD_ZONE ? -1 : 0;
      const cursor = signCursors[a]!;
      const slot = cursor * assets + a;
      const leaving = signRing[slot]!; // 0 until the ring is full
      signRing[slot] = sign;
      signsUp[a] = signsUp[a]! + (sign > 0 ? 1 : 0) - (leaving > 0 ? 1 : 0);
      signsDown[a] = signsDown[a]! + (sign < 0 ? 1 : 0) - (leaving < 0 ? 1 : 0);
      signCursors[a] = cursor + 1 === lookbackBars ? 0 : cursor + 1;
      if (signCounts[a]! < lookbackBars) signCounts[a] = signCounts[a]! + 1;
    }
  }

  private appendReference(change: number): void {
    const ring = this.referenceReturns;
    ring[this.referenceCursor] = change;
    this.referenceCursor = this.referenceCursor + 1 === ring.length ? 0 : this.referenceCursor + 1;
    if (this.referenceCount < ring.length) this.referenceCount++;
  }
}
