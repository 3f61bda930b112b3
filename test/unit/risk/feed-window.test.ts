import { describe, expect, test } from 'vitest';
import { SnapshotReader, SnapshotWriter } from '../../../src/engine/snapshot-bytes.ts';
import { NS_PER_SECOND } from '../../../src/model/time.ts';
import { FeedWindow } from '../../../src/risk/feed-window.ts';

const DAY = 20_000;

function at(second: number): [number, number] {
  return [DAY + Math.floor(second / 86_400), (second % 86_400) * NS_PER_SECOND];
}

function fed(intervalSeconds: number, seconds: readonly number[]): FeedWindow {
  const window = new FeedWindow(intervalSeconds * NS_PER_SECOND);
  for (const second of seconds) window.onBar(...at(second));
  return window;
}

/** Stamps every 5 s, from the first to the last second. */
const every5 = (first: number, last: number) => Array.from({ length: (last - first) / 5 + 1 }, (_, i) => first + 5 * i);

describe('the window', () => {
  test.each([
    [1, 60],
    [5, 12],
    [60, 12], // twelve bars are twelve minutes
  ])('of %d s bars holds %d', (interval, expected) => {
    expect(fed(interval, []).expected).toBe(expected);
  });

  test('is full a minute after the first bar, and says nothing before', () => {
    const window = fed(5, every5(0, 60));
    expect(window.sensor(...at(55))).toBeNaN();
    expect([window.received(...at(60)), window.sensor(...at(60))]).toEqual([12, 1]); // 5 to 60
  });

  test('empties as bars fail to come', () => {
    const window = fed(5, every5(0, 120));
    expect([120, 135, 179, 180].map((second) => window.sensor(...at(second)))).toEqual([1, 0.75, 1 / 12, 0]);
  });

  test('a feed that never began says 0 after its window, not nothing', () => {
    const window = fed(5, []);
    expect(window.sensor(...at(500))).toBeNaN();
    window.start(...at(0));
    expect([window.sensor(...at(59)), window.sensor(...at(60))]).toEqual([Number.NaN, 0]);
  });

  test('goes over midnight', () => {
    const window = fed(5, every5(86_300, 86_430));
    expect(window.sensor(...at(86_430))).toBe(1);
  });

  test('a burst counts as all, and does not hide the silence after it', () => {
    const window = fed(5, [0, ...new Array<number>(100).fill(60)]);
    expect(window.sensor(...at(60))).toBe(1);
    expect(window.sensor(...at(120))).toBe(0);
  });
});

test('comes back from its state', () => {
  const before = fed(5, every5(0, 300));
  const writer = new SnapshotWriter();
  before.walkState(writer);
  const after = fed(5, []);
  after.walkState(new SnapshotReader(writer.bytes()));
  const again = new SnapshotWriter();
  after.walkState(again);
  expect(again.bytes()).toEqual(writer.bytes());
  for (const window of [before, after]) window.onBar(...at(320));
  expect(after.received(...at(330))).toBe(before.received(...at(330)));
});

test('comes back before its window is full, and goes on waiting', () => {
  const before = fed(5, every5(0, 30));
  const writer = new SnapshotWriter();
  before.walkState(writer);
  const after = fed(5, []);
  after.walkState(new SnapshotReader(writer.bytes()));
  expect(after.sensor(...at(59))).toBeNaN();
  expect(after.sensor(...at(60))).toBe(0.5); // 5 to 30 of twelve
});
