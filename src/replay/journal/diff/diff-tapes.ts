import { TAPE_FIELDS, type TapeKind } from '../../../model/execution-tape.ts';
import { withoutExecutionStops } from '../execution-stops.ts';
import type { JournalStore } from '../journal-store.ts';
import { type RecordKindName, recordKindName } from '../record-kind.ts';
import { StreamReader } from '../stream-reader.ts';
import { decodeTape, TAPE_RECORDS, tapeKindOf } from '../tape-records.ts';
import type { Both } from './diff-result.ts';

/** The first entry in which the tapes of two execution machines differ. */
export interface TapeEntryDifference {
  /** Place among the entries, from 0. */
  readonly place: number;
  /** Sequence of the record; null where the tape has ended. */
  readonly record: Both<number | null>;
  readonly kind: Both<RecordKindName | null>;
  /** Name of the value; null where the kinds differ, or one tape has ended. */
  readonly field: string | null;
  /** The two values, an asset by its symbol; null without a field. */
  readonly value: Both<number | string> | null;
}

/** How the tapes of two routed runs differ. */
export interface TapesDiff {
  /** Entries; none in a run whose fills were analytic. */
  readonly entries: Both<number>;
  readonly first: TapeEntryDifference | null;
}

interface Entry {
  readonly sequence: number;
  readonly kind: TapeKind;
  readonly values: Float64Array;
}

/**
 * Compares the tapes of two execution machines, entry by entry: orders, fills, prices and answers among them.
 * @throws JournalCorruption at the first record of either that is not as it was written.
 */
export function diffTapes(a: JournalStore, b: JournalStore): TapesDiff {
  const readers = { a: new StreamReader(a, 'EXECUTION'), b: new StreamReader(b, 'EXECUTION') };
  const [left, right] = [entriesOf(readers.a), entriesOf(readers.b)];
  const entries = { a: 0, b: 0 };
  let first: TapeEntryDifference | null = null;
  for (let place = 0; ; place++) {
    const pair = { a: entryOf(left.next()), b: entryOf(right.next()) };
    if (pair.a === null && pair.b === null) return { entries, first };
    if (pair.a !== null) entries.a += 1;
    if (pair.b !== null) entries.b += 1;
    first ??= differenceOf(place, pair, readers);
  }
}

function* entriesOf(reader: StreamReader): Generator<Entry, void> {
  for (const { kind, sequence, payload } of withoutExecutionStops(reader.records(), true)) {
    const tapeKind = tapeKindOf(kind);
    if (tapeKind !== null) yield { sequence, kind: tapeKind, values: decodeTape(tapeKind, payload) };
  }
}

function entryOf({ done, value }: IteratorResult<Entry, void>): Entry | null {
  return done === true ? null : (value as Entry);
}

function differenceOf(place: number, { a, b }: Both<Entry | null>, readers: Both<StreamReader>) {
  const at = {
    place,
    record: { a: a?.sequence ?? null, b: b?.sequence ?? null },
    kind: { a: nameOf(a), b: nameOf(b) },
  };
  if (a === null || b === null || a.kind !== b.kind) return { ...at, field: null, value: null };
  for (const [i, field] of TAPE_FIELDS[a.kind].entries()) {
    const value = { a: shown(field, a.values[i]!, readers.a), b: shown(field, b.values[i]!, readers.b) };
    if (!Object.is(value.a, value.b)) return { ...at, field, value };
  }
  return null;
}

/** Universes may stand in another order. */
function shown(field: string, value: number, { header }: StreamReader): number | string {
  return field === 'assetIndex' ? (header?.universe[value] ?? `asset ${value}`) : value;
}

function nameOf(entry: Entry | null): RecordKindName | null {
  return entry === null ? null : recordKindName(TAPE_RECORDS[entry.kind]);
}
