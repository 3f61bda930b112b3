/**
 * What became of what a live source brought, since the run began or went on. Counts; all but the first of each are 0 where
 * nothing was odd.
 */
export type FeedCounts = StreamFeedCounts | MemoryFeedCounts;

/** Of a Redis stream. */
export interface StreamFeedCounts {
  readonly source: 'stream';
  /** Greatest age of a signal that may be entered on, ms; absent where age means nothing, as under the rules of a replay. */
  readonly freshnessMs?: number;
  readonly taken: number;
  /** Dropped: their id was taken before. */
  readonly duplicates: number;
  /** Dropped: not later than what was taken, and not known. */
  readonly late: number;
  /** Taken, but not to be entered on. */
  readonly stale: number;
  /** Not understood, and put aside with a reason. */
  readonly parked: number;
  /** Times that the stream had lost entries behind the position. */
  readonly gaps: number;
}

/** Of the scans and order books of a memory, which keeps the latest of each alone. */
export interface MemoryFeedCounts {
  readonly source: 'memory';
  readonly scans: number;
  readonly books: number;
  /** Dropped: told before. */
  readonly duplicates: number;
  /** Refused: older than what was taken. */
  readonly late: number;
  /** Times that numbers of scans were passed over within a day, and how many there were. */
  readonly gaps: number;
  readonly missed: number;
  /** Scans and books that the engine's side had no room for. */
  readonly dropped: number;
}
