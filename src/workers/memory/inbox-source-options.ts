import type { Rules } from '../../engine/actor.ts';
import type { JournalledFrames, WorkerBase } from '../messages.ts';

/** What the market-data thread of a run on its memory gets at its start. */
export interface InboxSourceOptions extends WorkerBase {
  readonly universe: readonly string[];
  readonly rules: Rules;
  /** Frames of an earlier life, which come first; null where there was none. */
  readonly journalled: JournalledFrames | null;
  /** Of MEMORY_COUNTS. */
  readonly counts: SharedArrayBuffer;
}
