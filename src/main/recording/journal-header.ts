import { JournalFolder } from '../../adapters/journal/journal-folder.ts';
import type { JournalStore } from '../../replay/journal/journal-store.ts';
import { decodeRunInputs, type RunInputs } from '../../replay/journal/run-inputs.ts';
import { listSegments, MACHINES } from '../../replay/journal/segment-name.ts';
import { isSegmentStart } from '../../replay/journal/segment-start.ts';
import { readSegmentStart } from '../../replay/journal/stream-reader.ts';
import type { SegmentHeader } from '../../wire/segment-header.ts';

/** The header that all segments of a journal share but for their numbers: of the first whole one; null where none is. */
export function journalHeader(store: JournalStore): SegmentHeader | null {
  for (const machine of MACHINES) {
    for (const { name } of listSegments(store, machine)) {
      const start = readSegmentStart(store, name);
      if (isSegmentStart(start)) return start.header;
    }
  }
  return null;
}

/** What the run was made from whose journal is to go on. */
export interface InterruptedRun {
  readonly inputs: RunInputs;
  readonly universe: readonly string[];
}

/**
 * Reads it without a look at the records.
 * @returns null for a journal that was cut off before its first header was whole: nothing was taken yet.
 * @throws InputError when there is no such folder, or the header's inputs are not whole.
 */
export function interruptedRun(dir: string): InterruptedRun | null {
  const header = journalHeader(JournalFolder.open(dir));
  return header === null ? null : { inputs: decodeRunInputs(header.configJson), universe: header.universe };
}
