import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import { populationStd } from './kernels/population-std.ts';
import { SparseHistories } from './sparse-histories.ts';

/** Longest look-back that the price history serves (spec 1.0 §8.3). */
export const PRICE_HISTORY_MAX_BARS = 500;
/** Fewest price rows: below it nothing is gained, they are in the nearest cache anyway. */
const MIN_PRICE_SLOTS = 16;
/** Below this distance from the basket mean a return has no sign (semantics §3). */
const SIGN_DEAD_ZONE = 1e-15;
/** Signs and their counts are packed: +1 in the low half of a word, -1 in the high half. */
const DOWN_SHIFT = 16;
const UP_MASK = 0xffff;
/** Longest look-back of signs that a packed count holds. */
export const SIGN_LOOKBACK_MAX_BARS = UP_MASK >> 1;

export interface HistoriesOptions {
  readonly assets: number;
  /** Length assets, 1 = left out of everything. */
  readonly excluded: Uint8Array;
  readonly referenceAsset: number;
  /** Signs kept per asset, at most SIGN_LOOKBACK_MAX_BARS. */
  readonly lookbackBars: number;
  /**
   * Longest look-back of {@link Histories.momentum}, below PRICE_HISTORY_MAX_BARS. As few rows are kept as it needs: at 400
   * assets 500 rows are 1.6 MB and cost a sixth of the step in cache misses.
   */
  readonly momentumBars: number;
  /** Reference returns kept for the volatility. */
  readonly volWindowBars: number;
}

/**
 * The moving memory of a day: valid prices per asset, this bar's returns, relative signs as integer counts, and the
 * reference asset's returns (semantics §3 step 3). Allocated once; `append` allocates nothing.
 *
 * Assets that have not missed a price today are *dense*: they share one row per bar, so that a bar is two passes over
 * a handful of arrays and no cursor of an asset is touched. The first missing price makes an asset *sparse* for the
 * rest of the day. Same numbers either way, and no cursor per asset to keep (bench/micro/alpha-step).
 */
export class Histories implements Stateful {
  readonly assets: number;
  /** Indices of the assets that are not excluded, ascending. */
  readonly included: Int32Array;
  /** This bar's returns per asset; NaN = missing. */
  readonly returns: Float64Array;

  private readonly lookbackBars: number;
  private readonly referenceAsset: number;
  /**
   * Dense assets as runs of neighbours: [from, to) pairs, ascending; the first `runCount` are valid. Mostly there is one:
   * a loop over neighbours needs no index per asset.
   */
  private readonly runs: Int32Array;
  private runCount = 0;
  private denseCount = 0;
  private readonly sparse: SparseHistories;
  /** Rows (slot, asset): a price per bar, a packed sign per bar with returns. Dense columns count. */
  private readonly priceRows: Float64Array;
  private readonly priceSlots: number;
  private readonly signRows: Int32Array;
  /** Packed counts of the signs in each asset's ring. */
  private readonly signCounts: Int32Array;
  private readonly referenceReturns: Float64Array;
  /** Bars of today, and those among them with returns: what a dense asset has. */
  private bars = 0;
  private returnBars = 0;
  private basketSum = 0;
  private basketCount = 0;
  private referenceCursor = 0;
  private referenceCount = 0;

  /** @throws RangeError when the look-back does not fit a packed count. */
  constructor(options: HistoriesOptions) {
    const { assets, excluded, lookbackBars, volWindowBars } = options;
    if (lookbackBars > SIGN_LOOKBACK_MAX_BARS) {
      throw new RangeError(`lookback must be at most ${SIGN_LOOKBACK_MAX_BARS} bars, was ${lookbackBars}`);
    }
    this.assets = assets;
    this.lookbackBars = lookbackBars;
    this.referenceAsset = options.referenceAsset;
    this.included = Int32Array.from(Array.from({ length: assets }, (_, a) => a).filter((a) => excluded[a] === 0));
    this.returns = new Float64Array(assets).fill(Number.NaN);
    this.runs = new Int32Array(assets + 1);
    this.priceSlots = Math.max(MIN_PRICE_SLOTS, 2 ** Math.ceil(Math.log2(options.momentumBars + 1)));
    this.sparse = new SparseHistories(excluded, lookbackBars, this.priceSlots);
    this.priceRows = new Float64Array(this.priceSlots * this.assets);
    this.signRows = new Int32Array(lookbackBars * assets);
    this.signCounts = new Int32Array(assets);
    this.referenceReturns = new Float64Array(volWindowBars);
    this.reset();
  }

  /** Forgets the day. */
  reset(): void {
    this.sparse.reset();
    this.findDenseRuns();
    this.returns.fill(Number.NaN);
    this.signRows.fill(0);
    this.signCounts.fill(0);
    this.bars = 0;
    this.returnBars = 0;
    this.referenceCursor = 0;
    this.referenceCount = 0;
  }

  /**
   * Takes one bar; to be called for every bar of the day, for returns are from one call to the next.
   * @param prices - as a frame carries them: length assets, or BOOK_VALUES where that is more; anything not finite and
   *   > 0 is missing.
   * @param isAfterGap - all returns of this bar are missing.
   * @returns number of assets, excluded ones left out, without a valid price in this bar.
   */
  append(prices: Float64Array, isAfterGap: boolean): number {
    const hasReturns = this.bars > 0 && !isAfterGap;
    const isPlain = hasReturns && this.sparse.count === 0;
    const missing = isPlain ? this.appendPlain(prices) : this.appendMixed(prices, hasReturns);
    if (missing > 0) this.findDenseRuns();
    this.bars++;
    if (this.basketCount > 0) this.appendSigns();
    this.appendReference();
    return missing;
  }

  /** Number of valid prices of asset `a` today. */
  priceCount(a: number): number {
    return this.sparse.isSparse[a] === 1 ? this.sparse.priceCounts[a]! : this.bars;
  }

  /**
   * Return of asset `a` over its last `lookbackBars` valid prices, as a fraction; NaN with fewer prices.
   * @param lookbackBars - at most the `momentumBars` of the options.
   */
  momentum(a: number, lookbackBars: number): number {
    if (this.priceCount(a) <= lookbackBars) return Number.NaN;
    if (this.sparse.isSparse[a] === 1) return this.sparse.price(a, 0) / this.sparse.price(a, lookbackBars) - 1;
    const newest = this.priceRows[this.rowOf(this.bars - 1) + a]!;
    const oldest = this.priceRows[this.rowOf(this.bars - 1 - lookbackBars) + a]!;
    return newest / oldest - 1;
  }

  /** Number of signs that asset `a` has, at most the look-back. */
  signCount(a: number): number {
    if (this.sparse.isSparse[a] === 1) return this.sparse.signCounts[a]!;
    return Math.min(this.returnBars, this.lookbackBars);
  }

  /** How many of the signs of asset `a` equal `direction`. */
  signsAlong(a: number, direction: number): number {
    const packed = this.signCounts[a]!;
    return direction > 0 ? packed & UP_MASK : packed >> DOWN_SHIFT;
  }

  /** Share of the last signs of asset `a` that equal `direction`; NaN until its ring is full. */
  alignment(a: number, direction: number): number {
    if (this.signCount(a) !== this.lookbackBars) return Number.NaN;
    return this.signsAlong(a, direction) / this.lookbackBars;
  }

  /** Volatility of the reference asset over its last window of returns (semantics §4.2); NaN until the window is full. */
  referenceVolatility(): number {
    if (this.referenceCount < this.referenceReturns.length) return Number.NaN;
    return populationStd(this.referenceReturns, this.referenceCursor);
  }

  walkState(walk: StateWalk): void {
    if (walk.isReading) this.reset();
    this.bars = walk.count('bars', this.bars, MAX_COUNT);
    this.returnBars = walk.count('returnBars', this.returnBars, MAX_COUNT);
    walk.doubles('returns', this.returns, { base: 0, count: this.assets });
    this.walkReference(walk);
    for (let k = 0; k < this.included.length; k++) this.walkAsset(walk, this.included[k]!);
    if (walk.isReading) this.findDenseRuns();
  }

  private walkReference(walk: StateWalk): void {
    const ring = this.referenceReturns;
    this.referenceCount = walk.count('referenceCount', this.referenceCount, ring.length);
    const first = walk.isReading || this.referenceCount < ring.length ? 0 : this.referenceCursor;
    walk.doubles('referenceReturns', ring, { base: 0, count: this.referenceCount, first, slots: ring.length });
    if (walk.isReading) this.referenceCursor = this.referenceCount % ring.length;
  }

  /** In its own columns or in those it shares: the slots that hold something. The count of its signs follows from them. */
  private walkAsset(walk: StateWalk, a: number): void {
    const { sparse } = this;
    if (walk.flag(`isSparse[${a}]`, sparse.isSparse[a] === 1)) {
      if (walk.isReading) sparse.adopt(a, 0, 0);
      sparse.walkAsset(walk, a);
      if (walk.isReading) this.signCounts[a] = sparse.signSum(a);
      return;
    }
    const prices = Math.min(this.bars, this.priceSlots);
    const signs = Math.min(this.returnBars, this.lookbackBars);
    walk.doubles(`prices[${a}]`, this.priceRows, { base: a, count: prices, stride: this.assets });
    walk.integers(`signs[${a}]`, this.signRows, { base: a, count: signs, stride: this.assets });
    if (walk.isReading) this.signCounts[a] = this.denseSignSum(a);
  }

  private denseSignSum(a: number): number {
    let sum = 0;
    for (let at = a; at < this.signRows.length; at += this.assets) sum += this.signRows[at]!;
    return sum | 0;
  }

  private rowOf(bar: number): number {
    return (bar & (this.priceSlots - 1)) * this.assets;
  }

  /** A bar on which every asset so far is dense and has a return: the common one, and the one that must be fast. */
  private appendPlain(prices: Float64Array): number {
    const { runs, returns, priceRows } = this;
    const previousRow = this.rowOf(this.bars - 1);
    const row = this.rowOf(this.bars);
    let sum = 0;
    let missing = 0;
    for (let r = 0; r < this.runCount; r++) {
      const to = runs[2 * r + 1]!;
      for (let a = runs[2 * r]!; a < to; a++) {
        const price = prices[a]!;
        if (!(price > 0 && price < Number.POSITIVE_INFINITY)) {
          this.missPrice(a);
          missing++;
          continue;
        }
        const change = price / priceRows[previousRow + a]! - 1;
        returns[a] = change;
        priceRows[row + a] = price;
        sum += change; // in column order: the basket mean is one ordered sum
      }
    }
    this.basketSum = sum;
    this.basketCount = this.denseCount - missing;
    return missing;
  }

  /** Any bar: the first of the day, one after a gap, one with sparse assets. Same sum, in the same order. */
  private appendMixed(prices: Float64Array, hasReturns: boolean): number {
    const { included, returns, sparse, priceRows } = this;
    const previousRow = this.rowOf(this.bars - 1);
    const row = this.rowOf(this.bars);
    let sum = 0;
    let count = 0;
    let missing = 0;
    for (let k = 0; k < included.length; k++) {
      const a = included[k]!;
      const price = prices[a]!;
      if (!(price > 0 && price < Number.POSITIVE_INFINITY)) {
        this.missPrice(a);
        missing++;
        continue;
      }
      const isSparse = sparse.isSparse[a] === 1;
      const previous = isSparse ? sparse.previousPrice(a) : priceRows[previousRow + a]!;
      if (isSparse) sparse.appendPrice(a, price);
      else priceRows[row + a] = price;
      const change = hasReturns ? price / previous - 1 : Number.NaN;
      returns[a] = change;
      if (Number.isNaN(change)) continue;
      sum += change;
      count++;
    }
    this.basketSum = sum;
    this.basketCount = count;
    return missing;
  }

  private missPrice(a: number): void {
    const { sparse } = this;
    this.returns[a] = Number.NaN;
    if (sparse.isSparse[a] === 0) this.moveToSparse(a);
    sparse.missPrice(a);
  }

  private moveToSparse(a: number): void {
    const { sparse, priceRows, signRows, assets } = this;
    sparse.adopt(a, this.bars, this.returnBars);
    for (let slot = 0; slot < this.priceSlots; slot++) {
      sparse.setPriceSlot(a, slot, priceRows[slot * assets + a]!);
    }
    for (let slot = 0; slot < this.lookbackBars; slot++) sparse.setSignSlot(a, slot, signRows[slot * assets + a]!);
  }

  private findDenseRuns(): void {
    const { isSparse } = this.sparse;
    this.runCount = 0;
    this.denseCount = 0;
    for (let a = 0; a < this.assets; a++) {
      if (isSparse[a] === 1) continue;
      const isFirst = a === 0 || isSparse[a - 1] === 1;
      if (isFirst) this.runs[2 * this.runCount++] = a;
      this.runs[2 * this.runCount - 1] = a + 1;
      this.denseCount++;
    }
  }

  private appendSigns(): void {
    // Computed here: a double that is handed to a function costs memory wherever V8 does not inline the call.
    const basketMean = this.basketSum / this.basketCount;
    const { runs, returns, signRows, signCounts } = this;
    const row = (this.returnBars % this.lookbackBars) * this.assets;
    for (let r = 0; r < this.runCount; r++) {
      const to = runs[2 * r + 1]!;
      for (let a = runs[2 * r]!; a < to; a++) {
        const sign = packedSign(returns[a]! - basketMean);
        signCounts[a] = (signCounts[a]! + sign - signRows[row + a]!) | 0;
        signRows[row + a] = sign;
      }
    }
    this.returnBars++;
    if (this.sparse.count > 0) this.appendSparseSigns(basketMean);
  }

  private appendSparseSigns(basketMean: number): void {
    const { sparse, returns, signCounts } = this;
    for (let i = 0; i < sparse.count; i++) {
      const a = sparse.list[i]!;
      const change = returns[a]!;
      if (Number.isNaN(change)) continue;
      const sign = packedSign(change - basketMean);
      signCounts[a] = signCounts[a]! + sign - sparse.appendSign(a, sign);
    }
  }

  private appendReference(): void {
    const change = this.returns[this.referenceAsset]!;
    if (Number.isNaN(change)) return;
    const ring = this.referenceReturns;
    ring[this.referenceCursor] = change;
    this.referenceCursor = this.referenceCursor + 1 === ring.length ? 0 : this.referenceCursor + 1;
    if (this.referenceCount < ring.length) this.referenceCount++;
  }
}

/**
 * Sign of a distance from the basket mean, packed. Signs are as good as random, and a mispredicted branch costs more than
 * the rest of an asset's work: comparisons that become numbers compile without one.
 */
function packedSign(distance: number): number {
  const up = Number(distance > SIGN_DEAD_ZONE) | 0;
  const down = Number(distance < -SIGN_DEAD_ZONE) | 0;
  return up | (down << DOWN_SHIFT);
}
