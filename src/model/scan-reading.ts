/**
 * One scan as a source outside states it, by symbol: before any asset has an index. Of a file of JSON or of a message;
 * its JSON is in docs/signal-schema.md.
 */
export interface ScanReading {
  /** UTC day number and exact ns of that day at which the scan's bar closed. */
  readonly day: number;
  readonly nsOfDay: number;
  readonly scanNumber: number;
  /** Length SIGNAL_VALUES, order of SIGNAL_FIELDS; NaN = not stated. `vel_div` is v50 - v150 where only those are. */
  readonly signals: Float64Array;
  /** Price per symbol in quote currency, in the order stated; NaN = missing. Not judged: that is the engine's. */
  readonly prices: ReadonlyMap<string, number>;
  /**
   * Divergence per symbol where the scan states velocities per asset, NaN = not stated; null where one divergence holds
   * for all (semantics §4.1: the format decides).
   */
  readonly assetVelDivs: ReadonlyMap<string, number> | null;
  /** The source knows that the UTC day has no later scan. */
  readonly isLastOfDay: boolean;
}

/** One order-book snapshot of one asset, as a source outside states it. */
export interface BookReading {
  readonly day: number;
  readonly nsOfDay: number;
  readonly symbol: string;
  /** Length BOOK_VALUES, order of BOOK_FIELDS; NaN = missing. */
  readonly values: Float64Array;
}
