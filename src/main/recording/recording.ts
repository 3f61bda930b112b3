import type { FsyncPolicy } from '../../replay/journal/fsync-policy.ts';
import type { StreamIdentity } from '../../replay/journal/segment-links.ts';
import type { JournalStanding } from '../../workers/journal-machine.ts';
import type { JournalledTape } from '../../workers/journalled-tape.ts';
import type { IntentCounts, JournalledFrames, JournalStreamOptions } from '../../workers/messages.ts';

/** The identity of both streams but for the machine's name. */
export type RunIdentity = Omit<StreamIdentity, 'machine'>;

/** What a run that keeps a journal is told to do about it. */
export interface Recording {
  readonly dir: string;
  readonly fsync: FsyncPolicy;
  readonly segmentBytes: number;
  readonly engine: JournalStreamOptions;
  readonly execution: JournalStreamOptions;
  /** From where the shadow proves the journal. */
  readonly standing: JournalStanding;
  /** What an earlier life of the run has left; null in its first. */
  readonly recovered: RecoveredRun | null;
}

/** An interrupted run as its journal tells of it. */
export interface RecoveredRun {
  /** Records of the engine's stream that are stepped again. */
  readonly journalled: JournalledFrames;
  /** Intents that execution took, and the number of the first that it did not. */
  readonly accounted: IntentCounts;
  readonly firstUntaken: number;
  /** Execution's stream, which a routed run compares itself with as it runs again; null with analytic fills. */
  readonly tape: JournalledTape | null;
  /** One line for the operator each: what was cut off. */
  readonly notes: readonly string[];
}
