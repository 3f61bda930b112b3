import { expect, test } from 'vitest';
import { SnapshotReader, SnapshotWriter } from '../../../src/engine/snapshot-bytes.ts';
import { NS_PER_DAY } from '../../../src/model/time.ts';
import { RecentMoments } from '../../../src/risk/recent-moments.ts';

const DAY = 20_000;

function moments(...nsOfDays: number[]): RecentMoments {
  const recent = new RecentMoments(3);
  for (const nsOfDay of nsOfDays) recent.add(DAY, nsOfDay);
  return recent;
}

test('ages count from the newest back, over midnight, and are negative for what is yet to come', () => {
  const recent = moments(1, 4, 6);
  expect([1, 2, 3].map((n) => recent.ageNs(n, DAY, 10))).toEqual([4, 6, 9]);
  expect(recent.ageNs(1, DAY + 1, 0)).toBe(NS_PER_DAY - 6);
  expect(recent.ageNs(1, DAY, 5)).toBe(-1);
});

test('the oldest falls out', () => {
  const recent = moments(1, 4, 6, 7, 9);
  expect([recent.count, recent.ageNs(3, DAY, 10)]).toEqual([3, 4]);
});

test.each([0, 1, 2, 3, 4, 5, 7])('after %d events it comes back from its state, and goes on alike', (events) => {
  const before = moments(...Array.from({ length: events }, (_, i) => i * i));
  const writer = new SnapshotWriter();
  before.walkState(writer);
  const after = moments(100, 200); // what it was before is gone
  after.walkState(new SnapshotReader(writer.bytes()));
  for (const recent of [before, after]) recent.add(DAY, 70);
  expect(after.count).toBe(before.count);
  for (let n = 1; n <= before.count; n++) expect(after.ageNs(n, DAY, 80)).toBe(before.ageNs(n, DAY, 80));
});
