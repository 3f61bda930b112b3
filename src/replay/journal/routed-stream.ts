import type { JournalStore } from './journal-store.ts';
import { fieldsOf, parse } from './run-input-fields.ts';
import { listSegments } from './segment-name.ts';
import { isSegmentStart } from './segment-start.ts';
import { readSegmentStart } from './stream-reader.ts';

/** True where the first segment of execution's stream that is there is of a run with routed fills. */
export function isRoutedStream(store: JournalStore): boolean {
  const file = listSegments(store, 'EXECUTION')[0];
  const start = file === undefined ? null : readSegmentStart(store, file.name);
  if (start === null || !isSegmentStart(start)) return false;
  return fieldsOf(parse(start.header.configJson), 'the whole')['routed'] !== undefined;
}
