/** Latency of one stage of a frame's way, ns; quantiles are upper edges of buckets, at most 1/64 too large. */
export interface StageLatency {
  readonly stage: string;
  /** Values measured. */
  readonly n: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  /** Exact. */
  readonly max: number;
}
