import { describe, expect, test } from 'vitest';
import { decimalsOfPrices, halfSpreadPx, instrumentFrom } from '../../../src/model/instrument.ts';

describe('decimals of prices', () => {
  test.each([
    ['whole numbers', [9682, 9681], 0],
    ['the most of them counts', [9682, 9682.5, 9682.25], 2],
    ['no price does not count', [Number.NaN, 0, -0.001, Number.POSITIVE_INFINITY, 0.1], 1],
    ['binary fractions are no decimals', [61800.1, 61800.3], 1],
    ['32-bit floats count as what they were rounded from', [Math.fround(61800.2), Math.fround(0.12345)], 5],
    ['computed prices have at most 8', [100 / 3], 8],
    ['small prices', [0.00001234], 8],
    ['no price at all', [Number.NaN], 8],
  ])('%s', (_, prices, decimals) => {
    expect(decimalsOfPrices(prices)).toBe(decimals);
  });
});

describe('an instrument', () => {
  test('without a row is assumed, every value by its name', () => {
    expect(instrumentFrom('A', undefined, 2)).toEqual({
      ...{ symbol: 'A', tickPx: 0.01, lotQty: 0, minNotional: 5, halfSpreadBps: 0.5 },
      assumed: ['tick', 'lot', 'min_notional', 'half_spread_bps'],
    });
  });

  test('of a row has what the row says', () => {
    const row = { symbol: 'A', tickPx: 0.5, lotQty: 0, minNotional: 0, halfSpreadBps: Number.NaN };
    expect(instrumentFrom('A', row, 2)).toEqual({ ...row, halfSpreadBps: 0.5, assumed: ['half_spread_bps'] });
  });
});

describe('half a spread', () => {
  const row = { symbol: 'A', tickPx: 0.1, lotQty: 0, minNotional: 5, halfSpreadBps: 2 };

  test.each([
    ['named: 2 bps of 100, less than half a tick', row, 100, 0.02],
    ['assumed: half a tick of 0.1 is more than 0.5 bps of 100', { ...row, halfSpreadBps: Number.NaN }, 100, 0.05],
    ['assumed: 0.5 bps of 10000 is more than half a tick', { ...row, halfSpreadBps: Number.NaN }, 10_000, 0.5],
  ])('%s', (_, given, px, expected) => {
    expect(halfSpreadPx(instrumentFrom('A', given, 1), px)).toBeCloseTo(expected, 12);
  });
});
