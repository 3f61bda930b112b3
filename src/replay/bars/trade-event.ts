/**
 * One trade, or one change of the top of a book, as the bar builder takes it. Meant to be one object that the source
 * fills again and again: six numbers passed as arguments would each be boxed.
 */
export interface TradeEvent {
  /** Position in the universe. */
  assetIndex: number;
  /** UTC day and exact ns of that day, of whichever clock the bars shall follow. */
  tsEventDay: number;
  tsEventNsOfDay: number;
  /** Quote currency; the mid for a top of book ({@link midPx}). Not finite or <= 0: the event is dropped and counted. */
  price: number;
  /** Base units or contracts, >= 0; 0 for a top of book. */
  qty: number;
  /** The venue's ascending number of the trade, per asset. NaN = none: never a duplicate, ties go by arrival. */
  tradeId: number;
}

/** An event of its own memory, without content. */
export function createTradeEvent(): TradeEvent {
  // Doubles from the start, so that the fields never change representation in the middle of a run.
  return {
    assetIndex: 0,
    tsEventDay: 0,
    tsEventNsOfDay: Number.NaN,
    price: Number.NaN,
    qty: Number.NaN,
    tradeId: Number.NaN,
  };
}

/** Middle of a top of book; NaN (which the builder drops and counts) when a side is missing or they cross. */
export function midPx(bidPx: number, askPx: number): number {
  return bidPx > 0 && askPx >= bidPx && askPx < Number.POSITIVE_INFINITY ? (bidPx + askPx) / 2 : Number.NaN;
}
