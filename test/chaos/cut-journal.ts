import { linkSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JournalFolder } from '../../src/adapters/journal/journal-folder.ts';
import { decodeIntent } from '../../src/replay/journal/payloads.ts';
import { RECORD_KINDS } from '../../src/replay/journal/record-kind.ts';
import { listSegments, type Machine, segmentName } from '../../src/replay/journal/segment-name.ts';
import { StreamReader } from '../../src/replay/journal/stream-reader.ts';

/** A record's place in its stream. */
export interface PlacedRecord {
  readonly segment: number;
  /** Bytes from the segment's start: `[offset, end)`. The first record of a segment begins with the segment itself. */
  readonly offset: number;
  readonly end: number;
  /** Number of the intent that it tells of; -1 for another record. */
  readonly intent: number;
}

/** One stream of a journal, ready to be cut anywhere. */
export interface WholeStream {
  readonly machine: Machine;
  readonly records: readonly PlacedRecord[];
  readonly segments: readonly { readonly path: string; readonly name: string; readonly bytes: Uint8Array }[];
}

/** Reads a stream that is whole. */
export function wholeStream(dir: string, machine: Machine): WholeStream {
  const store = JournalFolder.open(dir);
  const segments = listSegments(store, machine).map(({ name }) => ({
    path: join(dir, name),
    name,
    bytes: store.read(name) as Uint8Array,
  }));
  const numbers = new Map(segments.map(({ name }, number) => [name, number]));
  const found = [...new StreamReader(store, machine).records()].map(({ segment, offset, kind, payload }) => ({
    segment: numbers.get(segment) as number,
    offset,
    intent: kind === RECORD_KINDS.INTENT ? decodeIntent(payload).sequence : -1,
  }));
  const records = found.map((record, i) => {
    const next = found[i + 1];
    const isLast = next?.segment !== record.segment;
    const isFirst = found[i - 1]?.segment !== record.segment;
    const end = isLast ? (segments[record.segment]?.bytes.length as number) : (next?.offset as number);
    return { ...record, offset: isFirst ? 0 : record.offset, end };
  });
  return { machine, records, segments };
}

/**
 * Writes to a folder what a crash leaves of a stream: `records` of them whole, and `tornBytes` of the one behind. Of the
 * first record of a segment the torn bytes may end within the segment's start.
 */
export function writeCut(
  { machine, records, segments }: WholeStream,
  dir: string,
  kept: number,
  tornBytes: number,
): void {
  mkdirSync(dir, { recursive: true });
  const next = records[kept];
  const last = records[kept - 1];
  // Without torn bytes a segment ends with its last record; with them it ends in the one behind.
  const isInNext = next !== undefined && (tornBytes > 0 || last === undefined);
  const cut = isInNext ? next : last;
  if (cut === undefined) throw new Error(`${machine} has no record to cut at`);
  for (const { path, name } of segments.slice(0, cut.segment)) linkSync(path, join(dir, name));
  const length = isInNext ? cut.offset + tornBytes : cut.end;
  const bytes = segments[cut.segment]?.bytes.subarray(0, length) as Uint8Array;
  writeFileSync(join(dir, segmentName(machine, cut.segment)), bytes);
}
