import { describe, expect, test } from 'vitest';
import { JournalCorruption } from '../../../../src/replay/journal/corruption.ts';
import { JournalWriter } from '../../../../src/replay/journal/journal-writer.ts';
import { recoverStream } from '../../../../src/replay/journal/recover.ts';
import { planRepair, repairInPlace, repairInto } from '../../../../src/replay/journal/repair.ts';
import {
  type FoundRecord,
  identityOf,
  plannedRecords,
  readJournal,
  writeJournal,
} from '../../../property/journal/journal-builder.ts';
import { MemoryStore } from '../../../property/journal/memory-store.ts';

const RECORDS = 90;

/** Several segments of several records each. */
function journal(): { store: MemoryStore; records: FoundRecord[] } {
  const store = new MemoryStore();
  const planned = plannedRecords(RECORDS, 7, 100).map((one) => ({ ...one, kind: 1 as const }));
  writeJournal(store, planned, { segmentBytes: 2000 });
  return { store, records: readJournal(store).records };
}

/** The segments with a record of each that is neither the first nor the last there. */
const SECOND = 'engine-000001.dj';
const THIRD = 'engine-000002.dj';
const FOURTH = 'engine-000003.dj';

function inSecond(records: readonly FoundRecord[]): FoundRecord[] {
  return records.filter(({ segment }) => segment === SECOND);
}

const bytesOf = ({ payload }: FoundRecord) => 24 + Math.ceil(payload.length / 8) * 8;

/** Replaces the bytes of [from, to) of the second segment. */
function splice(store: MemoryStore, from: number, to: number, ...parts: Uint8Array[]): void {
  const bytes = store.file(SECOND);
  store.replace(SECOND, Uint8Array.from(Buffer.concat([bytes.subarray(0, from), ...parts, bytes.subarray(to)])));
}

const faults: [string, (store: MemoryStore, records: FoundRecord[]) => void, object][] = [
  [
    'a flipped bit in a payload',
    (store, records) => {
      const [, record] = inSecond(records) as [FoundRecord, FoundRecord];
      store.file(SECOND)[record.offset + 24]! ^= 1;
    },
    { segment: SECOND, rule: 'checksum' },
  ],
  [
    'a missing record',
    (store, records) => {
      const [, record] = inSecond(records) as [FoundRecord, FoundRecord];
      splice(store, record.offset, record.offset + bytesOf(record));
    },
    { segment: SECOND, rule: 'sequence', detail: expect.stringContaining('missing') },
  ],
  [
    'a repeated record',
    (store, records) => {
      const [, record] = inSecond(records) as [FoundRecord, FoundRecord];
      const end = record.offset + bytesOf(record);
      splice(store, end, end, store.file(SECOND).slice(record.offset, end));
    },
    { segment: SECOND, rule: 'sequence', detail: expect.stringContaining('repeated') },
  ],
  [
    'two swapped records',
    (store, records) => {
      const [, a, b] = inSecond(records) as [FoundRecord, FoundRecord, FoundRecord];
      const [atB, end] = [b.offset, b.offset + bytesOf(b)];
      const bytes = store.file(SECOND).slice();
      splice(store, a.offset, end, bytes.subarray(atB, end), bytes.subarray(a.offset, atB));
    },
    { segment: SECOND, rule: 'sequence' },
  ],
  [
    'a record of the same sequence from another journal',
    (store, records) => {
      const [, record] = inSecond(records) as [FoundRecord, FoundRecord];
      const other = new MemoryStore();
      const same = records.map(({ payload }) => ({ kind: 2 as const, payload }));
      writeJournal(other, same, { segmentBytes: 2000 });
      const end = record.offset + bytesOf(record);
      splice(store, record.offset, end, other.file(SECOND).slice(record.offset, end));
    },
    { segment: SECOND, rule: 'chain' },
  ],
  [
    'a closed segment that is cut short',
    (store) => store.truncate(SECOND, store.file(SECOND).length - 4),
    { segment: SECOND },
  ],
  ['a missing segment', (store) => store.remove(SECOND), { segment: SECOND, rule: 'missing-segment' }],
  [
    'a missing first segment',
    (store) => store.remove('engine-000000.dj'),
    { segment: 'engine-000000.dj', rule: 'missing-segment' },
  ],
  [
    'two swapped segments',
    (store) => {
      const second = store.file(SECOND);
      store.replace(SECOND, store.file(THIRD));
      store.replace(THIRD, second);
    },
    { segment: SECOND, rule: 'segment-number' },
  ],
  [
    'a repeated segment',
    (store) => store.replace(THIRD, store.file(SECOND)),
    { segment: THIRD, rule: 'segment-number' },
  ],
  [
    'a segment of the other machine',
    (store) => {
      const other = new MemoryStore();
      writeJournal(other, plannedRecords(9, 1, 99), { identity: identityOf('EXECUTION'), segmentBytes: 1 });
      store.replace(SECOND, other.file('execution-000001.dj'));
    },
    { segment: SECOND, rule: 'stream' },
  ],
  [
    'a segment of another config',
    (store) => store.replace(SECOND, segmentOfAnotherRun({ configHash: 'cd'.repeat(32) })),
    { segment: SECOND, rule: 'identity', detail: expect.stringContaining('configHash') },
  ],
  [
    'a segment of another version of Node',
    (store) => store.replace(SECOND, segmentOfAnotherRun({ nodeVersion: 'v24.0.0' })),
    { segment: SECOND, rule: 'identity', detail: expect.stringContaining('"v24.0.0"') },
  ],
  [
    'a segment of the same run, from another recording',
    (store) => store.replace(SECOND, segmentOfAnotherRun({})),
    { segment: SECOND, rule: 'first-sequence' },
  ],
  [
    'a segment of the same run and the same sequences, from another recording',
    (store, records) => {
      const other = new MemoryStore();
      const same = records.map(({ payload }) => ({ kind: 2 as const, payload }));
      writeJournal(other, same, { segmentBytes: 2000 });
      store.replace(SECOND, other.file(SECOND));
    },
    { segment: SECOND, rule: 'segment-digest', record: expect.any(Number) },
  ],
  [
    'a segment start of another format',
    (store) => store.replace(SECOND, Uint8Array.from(store.file(SECOND)).fill(9, 0, 4)),
    { segment: SECOND, rule: 'magic', offset: 0 },
  ],
  [
    'a flipped bit in a header',
    (store) => (store.file(SECOND)[60]! ^= 4),
    { segment: SECOND, rule: 'header', offset: 0 },
  ],
];

function segmentOfAnotherRun(change: object): Uint8Array {
  const other = new MemoryStore();
  const planned = plannedRecords(9, 1, 99).map((one) => ({ ...one, kind: 1 as const }));
  writeJournal(other, planned, { identity: { ...identityOf(), ...change }, segmentBytes: 1 });
  return other.file(SECOND);
}

describe.each(faults)('%s', (_situation, damage, expected) => {
  test('is named, nothing is changed; a repair keeps what lies before it', () => {
    const { store, records } = journal();
    damage(store, records);
    const before = store.clone();
    let found: unknown;
    try {
      recoverStream(store, 'ENGINE', identityOf());
    } catch (error) {
      found = error;
    }
    expect(found).toBeInstanceOf(JournalCorruption);
    expect(found).toMatchObject(expected);
    expect((found as Error).message).toContain((found as JournalCorruption).segment);
    expect(store.files).toEqual(before.files);

    const plan = planRepair(store, 'ENGINE');
    expect(plan.state).toBe('corrupt');
    expect(plan.lostRecords).toBeGreaterThan(0);
    const kept = records.slice(0, plan.lastSequence + 1);
    const copy = new MemoryStore();
    expect(repairInto(store, plan, copy)).toBeNull();
    expect(store.files).toEqual(before.files);
    expect(readJournal(copy).records).toEqual(kept);
    expect(repairInPlace(store, plan)).toBeNull();
    expect(readJournal(store).records).toEqual(kept);
    expect(planRepair(store, 'ENGINE').state).toBe('whole');
  });
});

test('the records before the fault are kept to the last one', () => {
  const { store, records } = journal();
  const [, record] = inSecond(records) as [FoundRecord, FoundRecord];
  store.file(SECOND)[record.offset + 24]! ^= 1;
  const plan = planRepair(store, 'ENGINE');
  expect(plan.lastSequence).toBe(record.sequence - 1);
  expect(plan.removed).toContain(FOURTH);
  expect(plan.lostRecords).toBe(RECORDS - record.sequence - 1);
});

test('a run with another config may not go on with a journal', () => {
  const { store } = journal();
  const other = { ...identityOf(), configHash: '00' };
  expect(() => recoverStream(store, 'ENGINE', other)).toThrow(/configHash must be "00", was "abab/);
});

test('a torn start of the last segment goes, and the segment is made again', () => {
  const { store, records } = journal();
  const last = [...store.files.keys()].sort().at(-1) as string;
  store.truncate(last, 50);
  const { position, cut } = recoverStream(store, 'ENGINE', identityOf());
  expect(cut).toMatchObject({ segment: last, offset: 0, bytes: 50 });
  expect(store.files.has(last)).toBe(false);
  writeJournal(store, [{ kind: 1, payload: new Uint8Array(8) }], { position });
  expect(readJournal(store).records.slice(0, -1)).toEqual(records.filter(({ segment }) => segment !== last));
});

test('a flush into the middle of a batch says what it reached', () => {
  const store = new MemoryStore();
  const writer = new JournalWriter(store, { identity: identityOf(), fsync: 'never', segmentBytes: 1 });
  for (let i = 0; i < 3; i++) writer.add(1, new Uint8Array(8));
  const create = store.create.bind(store);
  const failure = { operation: 'create', path: 'm', code: 'ENOSPC', reason: 'full', canRetry: true } as const;
  store.create = (name, bytes) => (name === THIRD ? failure : create(name, bytes));
  expect(writer.flush(0)).toEqual({ written: 1, durable: -1, failure });
  expect(readJournal(store).records).toHaveLength(2);
  writer.dropPending();
  store.create = create;
  expect(writer.addGap(5, 2)).toBe(2);
  expect(writer.flush(0)).toEqual({ written: 6, durable: -1, failure: null });
  expect(readJournal(store).reader.nextSequence).toBe(7);
});
