import { DayPrices } from './day-prices.ts';

const US_PER_DAY = 86_400_000_000;

/** What one day of trades of one symbol became. */
export interface AggregatedDay {
  readonly prices: DayPrices;
  readonly trades: number;
  /** Trades that came after a later one in the input: an earlier time, or the same time and no greater id. */
  readonly outOfOrder: number;
  /** Ids between the smallest and the largest that never came: trades that the source has lost. */
  readonly missingIds: number;
}

/**
 * Trades of one symbol to the last price of each bar, on a grid aligned to 00:00 UTC. Event time only.
 *
 * The last trade of a bar is the one with the greatest (time, id), so the result is that of trades sorted by time,
 * ties by id, whatever their order in the input. Memory is one slot per bar, allocated once and used again for every
 * symbol and day; trades themselves are not kept.
 */
export class LastPriceBars {
  readonly #intervalUs: number;
  readonly #lastTimeUs: Float64Array;
  readonly #lastId: Float64Array;
  readonly #lastPrice: Float64Array;
  #dayStartUs = 0;
  #trades = 0;
  #outOfOrder = 0;
  #previousTimeUs = -1;
  #previousId = -1;
  #minId = Number.POSITIVE_INFINITY;
  #maxId = Number.NEGATIVE_INFINITY;

  /**
   * @param intervalUs - length of a bar in µs; must divide a day.
   * @throws RangeError when it does not.
   */
  constructor(intervalUs: number) {
    if (!Number.isInteger(intervalUs) || intervalUs <= 0 || US_PER_DAY % intervalUs !== 0) {
      throw new RangeError(`bar interval must be a whole number of µs that divides a day, was ${intervalUs}`);
    }
    const barsPerDay = US_PER_DAY / intervalUs;
    this.#intervalUs = intervalUs;
    this.#lastTimeUs = new Float64Array(barsPerDay);
    this.#lastId = new Float64Array(barsPerDay);
    this.#lastPrice = new Float64Array(barsPerDay);
  }

  /** Starts a day of a symbol. @param dayStartUs - UNIX time of its 00:00 UTC in µs. */
  begin(dayStartUs: number): void {
    this.#dayStartUs = dayStartUs;
    this.#lastTimeUs.fill(-1);
    this.#trades = 0;
    this.#outOfOrder = 0;
    this.#previousTimeUs = -1;
    this.#previousId = -1;
    this.#minId = Number.POSITIVE_INFINITY;
    this.#maxId = Number.NEGATIVE_INFINITY;
  }

  /**
   * Takes one trade.
   *
   * @param timeUs - UNIX time in µs, within the day begun.
   * @param id - the venue's ascending number of the trade.
   * @param price - quote currency, finite and > 0; the caller has checked it.
   * @throws RangeError when the time is outside the day.
   */
  add(timeUs: number, id: number, price: number): void {
    const usOfDay = timeUs - this.#dayStartUs;
    if (!(usOfDay >= 0 && usOfDay < US_PER_DAY)) {
      throw new RangeError(`trade time must lie in the day that starts at ${this.#dayStartUs} µs, was ${timeUs}`);
    }
    this.#count(timeUs, id);
    const bar = Math.floor(usOfDay / this.#intervalUs);
    const lastTimeUs = this.#lastTimeUs[bar] as number;
    if (timeUs < lastTimeUs || (timeUs === lastTimeUs && id < (this.#lastId[bar] as number))) return;
    this.#lastTimeUs[bar] = timeUs;
    this.#lastId[bar] = id;
    this.#lastPrice[bar] = price;
  }

  /** Ends the day. The result owns its memory; `begin` may follow. */
  end(): AggregatedDay {
    const lastTimeUs = this.#lastTimeUs;
    let traded = 0;
    for (let bar = 0; bar < lastTimeUs.length; bar++) if ((lastTimeUs[bar] as number) >= 0) traded++;
    const bars = new Int32Array(traded);
    const prices = new Float64Array(traded);
    let at = 0;
    for (let bar = 0; bar < lastTimeUs.length; bar++) {
      if ((lastTimeUs[bar] as number) < 0) continue;
      bars[at] = bar;
      prices[at++] = this.#lastPrice[bar] as number;
    }
    const span = this.#trades === 0 ? 0 : this.#maxId - this.#minId + 1;
    return {
      prices: new DayPrices(bars, prices),
      trades: this.#trades,
      outOfOrder: this.#outOfOrder,
      missingIds: Math.max(0, span - this.#trades),
    };
  }

  #count(timeUs: number, id: number): void {
    this.#trades++;
    const isBehind = timeUs < this.#previousTimeUs || (timeUs === this.#previousTimeUs && id <= this.#previousId);
    if (isBehind) {
      this.#outOfOrder++;
    } else {
      this.#previousTimeUs = timeUs;
      this.#previousId = id;
    }
    if (id < this.#minId) this.#minId = id;
    if (id > this.#maxId) this.#maxId = id;
  }
}

/** Factory of {@link LastPriceBars}, for those who take the aggregation as an argument. */
export function createLastPriceBars(intervalUs: number): LastPriceBars {
  return new LastPriceBars(intervalUs);
}
