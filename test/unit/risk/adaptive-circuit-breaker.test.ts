import { describe, expect, test } from 'vitest';
import type { FactorRow } from '../../../src/model/factors.ts';
import {
  AdaptiveCircuitBreaker,
  applyCutToPositionSize,
  CUTS,
  clampBeta,
  clampBoost,
  stressSignals,
} from '../../../src/risk/adaptive-circuit-breaker.ts';

const NONE = Number.NaN;
const CALM = { fundingBtc: 0, dvolBtc: 40, fearGreed: 50, w750Velocity: 0 };
const row = (day: number, fields: Partial<FactorRow> = {}): FactorRow => ({ day, ...CALM, ...fields });

describe('stress signals', () => {
  test.each<[string, Partial<FactorRow>, number]>([
    ['calm', {}, 0],
    ['funding just above', { fundingBtc: -0.000099 }, 0],
    ['funding at the first level', { fundingBtc: -0.0001 }, 1],
    ['funding at the second: both', { fundingBtc: -0.0002 }, 2],
    ['dvol just below', { dvolBtc: 54.99 }, 0],
    ['dvol at the first level', { dvolBtc: 55 }, 1],
    ['dvol at the second: both', { dvolBtc: 75 }, 2],
    ['fear just above', { fearGreed: 25.1 }, 0],
    ['fear at the level', { fearGreed: 25 }, 1],
    ['everything', { fundingBtc: -0.01, dvolBtc: 100, fearGreed: 5 }, 5],
    ['missing factors count nothing', { fundingBtc: NONE, dvolBtc: NONE, fearGreed: NONE }, 0],
  ])('%s', (_, fields, expected) => {
    expect(stressSignals(row(1, fields))).toBe(expected);
  });
});

describe('boost and cut by the number of signals', () => {
  test.each<[number, Partial<FactorRow>, number, number, number]>([
    // SHORT 1 + 0.5 ln(1 + k), LONG 1 - 0.5 ln(1 + k) / ln 6, both within [0.5, 2]
    [0, {}, 1, 1, 0],
    [1, { fearGreed: 20 }, 1.3465735902799727, 0.8065735963827292, 0.15],
    [2, { dvolBtc: 80 }, 1.549306144334055, 0.6934264036172708, 0.45],
    [3, { dvolBtc: 80, fearGreed: 20 }, 1.6931471805599454, 0.6131471927654584, 0.55],
    [4, { dvolBtc: 80, fundingBtc: -1 }, 1.8047189562170503, 0.5508777991480365, 0.75],
    [5, { dvolBtc: 80, fundingBtc: -1, fearGreed: 0 }, 1.8958797346140275, 0.5, 0.8],
  ])('%i signals', (_, fields, boostShort, boostLong, cut) => {
    const day = new AdaptiveCircuitBreaker([row(5, fields)]).forDay(5);
    expect(day.boostShort).toBeCloseTo(boostShort, 9);
    expect(day.boostLong).toBeCloseTo(boostLong, 9);
    expect(day.cut).toBe(cut);
  });

  test('a day without a row is neutral: boost 1, beta 0, cut 0', () => {
    const neutral = { boostShort: 1, boostLong: 1, beta: 0, cut: 0 };
    expect(new AdaptiveCircuitBreaker([]).forDay(5)).toEqual(neutral);
    expect(new AdaptiveCircuitBreaker([row(4, { fearGreed: 0 })]).forDay(5)).toEqual(neutral);
  });
});

describe('beta', () => {
  /** Rows of days 100 - values.length to 99, and today's (day 100). */
  const betaAfter = (values: readonly number[], today: number) => {
    const before = values.map((w750Velocity, i) => row(100 - values.length + i, { w750Velocity }));
    return new AdaptiveCircuitBreaker([...before, row(100, { w750Velocity: today })]).forDay(100).beta;
  };
  const oneTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

  test.each([
    ['nine values are too few', oneTo(9), 1000, 0.2],
    // p60 of 1..10: position 0.6 x 9 = 5.4, so 6.4
    ['ten values, above their p60', oneTo(10), 6.41, 0.8],
    ['ten values, below their p60', oneTo(10), 6.39, 0.2],
    // 0.6 x 15 = 9, exactly the tenth of sixteen
    ['sixteen values, at their p60', oneTo(16), 10, 0.2],
    ['today is missing', oneTo(20), NONE, 0.2],
    ['missing days do not count: ten left', [...oneTo(10), NONE, NONE], 6.41, 0.8],
    ['missing days do not count: nine left', [...oneTo(9), NONE, NONE], 100, 0.2],
    ['sixty rows at most: an older extreme is out', [...Array(60).fill(1e6), ...oneTo(60)], 61, 0.8],
    [
      'the sixty are rows, missing ones among them: nine values are in reach',
      [...oneTo(60), ...Array(51).fill(NONE), ...oneTo(9)],
      1000,
      0.2,
    ],
  ])('%s', (_, values, today, beta) => {
    expect(betaAfter(values, today)).toBe(beta);
  });

  test('rows may come in any order, and later days tell nothing', () => {
    const rows = [row(100, { w750Velocity: 6.41 }), ...oneTo(10).map((v) => row(100 - v, { w750Velocity: v }))];
    const later = Array.from({ length: 30 }, (_, i) => row(101 + i, { w750Velocity: 1e9 }));
    expect(new AdaptiveCircuitBreaker([...later, ...rows]).forDay(100).beta).toBe(0.8);
  });
});

describe('cut of a position', () => {
  test.each([
    [0, 1000],
    [0.15, 850],
    [0.45, 550],
    [0.55, 450],
    [0.75, 250],
    [0.8, 200],
  ])('%f leaves %f of 1000', (cut, left) => {
    expect(applyCutToPositionSize(1000, cut)).toBeCloseTo(left, 9);
  });

  test('takes the six values and no other', () => {
    expect(CUTS).toEqual([0, 0.15, 0.45, 0.55, 0.75, 0.8]);
    for (const cut of [0.1, 0.5, 1, -0.15, Number.NaN]) {
      expect(() => applyCutToPositionSize(1000, cut)).toThrow(RangeError);
    }
    expect(() => applyCutToPositionSize(1000, 0.5)).toThrow(
      'cut must be one of 0, 0.15, 0.45, 0.55, 0.75, 0.8, was 0.5',
    );
  });
});

test('values from outside are brought into range', () => {
  expect([0.1, 0.5, 1.3, 2, 9].map(clampBoost)).toEqual([0.5, 0.5, 1.3, 2, 2]);
  expect([-1, 0, 3, 5, 9].map(clampBeta)).toEqual([0, 0, 3, 5, 5]);
});
