import { JournalFolder } from '../../src/adapters/journal/journal-folder.ts';
import { decodeIntent } from '../../src/replay/journal/payloads.ts';
import { RECORD_KINDS, recordKindName } from '../../src/replay/journal/record-kind.ts';
import type { Machine } from '../../src/replay/journal/segment-name.ts';
import { type JournalRecord, StreamReader } from '../../src/replay/journal/stream-reader.ts';
import { withoutSuspensions } from '../../src/replay/journal/suspensions.ts';
import { SLOT_PUBLISHED_NS, SLOT_RECEIVED_NS } from '../../src/shm/layout.ts';

/** What both machines of a run tell, record by record, with what no two runs have in common left out. */
export interface LifeStreams {
  /** `KIND payload` in base 64: no snapshots, which come in wherever the shadow is, and no END frame of a stop. */
  readonly engine: readonly string[];
  readonly execution: readonly string[];
  /** Numbers of the intents that execution took, in order. */
  readonly taken: readonly number[];
}

/** Reads and verifies both streams of a journal. @throws JournalCorruption. */
export function lifeStreams(dir: string): LifeStreams {
  const execution = recordsOf(dir, 'EXECUTION');
  const taken = execution.flatMap(({ kind, payload }) =>
    kind === RECORD_KINDS.INTENT ? [decodeIntent(payload).sequence] : [],
  );
  return { engine: textsOf(recordsOf(dir, 'ENGINE')), execution: textsOf(execution), taken };
}

function recordsOf(dir: string, machine: Machine): JournalRecord[] {
  const reader = new StreamReader(JournalFolder.open(dir), machine);
  const records = [...withoutSuspensions(copiesOf(reader.records()), true)];
  if (reader.torn !== null) throw new Error(`${reader.torn.segment} is torn`);
  return records;
}

function* copiesOf(records: Iterable<JournalRecord>): Generator<JournalRecord, void> {
  for (const record of records) {
    if (record.kind !== RECORD_KINDS.SNAPSHOT) yield { ...record, payload: comparable(record) };
  }
}

function textsOf(records: readonly JournalRecord[]): string[] {
  return records.map(({ kind, payload }) => `${recordKindName(kind)} ${Buffer.from(payload).toString('base64')}`);
}

/** A copy without the stamps of a frame and without a command's place in a ring that began anew. */
function comparable({ kind, payload }: JournalRecord): Uint8Array {
  const bytes = new Uint8Array(payload);
  if (kind === RECORD_KINDS.FRAME) {
    bytes.fill(0, SLOT_RECEIVED_NS, SLOT_RECEIVED_NS + 8);
    bytes.fill(0, SLOT_PUBLISHED_NS, SLOT_PUBLISHED_NS + 8);
  }
  if (kind === RECORD_KINDS.COMMAND) bytes.fill(0, 0, 8);
  return bytes;
}
