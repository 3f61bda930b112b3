import type { JournalStore } from '../../../src/replay/journal/journal-store.ts';
import { JournalWriter, type JournalWriterOptions } from '../../../src/replay/journal/journal-writer.ts';
import { RECORD_KINDS, type RecordKind } from '../../../src/replay/journal/record-kind.ts';
import type { StreamIdentity } from '../../../src/replay/journal/segment-links.ts';
import type { Machine } from '../../../src/replay/journal/segment-name.ts';
import { StreamReader } from '../../../src/replay/journal/stream-reader.ts';

/** A record as a test names it; a gap stands for `missing` sequences and has no payload of its own. */
export interface PlannedRecord {
  readonly kind: RecordKind;
  readonly payload: Uint8Array;
  readonly missing?: number;
}

export interface FoundRecord {
  readonly kind: number;
  readonly sequence: number;
  readonly payload: Uint8Array;
  readonly segment: string;
  readonly offset: number;
}

export const NOW_UNIX_MS = Date.UTC(2026, 0, 5, 12);

export function identityOf(machine: Machine = 'ENGINE'): StreamIdentity {
  return {
    machine,
    rules: 'REPLAY',
    runId: 'run-1',
    configJson: '{"fraction":0.2}',
    configHash: 'ab'.repeat(32),
    universe: ['BTCUSDT', 'ETHUSDT'],
    nodeVersion: 'v22.23.3',
    v8Version: '12.4.254.21-node.33',
  };
}

/** Writes the records, a flush after every `perFlush` of them, and closes. */
export function writeJournal(
  store: JournalStore,
  records: readonly PlannedRecord[],
  options: Partial<JournalWriterOptions> & { perFlush?: number } = {},
): void {
  const writer = new JournalWriter(store, { identity: identityOf(), fsync: 'never', ...options });
  records.forEach(({ kind, payload, missing }, index) => {
    if (kind === RECORD_KINDS.GAP) writer.addGap(missing ?? 1, 1);
    else writer.add(kind, payload);
    if ((index + 1) % (options.perFlush ?? 1) === 0) requireDone(writer.flush(NOW_UNIX_MS).failure);
  });
  requireDone(writer.close(NOW_UNIX_MS).failure);
}

/** Every record of a stream, payloads copied, with the reader that found them. */
export function readJournal(store: JournalStore, machine: Machine = 'ENGINE', from = 0) {
  const reader = new StreamReader(store, machine);
  const records: FoundRecord[] = [];
  for (const record of reader.records(from)) records.push({ ...record, payload: record.payload.slice() });
  return { reader, records };
}

/** Deterministic payloads of varied length: xorshift32. */
export function plannedRecords(count: number, seed: number, longest: number): PlannedRecord[] {
  let state = seed | 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const kinds = Object.values(RECORD_KINDS);
  return Array.from({ length: count }, () => {
    const kind = kinds[next() % kinds.length] as RecordKind;
    const payload = Uint8Array.from({ length: next() % (longest + 1) }, () => next());
    return { kind, payload, missing: 1 + (next() % 5) };
  });
}

function requireDone(failure: unknown): void {
  if (failure !== null) throw new Error(`not written: ${JSON.stringify(failure)}`);
}
