import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LastPriceBars } from '../../../../src/replay/aggregate/last-price-bars.ts';

const DAY_US = 1_748_217_600_000_000; // 2025-05-26T00:00:00Z
const FIVE_SECONDS = 5_000_000;

type Tick = readonly [usOfDay: number, id: number, price: number];

function aggregate(ticks: readonly Tick[], intervalUs = FIVE_SECONDS) {
  const bars = new LastPriceBars(intervalUs);
  bars.begin(DAY_US);
  for (const [usOfDay, id, price] of ticks) bars.add(DAY_US + usOfDay, id, price);
  return bars.end();
}

function rows(ticks: readonly Tick[], from: number, count: number, before = Number.NaN): number[] {
  const out = new Float64Array(count);
  aggregate(ticks).prices.rowsInto(out, from, before);
  return [...out];
}

describe('last price per bar', () => {
  test('a row holds what was known at its stamp: the bar [0 s, 5 s) shows at 5 s, not before', () => {
    const ticks: Tick[] = [
      [0, 1, 100],
      [4_999_999, 2, 101],
      [5_000_000, 3, 102], // opens the next bar: shows at 10 s
    ];
    expect(rows(ticks, 0, 4)).toEqual([Number.NaN, 101, 102, 102]);
  });

  test('a bar without trades carries the last price; row 0 is the day before', () => {
    expect(rows([[12_000_000, 1, 7]], 0, 5, 5)).toEqual([5, 5, 5, 7, 7]);
  });

  test('the last bar of the day shows in no row of the day, but closes it', () => {
    const { prices } = aggregate([[86_399_999_999, 9, 3]]);
    const out = new Float64Array(1);
    prices.rowsInto(out, 17_279, 2);
    expect(out[0]).toBe(2);
    expect(prices.closing(2)).toBe(3);
  });

  test('without any trade the day closes where it began', () => {
    expect(aggregate([]).prices.closing(4)).toBe(4);
    expect(aggregate([])).toMatchObject({ trades: 0, outOfOrder: 0, missingIds: 0 });
  });

  test('trades out of order are counted and taken by time, ties by id', () => {
    const day = aggregate([
      [2_000_000, 3, 30],
      [1_000_000, 2, 20], // behind
      [2_000_000, 1, 10], // same time, smaller id: behind
      [2_000_000, 4, 40],
    ]);
    expect(day).toMatchObject({ trades: 4, outOfOrder: 2, missingIds: 0 });
    expect(day.prices.closing(0)).toBe(40);
  });

  test('ids that never came are counted', () => {
    expect(
      aggregate([
        [0, 10, 1],
        [1, 11, 1],
        [2, 15, 1],
      ]).missingIds,
    ).toBe(3); // 12, 13, 14
  });

  test('a time outside the day and an interval that does not divide a day are refused', () => {
    expect(() => aggregate([[-1, 1, 1]])).toThrow(RangeError);
    expect(() => aggregate([[86_400_000_000, 1, 1]])).toThrow(RangeError);
    expect(() => new LastPriceBars(7_000_000)).toThrow('bar interval must');
  });

  test('the object can be used again for another day', () => {
    const bars = new LastPriceBars(FIVE_SECONDS);
    bars.begin(DAY_US);
    bars.add(DAY_US, 1, 100);
    bars.end();
    bars.begin(DAY_US + 86_400_000_000);
    expect(bars.end()).toMatchObject({ trades: 0, missingIds: 0 });
  });

  test('equals a scan over all trades sorted by time and id, in any order of input and any split of rows', () => {
    const tick = fc.tuple(fc.nat(86_399_999_999), fc.nat(1000), fc.double({ min: 1e-8, max: 1e8, noNaN: true }));
    const ticks = fc.uniqueArray(tick, { selector: ([, id]) => id, maxLength: 40 });
    fc.assert(
      fc.property(ticks, fc.constantFrom(60_000_000, 3_600_000_000), fc.nat(20), (list, intervalUs, split) => {
        const { prices } = aggregate(list, intervalUs);
        const count = 86_400_000_000 / intervalUs;
        const cut = Math.min(split, count);
        const head = new Float64Array(cut);
        const tail = new Float64Array(count - cut);
        prices.rowsInto(head, 0, 42);
        prices.rowsInto(tail, cut, 42);
        const sorted = [...list].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
        const expected = Array.from({ length: count }, (_, row) => {
          return sorted.findLast(([usOfDay]) => usOfDay < row * intervalUs)?.[2] ?? 42;
        });
        expect([...head, ...tail]).toEqual(expected);
      }),
    );
  });
});
