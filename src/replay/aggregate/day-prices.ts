/**
 * Last prices of one symbol over one UTC day, stored sparsely: only bars that traded.
 *
 * ```
 *  bar b     [b * interval, (b + 1) * interval) since 00:00 UTC      b = 0 .. barsPerDay - 1
 *  row r     stamped r * interval, the close of bar r - 1            r = 0 .. barsPerDay - 1
 * ```
 * So row r holds what was known at its stamp and no later: row 0 is what the day before left behind, and the day's
 * last bar shows in row 0 of the next day (semantics §1).
 */
export class DayPrices {
  readonly #bars: Int32Array;
  readonly #prices: Float64Array;

  /**
   * @param bars - bars that traded, ascending, each once.
   * @param prices - same length: last price of each of these bars, quote currency.
   */
  constructor(bars: Int32Array, prices: Float64Array) {
    this.#bars = bars;
    this.#prices = prices;
  }

  /** Number of bars that traded. */
  get tradedBars(): number {
    return this.#bars.length;
  }

  /** Last price of the day; `priceBefore` when nothing traded. NaN = not known. */
  closing(priceBefore: number): number {
    return this.#prices.at(-1) ?? priceBefore;
  }

  /**
   * Writes the prices of rows [rowFrom, rowFrom + out.length). A row whose bar did not trade carries the price before.
   *
   * @param out - one price per row; NaN before the first price.
   * @param rowFrom - first row, 0 or more.
   * @param priceBefore - last price of the day before, NaN = none.
   */
  rowsInto(out: Float64Array, rowFrom: number, priceBefore: number): void {
    const bars = this.#bars;
    const prices = this.#prices;
    let next = firstAtOrAfter(bars, rowFrom);
    let price = next === 0 ? priceBefore : (prices[next - 1] as number);
    for (let i = 0; i < out.length; i++) {
      const row = rowFrom + i;
      while (next < bars.length && (bars[next] as number) < row) price = prices[next++] as number;
      out[i] = price;
    }
  }
}

/** Index of the first value >= `bar` in an ascending array; its length when there is none. */
function firstAtOrAfter(bars: Int32Array, bar: number): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bars[middle] as number) < bar) low = middle + 1;
    else high = middle;
  }
  return low;
}
