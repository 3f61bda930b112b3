import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Mt19937 } from '../../../src/alpha/kernels/mt19937.ts';
import { populationStd } from '../../../src/alpha/kernels/population-std.ts';
import { RollingOrder, sortedQuantile } from '../../../src/alpha/kernels/rolling-order.ts';

const units = JSON.parse(readFileSync(new URL('../../golden/units.json', import.meta.url), 'utf8'));

describe('MT19937', () => {
  test('gives the doubles of numpy RandomState(42).random_sample(), the first twenty and the thousandth', () => {
    const random = new Mt19937(42);
    const values = Array.from({ length: 1000 }, () => random.randomSample());
    expect(values.slice(0, 20)).toEqual(units.randomState42);
    expect(values[0]).toBe(0.3745401188473625);
    expect(values[999]).toBe(units.randomState42_1000th);
  });

  test('reseeding in the middle of a block starts from the first value', () => {
    const random = new Mt19937(7);
    for (let i = 0; i < 700; i++) random.randomSample();
    random.reseed(42);
    expect(random.randomSample()).toBe(units.randomState42[0]);
  });

  // numpy: RandomState(0), RandomState(2**32 - 1)
  test.each([
    [0, 0.5488135039273248],
    [2 ** 32 - 1, 0.0976320289940138],
  ])('takes seed %i', (seed, first) => {
    expect(new Mt19937(seed).randomSample()).toBe(first);
  });
});

describe('population standard deviation of a ring', () => {
  test.each([
    // mean 2.5; squares 2.25 + 0.25 + 0.25 + 2.25 = 5; sqrt(5 / 4)
    ['in order', [1, 2, 3, 4], 0, Math.sqrt(5 / 4)],
    ['oldest in the middle', [3, 4, 1, 2], 2, Math.sqrt(5 / 4)],
    ['constant', [0.1, 0.1, 0.1], 1, 0],
    ['a single value', [7], 0, 0],
    // mean 1e8 + 1: a one-pass formula loses these squares
    ['large offset', [1e8, 1e8 + 1, 1e8 + 2], 0, Math.sqrt(2 / 3)],
  ])('%s', (_, values, oldest, expected) => {
    expect(populationStd(Float64Array.from(values), oldest)).toBeCloseTo(expected, 12);
  });

  test('sums oldest to newest: the order of the additions is part of the result', () => {
    const ring = Float64Array.from([1e16, 1, 1, -1e16]);
    const inOrder = (values: number[]) => {
      let sum = 0;
      for (const value of values) sum += value;
      const mean = sum / 4;
      let squares = 0;
      for (const value of values) squares += (value - mean) * (value - mean);
      return Math.sqrt(squares / 4);
    };
    expect(populationStd(ring, 1)).toBe(inOrder([1, 1, -1e16, 1e16]));
    expect(populationStd(ring, 0)).toBe(inOrder([1e16, 1, 1, -1e16]));
  });
});

describe('RollingOrder', () => {
  const pushed = (window: number, values: number[]) => {
    const order = new RollingOrder(1, window);
    for (const value of values) order.push(0, value);
    return order;
  };

  test.each([
    ['odd count', 5, [3, 1, 2], 2],
    ['even count: the mean of the middle two', 5, [4, 1, 2, 3], 2.5],
    ['the oldest has left', 3, [100, 1, 2, 3], 2],
    ['equal values: one of them leaves', 3, [2, 2, 1, 3], 2],
    ['one value', 3, [7], 7],
  ])('median: %s', (_, window, values, expected) => {
    expect(pushed(window, values).median(0)).toBe(expected);
  });

  // numpy.quantile([1, 2, 4, 8], q)
  test.each([
    [0, 1],
    [0.25, 1.75],
    [0.5, 3],
    [0.6, 3.5999999999999996],
    [0.75, 5],
    [1, 8],
  ])('quantile %f as numpy', (q, expected) => {
    expect(pushed(4, [8, 2, 1, 4]).quantile(0, q)).toBe(expected);
  });

  test('an empty series has neither', () => {
    const order = new RollingOrder(2, 3);
    order.push(1, 5);
    expect(order.median(0)).toBeNaN();
    expect(order.quantile(0, 0.5)).toBeNaN();
    expect(sortedQuantile(new Float64Array(0), 0, 0, 0.5)).toBeNaN();
    expect(order.median(1)).toBe(5);
  });

  test('reset forgets all series', () => {
    const order = pushed(3, [1, 2]);
    order.reset();
    expect(order.count(0)).toBe(0);
    order.push(0, 9);
    expect(order.median(0)).toBe(9);
  });
});
