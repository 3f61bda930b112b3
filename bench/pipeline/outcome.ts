/** What a pipeline prints at one point: the same for C, Java and ports. ns; series are empty at full speed. */
export interface PipelineOutcome {
  /** Over the sums that the middle stage made of every frame, warm-up included. */
  readonly sum: number;
  /** From the first frame that counts to the last one's arrival. */
  readonly wallNs: number;
  readonly cpuNs: { readonly producer: number; readonly engine: number; readonly execution: number };
  /** Planned time to published. */
  readonly lateNs: readonly number[];
  /** Published to taken by the engine. */
  readonly hopNs: readonly number[];
  /** Published to the engine's record readable, without waking its reader. */
  readonly intentNs: readonly number[];
  /** Planned time to taken by execution. */
  readonly totalNs: readonly number[];
}

/** One point for a pipeline. */
export interface PipelinePoint {
  /** 0 is as fast as it goes. */
  readonly rateHz: number;
  readonly assets: number;
  readonly wait: 'spin' | 'park';
  readonly warmUp: number;
  /** Frames that count. */
  readonly frames: number;
}

/** Warm-up frames go this fast whatever the pace; behind them everything comes to rest. As in pipeline.c. */
export const WARM_UP_PERIOD_NS = 100_000;
export const SETTLE_NS = 20_000_000;
/** Doubles in front of the prices, as in a bar slot, and of a record, as in the intent ring. */
export const HEADER_DOUBLES = 24;
export const RECORD_DOUBLES = 16;
/** Doubles of a header and of a record. */
export const PLANNED = 0;
export const PUBLISHED = 1;
export const TAKEN = 2;
export const SUM = 3;
