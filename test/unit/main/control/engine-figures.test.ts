import { expect, test } from 'vitest';
import { CapitalOfEngine, readRegime } from '../../../../src/main/control/engine-figures.ts';
import type { DayResult } from '../../../../src/model/day-result.ts';
import { TURTLE } from '../../../../src/model/posture.ts';
import type { TradeDetail } from '../../../../src/model/trade.ts';
import { Gauge } from '../../../../src/shm/counters.ts';
import { DEFAULT_SLOTS } from '../../../../src/shm/layout.ts';
import { createRegion } from '../../../../src/shm/region.ts';

test('capital goes with the trades and the days that end', () => {
  const account = new CapitalOfEngine(25_000);
  expect(account.capital).toBe(25_000);
  account.onTrades([{ capital: 25_010 }, { capital: 24_990.5 }] as TradeDetail[]);
  account.onTrades([]);
  expect(account.capital).toBe(24_990.5);
  account.onDayEnd({ capital: 24_980 } as DayResult); // funding comes after the last trade
  expect(account.capital).toBe(24_980);
});

test('what is sized by is not known before the first frame', () => {
  const region = createRegion({ ...DEFAULT_SLOTS, assets: 2, hasAssetSignals: false });
  new Gauge(region, 'posture').set(TURTLE);
  new Gauge(region, 'rm').set(0.6);
  new Gauge(region, 'acbBoost').set(1.2);
  new Gauge(region, 'acbBeta').set(0.8);
  expect(readRegime(region)).toBeNull();
  new Gauge(region, 'steppedDay').set(20_458);
  expect(readRegime(region)).toEqual({ posture: 'TURTLE', rm: 0.6, boost: 1.2, beta: 0.8 });
});
