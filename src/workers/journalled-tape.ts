import { JournalFolder } from '../adapters/journal/journal-folder.ts';
import { withoutExecutionStops } from '../replay/journal/execution-stops.ts';
import type { RoutedInputs } from '../replay/journal/routed-inputs.ts';
import { StreamReader } from '../replay/journal/stream-reader.ts';
import { CatchUpTape } from './catch-up-tape.ts';
import type { ExecutionTape } from './execution-events.ts';
import type { RoutedSessionOptions } from './routed/routed-session-options.ts';

/** The tape that an earlier life of a routed run has left in its journal. */
export interface JournalledTape {
  readonly dir: string;
  /** Number of the last segment of the earlier life: this one writes behind it. */
  readonly lastSegment: number;
}

/**
 * The tape of a routed run that goes on: compared with what is on disk as far as that goes, written behind it.
 * @param onwards - writes.
 */
export function continueTape({ dir, lastSegment }: JournalledTape, onwards: ExecutionTape): ExecutionTape {
  const reader = new StreamReader(JournalFolder.open(dir), 'EXECUTION', lastSegment);
  return new CatchUpTape(withoutExecutionStops(reader.records(), false), onwards);
}

/** The options of a session, which stand in a journal's header as they are. */
export function sessionOptionsOf(routed: RoutedInputs): RoutedSessionOptions {
  return routed as RoutedSessionOptions;
}
