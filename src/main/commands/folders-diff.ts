import type { ExecutionDiff } from '../../replay/journal/diff/diff-executions.ts';
import type { JournalDiff } from '../../replay/journal/diff/diff-result.ts';

/** What `dolphin diff` found in two journal folders. */
export interface FoldersDiff {
  readonly a: string;
  readonly b: string;
  readonly isEqual: boolean;
  readonly engine: JournalDiff;
  /** Null unless both have a stream of execution. */
  readonly execution: ExecutionDiff | null;
}
