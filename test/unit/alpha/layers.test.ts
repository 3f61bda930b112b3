import { describe, expect, test } from 'vitest';
import { Histories } from '../../../src/alpha/histories.ts';
import { Mt19937 } from '../../../src/alpha/kernels/mt19937.ts';
import { exitReason } from '../../../src/alpha/layers/exits.ts';
import {
  leverageCeiling,
  regimeSizeMultiplier,
  signalLeverage,
  signalStrength,
} from '../../../src/alpha/layers/leverage.ts';
import { ProxyBoost } from '../../../src/alpha/layers/proxy-boost.ts';
import {
  directionOfSignal,
  isVelDivUsable,
  signedStrength,
  strengthBucket,
} from '../../../src/alpha/layers/signal-gate.ts';
import { drawFee, expectedFee } from '../../../src/alpha/layers/smart-placer.ts';
import { PercentileVolatilityDetector, ThresholdVolatilityDetector } from '../../../src/alpha/layers/volatility.ts';
import { LONG, SHORT } from '../../../src/model/direction.ts';
import { MAX_HOLD, RISK, STOP, TAKE_PROFIT } from '../../../src/model/exit-reason.ts';
import { APEX, STALKER, TURTLE } from '../../../src/model/posture.ts';

describe('signal gate', () => {
  test.each([
    [-10, true],
    [10, true],
    [-10.000001, false],
    [10.000001, false],
    [Number.NaN, false],
    [Number.NEGATIVE_INFINITY, false],
    [0, true],
  ])('divergence %f is usable: %s', (velDiv, isUsable) => {
    expect(isVelDivUsable(velDiv)).toBe(isUsable);
  });

  test.each([
    ['short rule', SHORT, 0.5, SHORT],
    ['long rule', LONG, -0.5, LONG],
    ['both, below 0', 0, -0.001, SHORT],
    ['both, above 0', 0, 0.001, LONG],
    ['both, at 0', 0, 0, 0],
    ['both, no number', 0, Number.NaN, 0],
  ])('side: %s', (_, rule, velDiv, side) => {
    expect(directionOfSignal(rule, velDiv)).toBe(side);
  });

  test('strength is the divergence for SHORT and its mirror for LONG', () => {
    expect([signedStrength(SHORT, -0.03), signedStrength(LONG, -0.03)]).toEqual([-0.03, 0.03]);
  });

  test.each([
    [-0.2, 0],
    [-0.075, 0],
    [-0.0749, 1],
    [-0.05, 1],
    [-0.0499, 2],
    [-0.035, 2],
    [-0.0349, 3],
    [-0.02, 3],
  ])('strength %f is bucket %i', (strength, bucket) => {
    expect(strengthBucket(strength)).toBe(bucket);
  });
});

describe('leverage', () => {
  const params = {
    threshold: -0.02,
    extreme: -0.05,
    minLeverage: 0.5,
    maxLeverage: 5,
    absMaxLeverage: 6,
    convexity: 3,
    isDynamic: true,
  };

  test.each([
    ['at the threshold', -0.02, 0, 0.5],
    ['weaker than the threshold', -0.01, 0, 0.5],
    ['at the extreme', -0.05, 1, 5],
    ['beyond it', -0.3, 1, 5],
    // (-0.02 + 0.035) / 0.03 = 0.5; 0.5 + 4.5 * 0.125
    ['half way', -0.035, 0.5, 1.0625],
    // 0.008 / 0.03 = 0.26667; 0.5 + 4.5 * 0.0189630
    ['at -0.028', -0.028, 8 / 30, 0.5 + 4.5 * (8 / 30) ** 3],
  ])('by the signal, %s', (_, strength, s, leverage) => {
    expect(signalStrength(params, strength)).toBeCloseTo(s, 12);
    expect(signalLeverage(params, strength)).toBeCloseTo(leverage, 12);
  });

  test('without dynamic leverage it is the least, whatever the signal', () => {
    expect(signalLeverage({ ...params, isDynamic: false }, -0.3)).toBe(0.5);
  });

  test('another convexity: 0.5 + 4.5 x 0.5^1.5', () => {
    expect(signalLeverage({ ...params, convexity: 1.5 }, -0.035)).toBeCloseTo(0.5 + 4.5 * Math.SQRT1_2 ** 3, 12);
  });

  test.each([
    // boost x (1 + beta x (|vd| / 0.02)^3) x mc
    ['neutral', -0.05, 1, 0, 1, 1],
    ['boost alone', -0.05, 1.5, 0, 1, 1.5],
    ['beta at the threshold: 1 + 0.8 x 1', -0.02, 1, 0.8, 1, 1.8],
    ['beta at twice the threshold: 1 + 0.2 x 8', -0.04, 1, 0.2, 1, 2.6],
    ['the same for a LONG signal', 0.04, 1, 0.2, 1, 2.6],
    ['not clamped: 1 + 0.8 x 125', -0.1, 1, 0.8, 1, 101],
    ['all: 1.2 x (1 + 0.8 x 3.375) x 0.5', -0.03, 1.2, 0.8, 0.5, 1.2 * (1 + 0.8 * 3.375) * 0.5],
  ])('regime multiplier: %s', (_, velDiv, boost, beta, mc, expected) => {
    expect(regimeSizeMultiplier(-0.02, velDiv, boost, beta, mc)).toBeCloseTo(expected, 10);
  });

  test.each([
    ['APEX', APEX, 1, 6],
    ['APEX, Rm 0.9: 6 x 0.9', APEX, 0.9, 5.4],
    ['APEX never below 1', APEX, 0.1, 1],
    ['STALKER: at most 2', STALKER, 0.8, 2],
    ['STALKER, Rm so low that the scaled ceiling holds: 6 x 0.25', STALKER, 0.25, 1.5],
    ['TURTLE: 2 x Rm', TURTLE, 0.6, 1.2],
    ['TURTLE, lower still', TURTLE, 0.25, 0.5],
  ])('ceiling: %s', (_, posture, rm, expected) => {
    expect(leverageCeiling(6, posture, rm)).toBeCloseTo(expected, 12);
  });

  test('a worse posture never allows more, at any Rm', () => {
    for (let rm = 0; rm <= 1; rm += 0.05) {
      const ceilings = [APEX, STALKER, TURTLE].map((posture) => leverageCeiling(6, posture, rm));
      expect(ceilings).toEqual(ceilings.toSorted((a, b) => b - a));
    }
  });
});

describe('exits', () => {
  const params = { takeProfitFrac: 0.0095, stopFrac: 0.02 };
  test.each([
    ['take profit at the level', 0.0095, false, false, TAKE_PROFIT],
    ['take profit before risk and time', 0.01, true, true, TAKE_PROFIT],
    ['stop at the level', -0.02, false, false, STOP],
    ['stop before risk and time', -0.03, true, true, STOP],
    ['risk before time', -0.01, true, true, RISK],
    ['time', 0.0094, false, true, MAX_HOLD],
    ['hold', -0.0199, false, false, 0],
  ])('%s', (_, change, isLossLimitHit, isOverdue, reason) => {
    expect(exitReason(params, change, isLossLimitHit, isOverdue)).toBe(reason);
  });

  test('a stop of 1 is out of reach of a LONG and only a doubled price stops a SHORT', () => {
    expect(exitReason({ ...params, stopFrac: 1 }, -0.9999, false, false)).toBe(0);
    expect(exitReason({ ...params, stopFrac: 1 }, -1, false, false)).toBe(STOP);
  });
});

describe('smart placer', () => {
  const sampled = { makerFee: -0.0002, takerFee: 0.0004, isSampled: true };

  test('draws maker when the value is below the rate, one value a fill', () => {
    const random = new Mt19937(42); // 0.3745, 0.9507, 0.7320, 0.5987
    expect(drawFee(sampled, 0.62, random)).toBe(-0.0002);
    expect(drawFee(sampled, 0.62, random)).toBe(0.0004);
    expect(drawFee(sampled, 0.732, random)).toBe(-0.0002); // 0.73199... < 0.7320
    expect(drawFee(sampled, 0.5, random)).toBe(0.0004);
  });

  test('without sampling it is the mix, and no value is drawn', () => {
    const random = new Mt19937(42);
    // 0.62 x -0.0002 + 0.38 x 0.0004 = 0.000028
    expect(drawFee({ ...sampled, isSampled: false }, 0.62, random)).toBeCloseTo(0.000028, 15);
    expect(random.randomSample()).toBe(0.3745401188473625);
    expect(expectedFee(sampled, 0.5)).toBeCloseTo(0.0001, 15);
  });
});

describe('proxy boost', () => {
  test('is 1 until a hundred values are there, then follows the rank of the newest', () => {
    const boost = new ProxyBoost();
    for (let i = 0; i < 99; i++) boost.onBar(i, 0);
    expect(boost.factor).toBe(1);
    boost.onBar(1000, 0); // 99 of 100 below: 1 + 0.2 x (2 x 0.99 - 1)
    expect(boost.factor).toBeCloseTo(1.196, 12);
    boost.onBar(-1, 0); // none below
    expect(boost.factor).toBeCloseTo(0.8, 12);
  });

  test('ranks among the last 500', () => {
    const boost = new ProxyBoost();
    for (let i = 0; i < 100; i++) boost.onBar(-1, 0);
    for (let i = 0; i < 499; i++) boost.onBar(1, 0);
    boost.onBar(0, 0); // the hundred lower ones are gone
    expect(boost.factor).toBeCloseTo(0.8, 12);
  });

  test('is 1 on a bar without a finite value, which is not kept', () => {
    const boost = new ProxyBoost();
    for (let i = 0; i < 100; i++) boost.onBar(0, i); // b = -i
    boost.onBar(Number.NaN, 0);
    expect(boost.factor).toBe(1);
    boost.onBar(1, 0); // 100 of 101 below
    expect(boost.factor).toBeCloseTo(1 + 0.2 * (200 / 101 - 1), 12);
    boost.reset();
    boost.onBar(1, 0);
    expect(boost.factor).toBe(1);
  });
});

describe('volatility detectors', () => {
  /** One asset, a window of two returns. */
  const market = () => {
    const histories = new Histories({
      assets: 1,
      excluded: new Uint8Array(1),
      referenceAsset: 0,
      lookbackBars: 2,
      momentumBars: 1,
      volWindowBars: 2,
    });
    let price = 100;
    histories.append(Float64Array.of(price), false);
    return {
      histories,
      move(change: number) {
        price *= 1 + change;
        histories.append(Float64Array.of(price), false);
      },
    };
  };

  test('threshold: above it, not at it, and not before the window is full', () => {
    const { histories, move } = market();
    const low = new ThresholdVolatilityDetector(histories, 0.0099);
    expect(low.isHighRegime()).toBe(false);
    move(0.01);
    expect(low.isHighRegime()).toBe(false);
    move(-0.01); // returns 0.01 and -0.01: 0.01
    expect(low.isHighRegime()).toBe(true);
    const exact = new ThresholdVolatilityDetector(histories, histories.referenceVolatility());
    expect(exact.isHighRegime()).toBe(false);
    expect([low.value(), low.threshold()]).toEqual([histories.referenceVolatility(), 0.0099]);
  });

  test('percentile: permits and counts below a hundred values, then asks for more than the 75th percentile', () => {
    const { histories, move } = market();
    const detector = new PercentileVolatilityDetector(histories);
    const stepBy = (change: number) => {
      move(change);
      detector.onBar();
    };
    stepBy(0.01); // no volatility yet
    for (let i = 1; i <= 99; i++) stepBy((i % 2 === 0 ? 1 : -1) * 0.0001 * i);
    expect(detector.isHighRegime()).toBe(true);
    expect(detector.permissiveBars).toBe(1);
    expect(detector.threshold()).toBeNaN();
    stepBy(0.02); // the hundredth value, the largest
    expect(detector.isHighRegime()).toBe(true);
    stepBy(0.02); // two equal returns: 0, the lowest
    expect(detector.value()).toBeLessThan(1e-9);
    expect(detector.isHighRegime()).toBe(false);
    expect(detector.permissiveBars).toBe(1);
  });

  test('percentile: a value between the median and the 75th percentile is not high', () => {
    const { histories, move } = market();
    const detector = new PercentileVolatilityDetector(histories);
    // returns +-0.0001 i: the volatility of bar i is about 0.0001 i, so these are 100 rising values
    for (let i = 1; i <= 101; i++) {
      move((i % 2 === 0 ? 1 : -1) * 0.0001 * i);
      detector.onBar();
    }
    const swingTo = (size: number) => {
      for (const change of [size, -size]) {
        move(change);
        detector.onBar();
      }
      return detector.isHighRegime();
    };
    expect(swingTo(0.0065)).toBe(false); // rank about 65 of 100
    expect(swingTo(0.009)).toBe(true);
  });

  test('percentile: the annualised value is the plain one times sqrt(252 x 12 x 720)', () => {
    const { histories, move } = market();
    const detector = new PercentileVolatilityDetector(histories);
    move(0.01);
    move(-0.01);
    detector.onBar();
    expect(detector.value()).toBe(histories.referenceVolatility() * Math.sqrt(252 * 12 * 720));
    detector.reset();
    expect(detector.value()).toBeNaN();
  });
});
