import type { FundingRow } from '../model/funding.ts';
import type { JournalledFrames, WorkerBase } from './messages.ts';

/** What the signal source gets at its start. Credentials are not in it: it reads its own environment. */
export interface SignalSourceOptions extends WorkerBase {
  readonly universe: readonly string[];
  /** As `redisSettings` takes it. */
  readonly url: string;
  readonly stream: string;
  /** Greatest age of a fresh signal, ms; null in a replay. */
  readonly freshnessLimitMs: number | null;
  /** Settlements between the signals, ascending. */
  readonly funding: readonly FundingRow[];
  /** Frames of an earlier life, behind which the stream is read on; null for its first entry. */
  readonly journalled: JournalledFrames | null;
  /** Of STREAM_COUNTS. */
  readonly counts: SharedArrayBuffer;
}
