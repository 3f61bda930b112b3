import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JournalCorruption } from '../../../src/replay/journal/corruption.ts';
import { gapSpan } from '../../../src/replay/journal/gap.ts';
import { JournalWriter } from '../../../src/replay/journal/journal-writer.ts';
import { RECORD_KINDS, type RecordKind } from '../../../src/replay/journal/record-kind.ts';
import { recoverStream } from '../../../src/replay/journal/recover.ts';
import {
  type FoundRecord,
  identityOf,
  NOW_UNIX_MS,
  type PlannedRecord,
  readJournal,
  writeJournal,
} from './journal-builder.ts';
import { MemoryStore } from './memory-store.ts';

const record: fc.Arbitrary<PlannedRecord> = fc.record({
  kind: fc.constantFrom(...(Object.values(RECORD_KINDS) as RecordKind[])),
  payload: fc.uint8Array({ maxLength: 200 }),
  missing: fc.integer({ min: 1, max: 2 ** 40 }),
});
const journal = fc.record({
  records: fc.array(record, { minLength: 1, maxLength: 40 }),
  perFlush: fc.integer({ min: 1, max: 10 }),
  // Some so small that every record has a segment of its own.
  segmentBytes: fc.constantFrom(1, 700, 1200, 1 << 20),
});

function written(plan: { records: PlannedRecord[]; perFlush: number; segmentBytes: number }): MemoryStore {
  const store = new MemoryStore();
  writeJournal(store, plan.records, plan);
  return store;
}

/** What the writer was given, as the reader must show it. */
function expectSame(found: readonly FoundRecord[], planned: readonly PlannedRecord[]): void {
  expect(found.length).toBe(planned.length);
  let sequence = 0;
  found.forEach((one, i) => {
    const plan = planned[i] as PlannedRecord;
    const isGap = plan.kind === RECORD_KINDS.GAP;
    expect([one.kind, one.sequence]).toEqual([plan.kind, sequence]);
    if (isGap) expect(gapSpan(one.payload)).toBe(plan.missing);
    else expect(one.payload).toEqual(plan.payload);
    sequence += isGap ? (plan.missing as number) : 1;
  });
}

describe('any sequence of records', () => {
  test('comes back as it was added, whatever the batches and the segments', () => {
    fc.assert(fc.property(journal, (plan) => expectSame(readJournal(written(plan)).records, plan.records)));
  });

  test('gives the same bytes, whatever the batches', () => {
    fc.assert(
      fc.property(journal, (plan) => {
        expect(written({ ...plan, perFlush: 1000 }).files).toEqual(written(plan).files);
      }),
    );
  });

  test('can be read from any record on', () => {
    fc.assert(
      fc.property(journal, fc.nat(), (plan, pick) => {
        const store = written(plan);
        const all = readJournal(store).records;
        const from = (all[pick % all.length] as FoundRecord).sequence;
        expect(readJournal(store, 'ENGINE', from).records).toEqual(all.filter(({ sequence }) => sequence >= from));
      }),
    );
  });

  test('cut at any byte recovers to the last whole record and can be gone on with', () => {
    fc.assert(
      fc.property(journal, fc.nat(), record, (plan, pick, more) => {
        const store = written(plan);
        const all = readJournal(store).records;
        const last = [...store.files.keys()].sort().at(-1) as string;
        const cutAt = pick % (store.file(last).length + 1);
        store.truncate(last, cutAt);
        const whole = all.filter((one) => one.segment !== last || endOf(one) <= cutAt);

        const { position, cut } = recoverStream(store, 'ENGINE', identityOf());
        const isTorn = cut !== null;
        expect(readJournal(store).records).toEqual(whole);
        expect(recoverStream(store, 'ENGINE', identityOf()).cut).toBeNull();
        writeJournal(store, [more], { position });
        const after = readJournal(store);
        expect(after.reader.torn).toBeNull();
        expect(after.records.slice(0, -1)).toEqual(whole);
        const wholeEnd = whole.filter((one) => one.segment === last).at(-1);
        if (wholeEnd !== undefined) expect(isTorn).toBe(endOf(wholeEnd) !== cutAt);
      }),
    );
  });
});

/** Offset behind a record. */
function endOf({ offset, payload }: FoundRecord): number {
  return offset + 24 + Math.ceil(payload.length / 8) * 8;
}

describe('any flipped bit', () => {
  test('is named where it is, or is in what may be a torn tail', () => {
    fc.assert(
      fc.property(journal, fc.nat(), fc.nat(7), (plan, pick, bit) => {
        const store = written(plan);
        const all = readJournal(store).records;
        const names = [...store.files.keys()].sort();
        const { name, offset } = pickByte(store, names, pick);
        (store.file(name) as Uint8Array)[offset]! ^= 1 << bit;

        const isLastFile = name === names.at(-1);
        const recordsThere = all.filter(({ segment }) => segment === name);
        const hit = recordsThere.find((one) => one.offset <= offset && offset < endOf(one));
        const mayBeTorn = isLastFile && hit === recordsThere.at(-1);
        const before = store.clone();
        const found = tryReading(store);
        expect(found instanceof JournalCorruption).toBe(!mayBeTorn);
        expect(found).toMatchObject({ segment: name, offset: hit?.offset ?? 0 });
        if (mayBeTorn) return;
        expect(() => recoverStream(store, 'ENGINE', null)).toThrow(JournalCorruption);
        expect(store.files).toEqual(before.files);
      }),
      { numRuns: 1000 },
    );
  });

  test('in front of a torn tail is no part of it', () => {
    fc.assert(
      fc.property(
        fc.array(record, { minLength: 2, maxLength: 10 }),
        fc.nat(),
        fc.nat(),
        fc.nat(7),
        (records, pick, cut, bit) => {
          const store = written({ records, perFlush: 1, segmentBytes: 1 << 20 });
          const all = readJournal(store).records;
          const last = all.at(-1) as FoundRecord;
          const broken = all.at(-2) as FoundRecord;
          // At least the torn record's header is there.
          store.truncate(last.segment, last.offset + 24 + (cut % (endOf(last) - last.offset - 23)));
          const offset = broken.offset + (pick % (endOf(broken) - broken.offset));
          (store.file(last.segment) as Uint8Array)[offset]! ^= 1 << bit;
          expect(tryReading(store)).toMatchObject({ name: 'JournalCorruption', offset: broken.offset });
        },
      ),
      { numRuns: 500 },
    );
  });
});

function pickByte(store: MemoryStore, names: readonly string[], pick: number): { name: string; offset: number } {
  const total = names.reduce((sum, name) => sum + store.file(name).length, 0);
  let at = pick % total;
  for (const name of names) {
    if (at < store.file(name).length) return { name, offset: at };
    at -= store.file(name).length;
  }
  throw new Error('unreachable: the offset lies within the files');
}

/** The corruption, or the torn tail that was found; null when everything is whole. */
function tryReading(store: MemoryStore) {
  try {
    return readJournal(store).reader.torn;
  } catch (error) {
    return error;
  }
}

test('a refused write leaves nothing behind, and the same records come with the next flush', () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 2, maxLength: 20 }), fc.nat(), (records, pick) => {
      const store = new MemoryStore();
      const writer = new JournalWriter(store, { identity: identityOf(), fsync: 'always', segmentBytes: 900 });
      const failAt = pick % records.length;
      records.forEach(({ kind, payload, missing }, i) => {
        if (kind === RECORD_KINDS.GAP) writer.addGap(missing as number, 1);
        else writer.add(kind, payload);
        store.failure =
          i === failAt ? { operation: 'write', path: 'memory', code: 'ENOSPC', reason: 'full', canRetry: true } : null;
        const { written: reached, durable, failure } = writer.flush(NOW_UNIX_MS);
        expect(failure).toBe(store.failure);
        expect(durable).toBe(reached);
        if (failure === null) expect(reached).toBe(writer.nextSequence - 1);
      });
      store.failure = null;
      writer.close(NOW_UNIX_MS);
      expectSame(readJournal(store).records, records);
    }),
  );
});
