/** What happened on the way, per asset (length: universe) and in all. Only the builder writes; read at any time. */
export class BarCounters {
  /** Events that are in a bar's trades and volume. */
  readonly accepted: Float64Array;
  /** Dropped: the same id came before. */
  readonly duplicates: Float64Array;
  /** Dropped: too far behind the newest id for the memory of ids, and not newer in time. Old news or duplicates. */
  readonly forgotten: Float64Array;
  /** Came after their own bar had been emitted: in no bar's trades and volume. */
  readonly late: Float64Array;
  /** Came behind a newer event of their asset (earlier, or same time and smaller id); accepted or late. */
  readonly outOfOrder: Float64Array;
  /** Dropped: price not finite or not > 0, or quantity not finite or < 0. */
  readonly invalid: Float64Array;
  /** Intervals of the shortest kind without a trade, that carried a known price. */
  readonly carried: Float64Array;
  /** FRAME_BAR frames emitted. */
  bars = 0;
  /** FRAME_SCAN frames emitted. */
  scans = 0;
  /** Silences longer than the configured one. */
  gaps = 0;
  /** Intervals of the shortest kind that lay in them and were not emitted. */
  skipped = 0;

  constructor(assets: number) {
    const perAsset = () => new Float64Array(assets);
    this.accepted = perAsset();
    this.duplicates = perAsset();
    this.forgotten = perAsset();
    this.late = perAsset();
    this.outOfOrder = perAsset();
    this.invalid = perAsset();
    this.carried = perAsset();
  }
}
