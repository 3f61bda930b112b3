/**
 * What the archive needs from the aggregation of trades. The adapters do not import the replay room, so whoever
 * composes a pull hands it in: `pull(options, createLastPriceBars)` (src/replay/aggregate).
 */
export type CreateBars = (intervalUs: number) => TradeBars;

/** Trades of one symbol and day in, last price per bar out. Event time; order of input does not matter. */
export interface TradeBars {
  begin(dayStartUs: number): void;
  add(timeUs: number, id: number, price: number): void;
  end(): AggregatedTrades;
}

/** A day of one symbol after aggregation. */
export interface AggregatedTrades {
  readonly prices: RowPrices;
  readonly trades: number;
  readonly outOfOrder: number;
  readonly missingIds: number;
}

/** Row-wise view of a day's prices: row r is what was known at r * interval since 00:00 UTC. NaN = not known. */
export interface RowPrices {
  readonly tradedBars: number;
  closing(priceBefore: number): number;
  rowsInto(out: Float64Array, rowFrom: number, priceBefore: number): void;
}
