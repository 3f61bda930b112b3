import { beforeAll, describe, expect, test } from 'vitest';
import { JournalFolder } from '../../src/adapters/journal/journal-folder.ts';
import { recordBytes } from '../../src/replay/journal/record-layout.ts';
import { recoverStream } from '../../src/replay/journal/recover.ts';
import {
  type FoundRecord,
  identityOf,
  plannedRecords,
  readJournal,
  writeJournal,
} from '../property/journal/journal-builder.ts';
import { MemoryStore } from '../property/journal/memory-store.ts';
import { temporaryFolder } from '../support/parquet-days.ts';

const RECORDS = 10_000;
const POINTS = 500;
const IS_NIGHTLY = process.env['DOLPHIN_NIGHTLY'] === '1';
const NIGHTLY_TIMEOUT_MS = 900_000;
const SEED = 20_260_105;

describe(`a journal of ${RECORDS} records, cut at ${POINTS} points${IS_NIGHTLY ? ' and at every boundary' : ''}`, () => {
  const whole = new MemoryStore();
  let records: FoundRecord[];
  let names: string[];

  beforeAll(() => {
    const folder = JournalFolder.make(temporaryFolder());
    writeJournal(folder, plannedRecords(RECORDS, SEED, 600), { perFlush: 7, segmentBytes: 1 << 20 });
    for (const { name } of folder.list()) whole.files.set(name, folder.read(name) as Uint8Array);
    names = [...whole.files.keys()].sort();
    records = readJournal(whole).records;
  });

  test(
    'recovers to the last whole record in front of the cut, and can be gone on with',
    () => {
      const boundaries = IS_NIGHTLY ? records.map(({ segment, offset }) => ({ segment, offset })) : [];
      const cuts = [...cutPoints(records, POINTS), ...boundaries];
      const ends = records.map(({ segment, offset, payload }) => ({
        segment,
        end: offset + recordBytes(payload.length),
      }));
      let torn = 0;
      let lost = 0;
      for (const { segment, offset } of cuts) {
        const store = new MemoryStore();
        for (const name of names) if (name < segment) store.files.set(name, whole.file(name));
        store.files.set(segment, whole.file(segment).slice(0, offset));
        const kept = ends.findLastIndex(
          (one) => one.segment < segment || (one.segment === segment && one.end <= offset),
        );

        const { position, cut } = recoverStream(store, 'ENGINE', identityOf());
        const next = records[kept + 1];
        if (cut !== null) torn += 1;
        if (next !== undefined && position.nextSequence !== next.sequence) lost += 1;
        writeJournal(store, plannedRecords(1, SEED + 1, 64), { position });
        const { reader } = readJournal(store, 'ENGINE', position.nextSequence);
        expect(reader.torn).toBeNull();
      }
      const bytes = names.reduce((sum, name) => sum + whole.file(name).length, 0);
      console.log(
        `journal cuts: ${records.length} records, ${bytes} bytes, ${names.length} segments; ${cuts.length} points tried, ` +
          `${torn} torn tails cut, whole records lost ${lost}`,
      );
      expect(records).toHaveLength(RECORDS);
      expect(cuts.length).toBeGreaterThanOrEqual(POINTS);
      expect(torn).toBeGreaterThan(POINTS / 4);
      expect(lost).toBe(0);
    },
    NIGHTLY_TIMEOUT_MS,
  );
});

/** Half of the points between two records, half at any byte inside one; seeded. */
function cutPoints(records: readonly FoundRecord[], points: number): { segment: string; offset: number }[] {
  let state = SEED;
  const below = (bound: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
  return Array.from({ length: points }, (_, i) => {
    const record = records[below(records.length)] as FoundRecord;
    const inside = i % 2 === 0 ? 0 : 1 + below(recordBytes(record.payload.length) - 1);
    return { segment: record.segment, offset: record.offset + inside };
  });
}
