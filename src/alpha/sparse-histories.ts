import { MAX_COUNT, type StateWalk } from '../model/state-walk.ts';

/**
 * Histories of the assets that have missed a price today. They no longer share their rows with the others: each has a
 * column and a cursor of its own. An asset comes in once, with what it has, and stays for the day. Excluded assets are
 * here from the start, with nothing.
 */
export class SparseHistories {
  /** Length assets: 1 = this asset is kept here. */
  readonly isSparse: Uint8Array;
  /** Indices of the assets kept here, in order of arrival; the first {@link count} are valid. */
  readonly list: Int32Array;
  count = 0;
  readonly priceCounts: Int32Array;
  readonly signCounts: Int32Array;

  private readonly prices: Float64Array;
  private readonly previousPrices: Float64Array;
  private readonly signs: Int32Array;
  private readonly signCursors: Int32Array;
  private readonly lookbackBars: number;
  private readonly priceSlots: number;

  private readonly excluded: Uint8Array;

  /**
   * @param excluded - length assets, 1 = has no history ever.
   * @param priceSlots - prices kept per asset, a power of two.
   */
  constructor(excluded: Uint8Array, lookbackBars: number, priceSlots: number) {
    this.priceSlots = priceSlots;
    const assets = excluded.length;
    this.excluded = excluded;
    this.lookbackBars = lookbackBars;
    this.isSparse = new Uint8Array(assets);
    this.list = new Int32Array(assets);
    this.priceCounts = new Int32Array(assets);
    this.signCounts = new Int32Array(assets);
    this.prices = new Float64Array(assets * priceSlots);
    this.previousPrices = new Float64Array(assets);
    this.signs = new Int32Array(assets * lookbackBars);
    this.signCursors = new Int32Array(assets);
  }

  reset(): void {
    this.isSparse.set(this.excluded);
    this.priceCounts.fill(0);
    this.signCounts.fill(0);
    this.count = 0;
  }

  /**
   * Takes asset `a` in; its slots are then set one by one.
   * @param bars - valid prices that it has had, one per bar.
   * @param returnBars - signs that it has had.
   */
  adopt(a: number, bars: number, returnBars: number): void {
    this.isSparse[a] = 1;
    this.list[this.count++] = a;
    this.priceCounts[a] = bars;
    this.signCounts[a] = Math.min(returnBars, this.lookbackBars);
    this.signCursors[a] = returnBars % this.lookbackBars;
  }

  /** Price number n of a day lies in slot n modulo the slots. */
  setPriceSlot(a: number, slot: number, price: number): void {
    this.prices[a * this.priceSlots + slot] = price;
  }

  /** Sign number n of a day lies in slot n modulo the look-back. */
  setSignSlot(a: number, slot: number, sign: number): void {
    this.signs[a * this.lookbackBars + slot] = sign;
  }

  /** Price of asset `a` in the bar before; NaN = missing. */
  previousPrice(a: number): number {
    return this.previousPrices[a]!;
  }

  missPrice(a: number): void {
    this.previousPrices[a] = Number.NaN;
  }

  appendPrice(a: number, price: number): void {
    const n = this.priceCounts[a]!;
    this.prices[a * this.priceSlots + (n & (this.priceSlots - 1))] = price;
    this.priceCounts[a] = n + 1;
    this.previousPrices[a] = price;
  }

  /** Appends a packed sign and returns the one that leaves, 0 while the ring is not full. */
  appendSign(a: number, sign: number): number {
    const cursor = this.signCursors[a]!;
    const slot = a * this.lookbackBars + cursor;
    const leaving = this.signs[slot]!;
    this.signs[slot] = sign;
    this.signCursors[a] = cursor + 1 === this.lookbackBars ? 0 : cursor + 1;
    if (this.signCounts[a]! < this.lookbackBars) this.signCounts[a] = this.signCounts[a]! + 1;
    return leaving;
  }

  /** Walks what asset `a` has; it must be here, adopted with nothing when the walk reads. */
  walkAsset(walk: StateWalk, a: number): void {
    const { lookbackBars } = this;
    const base = a * lookbackBars;
    const prices = walk.count(`priceCounts[${a}]`, this.priceCounts[a]!, MAX_COUNT);
    const signs = walk.count(`signCounts[${a}]`, this.signCounts[a]!, lookbackBars);
    const oldestSign = signs < lookbackBars ? 0 : this.signCursors[a]!;
    this.previousPrices[a] = walk.number(`previousPrices[${a}]`, this.previousPrices[a]!);
    walk.doubles(`prices[${a}]`, this.prices, {
      base: a * this.priceSlots,
      count: Math.min(prices, this.priceSlots),
    });
    if (walk.isReading) this.signs.fill(0, base, base + lookbackBars); // an empty slot is a sign of 0
    walk.integers(`signs[${a}]`, this.signs, {
      base,
      count: signs,
      first: walk.isReading ? 0 : oldestSign,
      slots: lookbackBars,
    });
    if (!walk.isReading) return;
    this.priceCounts[a] = prices;
    this.signCounts[a] = signs;
    this.signCursors[a] = signs % lookbackBars;
  }

  /** Sum of the packed signs that asset `a` has. */
  signSum(a: number): number {
    let sum = 0;
    for (let i = 0; i < this.signCounts[a]!; i++) sum += this.signs[a * this.lookbackBars + i]!;
    return sum | 0;
  }

  /** Price of asset `a`, `back` valid prices before its newest (0 = newest); only within its count and the slots. */
  price(a: number, back: number): number {
    return this.prices[a * this.priceSlots + ((this.priceCounts[a]! - 1 - back) & (this.priceSlots - 1))]!;
  }
}
