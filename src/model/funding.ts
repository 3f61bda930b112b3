/** One settlement of funding. */
export interface FundingRow {
  /** UTC day number and exact ns of that day. */
  readonly day: number;
  readonly nsOfDay: number;
  readonly assetIndex: number;
  /** Fraction of the position's notional; longs pay a positive one. */
  readonly rate: number;
  /** Quote currency; NaN = not told. */
  readonly markPx: number;
}
