/** Kinds of ticks. Codes stand in the tick ring; 0 is its padding. */
export const TICK_QUOTE = 1;
export const TICK_TRADE = 2;
export const TICK_DEPTH = 3;
export const TICK_MARK = 4;
export const TICK_FUNDING = 5;

/** Order of the values of each kind but DEPTH. Prices in quote currency, sizes in base units, NaN = none. */
export const QUOTE_BID_PX = 0;
export const QUOTE_BID_QTY = 1;
export const QUOTE_ASK_PX = 2;
export const QUOTE_ASK_QTY = 3;
export const QUOTE_VALUES = 4;
export const TRADE_PX = 0;
export const TRADE_QTY = 1;
/** Side of who took: BUY or SELL. */
export const TRADE_AGGRESSOR = 2;
export const TRADE_VALUES = 3;
/** Fraction of the position's notional; longs pay a positive one. */
export const FUNDING_RATE = 0;
/** NaN = not told: the venue's last price stands in. */
export const FUNDING_MARK_PX = 1;
export const FUNDING_VALUES = 2;

/** A DEPTH is a whole book: so many levels of each side, best first, in four blocks: bid prices and sizes, ask prices and sizes. */
export const DEPTH_LEVELS = 20;
export const DEPTH_VALUES = 4 * DEPTH_LEVELS;

/** What happened at a venue between two frames: a reusable record, its `values` the owner's own memory. */
export interface Tick {
  kind: number;
  /** Number in its ring, from 0; the ring gives it. */
  sequence: number;
  assetIndex: number;
  tsEventDay: number;
  tsEventNsOfDay: number;
  tsRecvDay: number;
  tsRecvNsOfDay: number;
  /** How many of `values` count. */
  valueCount: number;
  readonly values: Float64Array;
}

/** @param values - most values of a tick; a whole book by default. */
export function createTick(values = DEPTH_VALUES): Tick {
  return {
    kind: 0,
    sequence: 0,
    assetIndex: -1,
    tsEventDay: 0,
    tsEventNsOfDay: 0.5, // a double from the start, for V8 would change the record's shape with the first one
    tsRecvDay: 0,
    tsRecvNsOfDay: 0.5,
    valueCount: 0,
    values: new Float64Array(values),
  };
}

/** Ticks in the order in which they happened. */
export interface TickSource {
  /** Time of the next tick, UTC day and ns of it; day Infinity behind the last one. */
  readonly nextDay: number;
  readonly nextNsOfDay: number;
  /** Copies the next tick into `out` and moves on. Only while there is one. */
  take(out: Tick): void;
}

/** True when the next tick of a source comes before a frame of this time, or at it: data of one instant come first. */
export function isTickUntil({ nextDay, nextNsOfDay }: TickSource, day: number, nsOfDay: number): boolean {
  return nextDay < day || (nextDay === day && nextNsOfDay <= nsOfDay);
}
