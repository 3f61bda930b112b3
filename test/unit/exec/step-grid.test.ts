import { describe, expect, test } from 'vitest';
import { StepGrid } from '../../../src/exec/step-grid.ts';

describe('steps', () => {
  test.each([
    ['of 0.1: the double that the decimal reads as', 0.1, 3, 0.3],
    ['of 0.25', 0.25, 7, 1.75],
    ['of 5', 5, 3, 15],
    ['of 0.3, whose inverse is not whole', 0.3, 10, 3],
    ['of 1e-8', 1e-8, 6_180_020_000_000, 61800.2],
  ])('%s go back and forth', (_, step, steps, value) => {
    const grid = new StepGrid(step);
    expect(grid.toValue(steps)).toBe(value);
    expect(grid.toSteps(value)).toBe(steps);
    expect([grid.floorSteps(value), grid.ceilSteps(value)]).toEqual([steps, steps]);
    expect(grid.holds(value)).toBe(true);
  });

  test('a value between two steps', () => {
    const grid = new StepGrid(0.1);
    expect([grid.floorSteps(0.35), grid.ceilSteps(0.35), grid.holds(0.35)]).toEqual([3, 4, false]);
  });

  test('a sum that is off by the last digits stands on its step', () => {
    const grid = new StepGrid(0.1);
    expect([grid.floorSteps(0.1 + 0.2), grid.ceilSteps(0.1 + 0.2), grid.holds(0.1 + 0.2)]).toEqual([3, 3, true]);
  });

  test('without a step any value goes', () => {
    const grid = new StepGrid(0);
    expect([grid.toSteps(0.123), grid.floorSteps(0.123), grid.toValue(0.123), grid.holds(0.123)]).toEqual([
      0.123,
      0.123,
      0.123,
      true,
    ]);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('a step of %d is none', (step) => {
    expect(() => new StepGrid(step)).toThrow(`step must be finite and >= 0, was ${step}`);
  });
});
