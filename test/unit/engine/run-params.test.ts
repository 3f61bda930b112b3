import { describe, expect, test } from 'vitest';
import { deriveRunParams } from '../../../src/engine/run-params.ts';
import { InputError } from '../../../src/model/input-error.ts';
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

  test('at 0.1s counts of bars are in steps, and the volatility is that of a step', () => {
    const config = { ...CHAMPION, resolution: '0.1s' as const };
    const params = deriveRunParams(config, ['BTCUSDT'], 5000);
    expect(params.config).toEqual({
      ...config,
      max_hold_bars: 6000,
      dc_lookback_bars: 350,
      lookback: 5000,
      vol_window: 2500,
      warmup_bars: 5000,
    });
    expect([params.stepsPerBar, params.barIntervalNs, params.scanIntervalNs]).toEqual([50, 1e8, 5e9]);
    expect(params.minVolatility).toBe(0.000099 / Math.sqrt(50));
    expect([params.maxHoldNs, params.staleFillBars]).toEqual([600e9, 1200]);
  });

  test('hybrid counts as 5s does', () => {
    const { config: fine, ...hybrid } = deriveRunParams({ ...CHAMPION, resolution: 'hybrid' }, ['BTCUSDT'], 5000);
    const { config, ...scans } = deriveRunParams(CHAMPION, ['BTCUSDT'], 5000);
    expect(hybrid).toEqual(scans);
    expect(fine).toEqual({ ...config, resolution: 'hybrid' });
  });

  test('a resolution that does not fit the bar interval of the data is an error of input', () => {
    const of = (resolution: '0.1s' | 'hybrid', ms: number) => () =>
      deriveRunParams({ ...CHAMPION, resolution }, ['BTCUSDT'], ms);
    expect(of('0.1s', 5000.3)).toThrow(InputError);
    expect(of('0.1s', 60_000)).toThrow(
      'lookback must be at most 54 with resolution 0.1s and a bar interval of 60000 ms',
    );
    expect(of('hybrid', 100)).toThrow('multiple of 100 ms and longer, was 100 ms');
    expect(of('hybrid', 60_000)).not.toThrow();
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
