/** One line of `instruments.csv` (semantics §11). NaN = missing. */
export interface InstrumentRow {
  readonly symbol: string;
  /** Price step, quote currency; > 0. */
  readonly tickPx: number;
  /** Size step, base units; 0 = any size. */
  readonly lotQty: number;
  /** Smallest notional of an order that is not reduce-only, USDT; 0 = none. */
  readonly minNotional: number;
  /** Half the typical spread, bps of price. */
  readonly halfSpreadBps: number;
}

/** Fields that may be assumed. */
export const INSTRUMENT_FIELDS = ['tick', 'lot', 'min_notional', 'half_spread_bps'] as const;
export type InstrumentField = (typeof INSTRUMENT_FIELDS)[number];

/** An instrument with every value in place. */
export interface Instrument extends InstrumentRow {
  /** Which of its values stand in for missing ones: reports label them *assumed*. */
  readonly assumed: readonly InstrumentField[];
}

/** Assumed where `instruments.csv` says nothing: 0.5 bps half a spread (or half a tick when that is more), any size, 5 USDT. */
export const ASSUMED_HALF_SPREAD_BPS = 0.5;
export const ASSUMED_LOT_QTY = 0;
export const ASSUMED_MIN_NOTIONAL = 5;
/** More decimals than any venue quotes; prices with more are taken for computed ones. */
export const MAX_PRICE_DECIMALS = 8;

/**
 * The instrument of a symbol: its row, with assumptions where the row is missing or silent.
 * @param row - undefined without a line of its own.
 * @param priceDecimals - of the file's prices ({@link decimalsOfPrices}); gives the assumed tick.
 */
export function instrumentFrom(symbol: string, row: InstrumentRow | undefined, priceDecimals: number): Instrument {
  const assumed: InstrumentField[] = [];
  const valueOr = (field: InstrumentField, value: number | undefined, assumption: number): number => {
    if (value !== undefined && !Number.isNaN(value)) return value;
    assumed.push(field);
    return assumption;
  };
  return {
    symbol,
    tickPx: valueOr('tick', row?.tickPx, Number(`1e-${priceDecimals}`)),
    lotQty: valueOr('lot', row?.lotQty, ASSUMED_LOT_QTY),
    minNotional: valueOr('min_notional', row?.minNotional, ASSUMED_MIN_NOTIONAL),
    halfSpreadBps: valueOr('half_spread_bps', row?.halfSpreadBps, ASSUMED_HALF_SPREAD_BPS),
    assumed,
  };
}

/** Half a spread at a price, quote currency: the named bps, or when those are assumed at least half a tick. */
export function halfSpreadPx({ tickPx, halfSpreadBps, assumed }: Instrument, px: number): number {
  const spreadPx = px * halfSpreadBps * 1e-4;
  return assumed.includes('half_spread_bps') ? Math.max(tickPx / 2, spreadPx) : spreadPx;
}

/**
 * Largest number of decimals among prices, at most {@link MAX_PRICE_DECIMALS}; prices that are not valid do not count, and
 * without any it is the maximum. Prices stored as 32-bit floats count with the decimals that they were rounded from.
 */
export function decimalsOfPrices(prices: Iterable<number>): number {
  let most = -1;
  for (const px of prices) {
    if (!(px > 0 && px < Number.POSITIVE_INFINITY)) continue;
    while (most < MAX_PRICE_DECIMALS && !hasDecimals(px, Math.max(most, 0))) most = Math.max(most, 0) + 1;
    if (most < 0) most = 0;
    if (most === MAX_PRICE_DECIMALS) return most;
  }
  return most < 0 ? MAX_PRICE_DECIMALS : most;
}

function hasDecimals(px: number, decimals: number): boolean {
  const rounded = Number(px.toFixed(decimals));
  return rounded === px || (Math.fround(px) === px && Math.fround(rounded) === px);
}
