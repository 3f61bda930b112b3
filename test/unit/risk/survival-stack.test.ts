import { describe, expect, test } from 'vitest';
import { leverageCeiling } from '../../../src/alpha/layers/leverage.ts';
import { SnapshotReader, SnapshotWriter } from '../../../src/engine/snapshot-bytes.ts';
import { APEX, HIBERNATE, POSTURE_NAMES, STALKER, TURTLE } from '../../../src/model/posture.ts';
import { SENSOR_NAMES } from '../../../src/model/survival-report.ts';
import { CircuitBreakerManager } from '../../../src/risk/circuit-breaker.ts';
import {
  capitalSensor,
  coverageSensor,
  feedSensor,
  memorySensor,
  SENSORS,
  sensorsInto,
  stressSensor,
} from '../../../src/risk/survival-sensors.ts';
import { postureOfRm, SurvivalStack } from '../../../src/risk/survival-stack.ts';

/** Evaluates a stack with the feed sensor alone away from 1, so that Rm is what is given. */
function evaluate(stack: SurvivalStack, ...rms: number[]): string[] {
  return rms.map((rm) => POSTURE_NAMES[stack.evaluate([rm, 1, 1, 1, 1])]);
}

const times = (count: number, rm: number) => new Array<number>(count).fill(rm);

describe('sensors', () => {
  test.each([
    ['feed: all bars', feedSensor(12, 12), 1],
    ['feed: three of four', feedSensor(9, 12), 0.75],
    ['feed: a burst after a stall', feedSensor(20, 12), 1],
    ['feed: none', feedSensor(0, 12), 0],
    ['memory: embedded', memorySensor('embedded'), 1],
    ['memory: connected', memorySensor('connected'), 1],
    ['memory: disconnected', memorySensor('disconnected'), 0.85],
    ['coverage: half of the universe', coverageSensor(24, 48), 0.5],
    ['stress: calibrated', stressSensor(0.0001, 0.0001), 1],
    ['stress: 5 times', stressSensor(0.5, 0.1), 1],
    ['stress: 15 times', stressSensor(1.5, 0.1), 0.5], // 1 - (15 - 5) / 20
    ['stress: 40 times', stressSensor(4, 0.1), 0],
    ['capital: a gain', capitalSensor(1100, 1000, 0.1), 1],
    ['capital: half the limit', capitalSensor(950, 1000, 0.1), 0.75], // 1 - 0.5 x 0.5
    ['capital: at the limit', capitalSensor(900, 1000, 0.1), 0.5],
    ['capital: beyond it', capitalSensor(500, 1000, 0.1), 0.5],
  ])('%s', (_, value, expected) => {
    expect(value).toBeCloseTo(expected, 12);
  });

  test('without a full window they say nothing', () => {
    expect([feedSensor(3, Number.NaN), feedSensor(3, 0), coverageSensor(0, 0)]).toEqual(times(3, Number.NaN));
    expect(stressSensor(Number.NaN, 0.1)).toBeNaN();
  });

  test('all five of one moment, in their order', () => {
    const out = new Float64Array(SENSORS);
    sensorsInto(out, {
      barsReceived: 9,
      barsExpected: 12,
      memory: 'disconnected',
      pricesValid: 12,
      assets: 48,
      volatility: 1.5,
      volatilityCalibrated: 0.1,
      equity: 980,
      capitalAtDayStart: 1000,
      dailyLossFrac: 0.1,
    });
    expect([...out]).toEqual([0.75, 0.85, 0.25, 0.5, 0.9].map((x) => expect.closeTo(x, 12)));
  });

  test('a loss at the limit leaves the last word to the breaker: TURTLE, not HIBERNATE', () => {
    expect(postureOfRm(capitalSensor(900, 1000, 0.1))).toBe(TURTLE);
    const breaker = new CircuitBreakerManager({ dailyLossFrac: 0.1, maxConsecutiveLosses: null });
    breaker.beginDay(1000);
    expect(breaker.onEquity(900)).toBe(true);
  });
});

test.each([
  [1, APEX],
  [0.9, APEX],
  [0.8999, STALKER],
  [0.75, STALKER],
  [0.7499, TURTLE],
  [0.5, TURTLE],
  [0.4999, HIBERNATE],
  [0, HIBERNATE],
  [Number.NaN, HIBERNATE],
])('Rm %f', (rm, posture) => {
  expect(postureOfRm(rm)).toBe(posture);
});

test('Rm is the product of the sensors; one without a window counts as 1, and is waited for', () => {
  const stack = new SurvivalStack();
  expect([stack.isComplete, stack.rm]).toEqual([false, 1]);
  stack.evaluate([0.9, 0.85, 1, Number.NaN, 0.98]);
  expect(stack.rm).toBeCloseTo(0.7497, 12); // 0.9 x 0.85 x 0.98
  expect([stack.posture, stack.isComplete]).toEqual([TURTLE, false]);
  stack.evaluate([0.9, 0.85, 1, 1, 0.98]);
  expect(stack.isComplete).toBe(true);
  expect(SENSOR_NAMES).toHaveLength(SENSORS);
});

describe('hysteresis', () => {
  test('down at once, as far as it goes', () => {
    expect(evaluate(new SurvivalStack(), 0.95, 0.8, 0.6)).toEqual(['APEX', 'STALKER', 'TURTLE']);
    expect(evaluate(new SurvivalStack(), 0.95, 0.55)).toEqual(['APEX', 'TURTLE']);
  });

  test('up on the twelfth evaluation in a row above the threshold by more than the margin', () => {
    const stack = new SurvivalStack();
    evaluate(stack, 0.8);
    expect(new Set(evaluate(stack, ...times(40, 0.92)))).toEqual(new Set(['STALKER'])); // 0.92 is not above 0.92
    expect(new Set(evaluate(stack, ...times(11, 0.93)))).toEqual(new Set(['STALKER']));
    expect(evaluate(stack, 0.91, ...times(11, 0.93)).at(-1)).toBe('STALKER'); // the row was broken
    expect(evaluate(stack, 0.93)).toEqual(['APEX']);
  });

  test('a full recovery goes straight to APEX, a partial one as far as it reaches', () => {
    const full = new SurvivalStack();
    evaluate(full, 0.6);
    expect(evaluate(full, ...times(12, 1)).slice(-2)).toEqual(['TURTLE', 'APEX']);
    const partial = new SurvivalStack();
    evaluate(partial, 0.6);
    expect(evaluate(partial, ...times(6, 1), ...times(30, 0.8)).slice(-1)).toEqual(['STALKER']);
  });

  test('an Rm that wavers around a threshold changes the posture once', () => {
    const stack = new SurvivalStack();
    const postures = evaluate(stack, ...Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 0.905 : 0.895)));
    expect(postures.slice(0, 2)).toEqual(['APEX', 'STALKER']);
    expect(new Set(postures.slice(1))).toEqual(new Set(['STALKER']));
  });
});

describe('HIBERNATE', () => {
  test('of the day stays, whatever the sensors say, until the operator lets it go', () => {
    const stack = new SurvivalStack();
    evaluate(stack, 0.4);
    expect(stack.isLatched).toBe(true);
    expect(new Set(evaluate(stack, ...times(100, 1)))).toEqual(new Set(['HIBERNATE']));
    stack.release();
    expect(stack.posture).toBe(APEX); // it had been earned
  });

  test('ends with the day when a better posture was earned', () => {
    const stack = new SurvivalStack();
    evaluate(stack, 0.4, ...times(20, 0.8));
    stack.beginDay();
    expect(stack.posture).toBe(STALKER);
  });

  test('that the new day finds goes by the ordinary rule', () => {
    const stack = new SurvivalStack();
    evaluate(stack, 0.4, ...times(3, 0.95));
    stack.beginDay();
    expect(stack.posture).toBe(HIBERNATE);
    expect(evaluate(stack, ...times(9, 0.95)).slice(-2)).toEqual(['HIBERNATE', 'APEX']);
    evaluate(stack, 0.4); // now it is of the day's own making
    expect(evaluate(stack, ...times(30, 1)).at(-1)).toBe('HIBERNATE');
  });
});

test('a worse posture never allows more leverage', () => {
  const allowed = [0.95, 0.8, 0.6].map((rm) => leverageCeiling(6, postureOfRm(rm), rm));
  expect(allowed).toEqual([6 * 0.95, 2, 2 * 0.6].map((x) => expect.closeTo(x, 12)));
});

test('comes back from its state in the middle of a recovery', () => {
  const before = new SurvivalStack();
  evaluate(before, 0.6, ...times(7, 1));
  const writer = new SnapshotWriter();
  before.walkState(writer);
  const after = new SurvivalStack();
  after.walkState(new SnapshotReader(writer.bytes()));
  expect(after).toEqual(before);
  expect(evaluate(after, ...times(5, 1)).slice(-2)).toEqual(['TURTLE', 'APEX']);
});
