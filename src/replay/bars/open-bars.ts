import type { TradeEvent } from './trade-event.ts';

/**
 * The intervals that are still open, and what is known of each asset. One record is one cache line.
 *
 * ```
 *  intervals  (slots x assets) x 8 doubles   slot = tick mod slots
 *             OFFSET ID PRICE   of the newest event of the interval by (time, id)
 *             VOLUME TRADES     of the interval; TRADES 0 = the three above mean nothing
 *  known      assets x 8 doubles
 *             KNOWN_TICK _OFFSET _ID      of the event behind `prices`
 *             NEWEST_TICK _OFFSET _ID     of the newest event that came, open or not
 *  prices     assets                      as of the last interval closed, NaN = none yet
 * ```
 */
const STRIDE = 8;
const OFFSET = 0;
const ID = 1;
const PRICE = 2;
const VOLUME = 3;
const TRADES = 4;

const KNOWN_TICK = 0;
const KNOWN_OFFSET = 1;
const KNOWN_ID = 2;
const NEWEST_TICK = 3;
const NEWEST_OFFSET = 4;
const NEWEST_ID = 5;

/** Trades and volume of one frame. Reused: valid until the sink returns. */
export interface BarActivity {
  /** Trades of each asset in the interval; 0 = its price is carried from before (or still NaN). */
  readonly trades: Float64Array;
  /** Sum of their quantities in order of arrival, base units or contracts. */
  readonly volumes: Float64Array;
}

export class OpenBars {
  /** Price of each asset as of the last interval closed; NaN before its first. */
  readonly prices: Float64Array;
  readonly #assets: number;
  readonly #slots: number;
  readonly #intervals: Float64Array;
  readonly #known: Float64Array;

  /** @param slots - most intervals open at a time. */
  constructor(assets: number, slots: number) {
    this.#assets = assets;
    this.#slots = slots;
    this.prices = new Float64Array(assets).fill(Number.NaN);
    this.#intervals = new Float64Array(slots * assets * STRIDE);
    this.#known = new Float64Array(assets * STRIDE).fill(Number.NEGATIVE_INFINITY);
  }

  /** True when an event's id is `idMemory` (0 = none) or more behind that of its asset's newest event. */
  isBeyondMemory(event: TradeEvent, idMemory: number): boolean {
    return idMemory > 0 && event.tradeId <= this.#known[event.assetIndex * STRIDE + NEWEST_ID]! - idMemory;
  }

  /** False when a newer event of its asset, by (time, id), has come before. */
  isNewest(event: TradeEvent, tick: number, offsetNs: number): boolean {
    const known = this.#known;
    const at = event.assetIndex * STRIDE;
    const newestTick = known[at + NEWEST_TICK]!;
    if (tick !== newestTick) return tick > newestTick;
    const newestOffset = known[at + NEWEST_OFFSET]!;
    // Not `>=`: an event without id (NaN) is newer than what came before it at the same time.
    return offsetNs > newestOffset || (offsetNs === newestOffset && !(event.tradeId < known[at + NEWEST_ID]!));
  }

  /** Makes the event its asset's newest. */
  noteNewest(event: TradeEvent, tick: number, offsetNs: number): void {
    const known = this.#known;
    const at = event.assetIndex * STRIDE;
    known[at + NEWEST_TICK] = tick;
    known[at + NEWEST_OFFSET] = offsetNs;
    known[at + NEWEST_ID] = event.tradeId;
  }

  /** Adds an event to its interval, which is open. */
  add(event: TradeEvent, tick: number, offsetNs: number): void {
    const intervals = this.#intervals;
    const id = event.tradeId;
    const at = (this.#slotOf(tick) * this.#assets + event.assetIndex) * STRIDE;
    const trades = intervals[at + TRADES]!;
    const newestOffset = intervals[at + OFFSET]!;
    const isBehind = offsetNs < newestOffset || (offsetNs === newestOffset && id < intervals[at + ID]!);
    if (trades === 0 || !isBehind) {
      intervals[at + OFFSET] = offsetNs;
      intervals[at + ID] = id;
      intervals[at + PRICE] = event.price;
    }
    intervals[at + VOLUME] = intervals[at + VOLUME]! + event.qty;
    intervals[at + TRADES] = trades + 1;
  }

  /** An event whose interval is closed: its price counts from now on when no newer one is known. */
  addLate(event: TradeEvent, tick: number, offsetNs: number): void {
    const known = this.#known;
    const { assetIndex, tradeId } = event;
    const at = assetIndex * STRIDE;
    const knownTick = known[at + KNOWN_TICK]!;
    if (tick < knownTick) return;
    if (tick === knownTick) {
      const knownOffset = known[at + KNOWN_OFFSET]!;
      if (offsetNs < knownOffset || (offsetNs === knownOffset && tradeId < known[at + KNOWN_ID]!)) return;
    }
    known[at + KNOWN_TICK] = tick;
    known[at + KNOWN_OFFSET] = offsetNs;
    known[at + KNOWN_ID] = tradeId;
    this.prices[assetIndex] = event.price;
  }

  /**
   * Closes an interval: `prices` becomes that of its end, `activity` what happened in it; its slot is free again.
   *
   * @param carried - per asset, +1 where the interval had no trade but the price is known.
   */
  close(tick: number, activity: BarActivity, carried: Float64Array): void {
    const { prices } = this;
    const { trades, volumes } = activity;
    const assets = this.#assets;
    const intervals = this.#intervals;
    let at = this.#slotOf(tick) * assets * STRIDE;
    for (let asset = 0; asset < assets; asset++, at += STRIDE) {
      const count = intervals[at + TRADES]!;
      trades[asset] = count;
      volumes[asset] = intervals[at + VOLUME]!;
      if (count === 0) {
        if (prices[asset]! > 0) carried[asset] = carried[asset]! + 1;
        continue;
      }
      this.#learn(asset, tick, at);
      intervals[at + TRADES] = 0;
      intervals[at + VOLUME] = 0;
    }
  }

  /** `tick % slots`, which beyond 2^31 would be a call. */
  #slotOf(tick: number): number {
    return tick - Math.floor(tick / this.#slots) * this.#slots;
  }

  #learn(asset: number, tick: number, at: number): void {
    const intervals = this.#intervals;
    const known = this.#known;
    const to = asset * STRIDE;
    known[to + KNOWN_TICK] = tick;
    known[to + KNOWN_OFFSET] = intervals[at + OFFSET]!;
    known[to + KNOWN_ID] = intervals[at + ID]!;
    this.prices[asset] = intervals[at + PRICE]!;
  }
}
