import { expect, test } from 'vitest';
import { encodeSnapshot } from '../../../../src/replay/journal/payloads.ts';
import { planPrune, prune } from '../../../../src/replay/journal/prune.ts';
import { recoverStream } from '../../../../src/replay/journal/recover.ts';
import { prunedMarkerName } from '../../../../src/replay/journal/segment-name.ts';
import {
  identityOf,
  type PlannedRecord,
  readJournal,
  writeJournal,
} from '../../../property/journal/journal-builder.ts';
import { MemoryStore } from '../../../property/journal/memory-store.ts';

const TODAY = 20_000;

/** Ten segments of one record each; a snapshot in segment 4 made 10 days ago, one in segment 7 made yesterday. */
function journal(throughSequence = 3): MemoryStore {
  const store = new MemoryStore();
  const planned: PlannedRecord[] = Array.from({ length: 10 }, () => ({ kind: 1, payload: new Uint8Array(8) }));
  planned[4] = snapshot(TODAY - 10, throughSequence);
  planned[7] = snapshot(TODAY - 1, 6);
  writeJournal(store, planned, { segmentBytes: 1 });
  return store;
}

function snapshot(savedDay: number, throughSequence: number): PlannedRecord {
  return { kind: 7, payload: encodeSnapshot({ throughSequence, savedDay, savedNsOfDay: 0 }, new Uint8Array(100)) };
}

test.each([
  ['neither snapshot is old enough', 11, 3, 0],
  ['the older one is', 10, 3, 4],
  ['both are: the newer one counts', 1, 3, 7],
  ['the state of the older one is of records before it', 10, 1, 2],
])('%s', (_situation, keepDays, throughSequence, deleted) => {
  const store = journal(throughSequence);
  const plan = planPrune(store, 'ENGINE', keepDays, TODAY, 0);
  expect(plan.deleted).toHaveLength(deleted);
  expect(prune(store, plan)).toBeNull();
  expect(readJournal(store).records.map(({ sequence }) => sequence)).toEqual(
    Array.from({ length: 10 - deleted }, (_, i) => deleted + i),
  );
  expect(planPrune(store, 'ENGINE', keepDays, TODAY, 0).deleted).toEqual([]);
  expect(recoverStream(store, 'ENGINE', identityOf()).position.nextSequence).toBe(10);
});

test('an interrupted prune is finished by the next one, and what it left is not read', () => {
  const store = journal();
  const [first] = [store.file('engine-000000.dj')];
  prune(store, planPrune(store, 'ENGINE', 10, TODAY, 0));
  store.replace('engine-000000.dj', first);
  expect(readJournal(store).records).toHaveLength(6);
  expect(planPrune(store, 'ENGINE', 10, TODAY, 0).deleted).toEqual(['engine-000000.dj']);
});

test('a pruned stream that lost its first kept segment says so', () => {
  const store = journal();
  prune(store, planPrune(store, 'ENGINE', 10, TODAY, 0));
  store.remove('engine-000004.dj');
  expect(() => readJournal(store)).toThrow(/engine-000004.dj.*missing-segment/);
});

test('a note of a prune that is none is corruption', () => {
  const store = journal();
  store.replace(prunedMarkerName('ENGINE'), new TextEncoder().encode('{"segment":4}'));
  expect(() => readJournal(store)).toThrow(/engine-pruned.json.*pruned-marker/);
});

test('nothing is deleted from a corrupt journal', () => {
  const store = journal();
  store.file('engine-000008.dj')[30]! ^= 1;
  expect(() => planPrune(store, 'ENGINE', 10, TODAY, 0)).toThrow(/engine-000008.dj/);
});
