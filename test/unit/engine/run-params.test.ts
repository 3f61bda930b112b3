import { describe, expect, test } from 'vitest';
import { deriveRunParams } from '../../../src/engine/run-params.ts';
import { createChampionConfig } from '../../../src/model/strategy.ts';

const CHAMPION = createChampionConfig();

describe('what a run derives from strategy, universe and bar interval', () => {
  test.each([
    // vol_p60 x sqrt(interval / 5 s)
    [5000, 0.000099, 600e9],
    [60_000, 0.000099 * Math.sqrt(12), 7200e9],
    [100, 0.000099 / Math.sqrt(50), 12e9],
  ])('%i ms', (intervalMs, minVolatility, maxHoldNs) => {
    const params = deriveRunParams(CHAMPION, ['BTCUSDT'], intervalMs);
    expect(params.minVolatility).toBeCloseTo(minVolatility, 15);
    expect(params.maxHoldNs).toBe(maxHoldNs);
    expect(params.barIntervalNs).toBe(intervalMs * 1e6);
  });

  test('indices count excluded assets, whether they are there or not', () => {
    const params = deriveRunParams(CHAMPION, ['USDCUSDT', 'ETHUSDT', 'BTCUSDT'], 5000);
    expect([...params.excluded]).toEqual([1, 0, 0]);
    expect(params.referenceAsset).toBe(2);
  });

  test.each([
    ['short', -1],
    ['long', 1],
    ['both', 0],
  ] as const)('direction %s', (direction, rule) => {
    expect(deriveRunParams({ ...CHAMPION, direction }, ['BTCUSDT'], 5000).directionRule).toBe(rule);
  });

  test('needs its reference asset, and not among the excluded', () => {
    expect(() => deriveRunParams(CHAMPION, ['ETHUSDT'], 5000)).toThrow(RangeError);
    const excluded = { ...CHAMPION, excluded_assets: ['BTCUSDT'] };
    expect(() => deriveRunParams(excluded, ['BTCUSDT'], 5000)).toThrow('was "BTCUSDT"');
  });
});
