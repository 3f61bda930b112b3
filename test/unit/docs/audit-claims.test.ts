import { describe, expect, test } from 'vitest';
import { type LeverageParams, signalStrength } from '../../../src/alpha/layers/leverage.ts';
import { isVelDivUsable } from '../../../src/alpha/layers/signal-gate.ts';
import { postOnlyLimitPx } from '../../../src/exec/limit-price.ts';
import { BUY, SELL } from '../../../src/model/order.ts';
import { createChampionConfig } from '../../../src/model/strategy.ts';
import { dateFromDay, dayFromDate, dayOfUnixNs, MS_PER_DAY } from '../../../src/model/time.ts';

/*
 * Claims of the audit that are arithmetic, computed as the audit writes them (docs/audit.md). Nothing here is used by the
 * program: these tests are the proof of verdicts.
 */

describe('1a: timestamps parsed by magnitude', () => {
  /** As quoted: above 1e15 "already nanoseconds", above 1e12 "milliseconds to ns" by a factor of 1,000. */
  const parseTimestampNs = (ts: number): number => (ts > 1e15 ? Math.trunc(ts) : ts * 1000);
  const noonMs = dayFromDate('2026-01-05') * MS_PER_DAY + MS_PER_DAY / 2;
  const dateOf = (ns: number) => dateFromDay(dayOfUnixNs(BigInt(ns)));

  test.each([
    ['nanoseconds are right', noonMs * 1e6, '2026-01-05'],
    ['milliseconds come out in January 1970: a thousand is the factor to µs', noonMs, '1970-01-21'],
    ['microseconds are taken for nanoseconds', noonMs * 1000, '1970-01-21'],
  ])('%s', (_, ts, date) => {
    expect(dateOf(parseTimestampNs(ts))).toBe(date);
  });
});

describe('3.2: a limit price "1 bps inside the spread"', () => {
  /** As quoted: 1 % of the spread from the far side, rounded to the precision of the instrument. */
  const auditLimitPx = (side: number, bid: number, ask: number) =>
    Number((side === SELL ? bid + (ask - bid) * 0.01 : ask - (ask - bid) * 0.01).toFixed(2));

  test.each([
    ['a tick wide', 100, 100.01],
    ['ten ticks wide', 100, 100.1],
    ['49 ticks wide', 100, 100.49],
  ])('%s: it lies on the far touch, where post-only is rejected; ours rests inside', (_, bid, ask) => {
    expect(auditLimitPx(SELL, bid, ask)).toBe(bid);
    expect(auditLimitPx(BUY, bid, ask)).toBe(ask);
    expect(postOnlyLimitPx(SELL, bid, ask, 0.01)).toBeGreaterThan(bid);
    expect(postOnlyLimitPx(BUY, bid, ask, 0.01)).toBeLessThan(ask);
  });

  test('in a wide spread it gives all but a hundredth of the spread away; ours one basis point of mid', () => {
    expect(auditLimitPx(SELL, 100, 102)).toBe(100.02);
    expect(postOnlyLimitPx(SELL, 100, 102, 0.01)).toBe(101.99); // 102 - 101 x 1e-4, up to the tick
  });
});

test('4a: "above the median and above the 75th percentile" is "above the 75th percentile"', () => {
  const quantile = (sorted: number[], q: number): number => {
    const at = q * (sorted.length - 1);
    const low = sorted[Math.floor(at)] as number;
    return low + ((sorted[Math.ceil(at)] as number) - low) * (at - Math.floor(at));
  };
  let value = 1;
  const next = () => (value = (value * 48_271) % 2_147_483_647); // minstd: a fixed series
  for (let round = 0; round < 200; round++) {
    const history = Array.from({ length: 100 }, () => next() % 1000).sort((a, b) => a - b);
    const current = next() % 1000;
    const isBoth = current > quantile(history, 0.5) && current > quantile(history, 0.75);
    expect(isBoth).toBe(current > quantile(history, 0.75));
  }
});

test('4b: 252 x 12 x 720 is not a year of a market that never closes; the error is a constant factor', () => {
  const barsOfYear = 365 * 24 * 720;
  expect(Math.sqrt(barsOfYear / (252 * 12 * 720))).toBeCloseTo(1.702, 3);
});

test('7.1: a missing velocity that counts as 0 makes a signal of half the data; ours is no signal', () => {
  const { vel_div_threshold } = createChampionConfig();
  const data: { v50: number; v150?: number } = { v50: -0.03 };
  const auditVelDiv = data.v50 - (data.v150 ?? 0);
  expect(auditVelDiv <= vel_div_threshold).toBe(true);
  expect(isVelDivUsable(data.v50 - (data.v150 ?? Number.NaN))).toBe(false);
});

test('7.2: min(|vd| x 20, 1) starts at 0.4 where the strength of the specification starts at 0', () => {
  const config = createChampionConfig();
  const params: LeverageParams = {
    threshold: config.vel_div_threshold,
    extreme: config.vel_div_extreme,
    minLeverage: config.min_leverage,
    maxLeverage: config.max_leverage,
    absMaxLeverage: config.abs_max_leverage,
    convexity: config.leverage_convexity,
    isDynamic: true,
  };
  const quoted = (velDiv: number) => Math.min(Math.abs(velDiv) * 20, 1);
  expect([quoted(-0.02), signalStrength(params, -0.02)]).toEqual([0.4, 0]);
  expect([quoted(-0.035), signalStrength(params, -0.035)].map((x) => Number(x.toFixed(12)))).toEqual([0.7, 0.5]);
  expect([quoted(-0.05), signalStrength(params, -0.05)]).toEqual([1, 1]);
});
