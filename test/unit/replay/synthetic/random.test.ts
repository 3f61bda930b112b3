import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../../../../src/replay/synthetic/random.ts';

const DRAWS = 200_000;

describe('seeded random numbers', () => {
  test('the same keys give the same stream, other keys another', () => {
    const draw = (...keys: number[]) => {
      const random = new SeededRandom(...keys);
      return Array.from({ length: 8 }, () => random.uniform());
    };
    expect(draw(1, 2)).toEqual(draw(1, 2));
    const others = [draw(1, 3), draw(2, 1), draw(1), draw(1, 2, 0), draw(1 + 2 ** 32, 2)];
    for (const other of others) expect(other).not.toEqual(draw(1, 2));
  });

  test('uniform numbers fill [0, 1) evenly', () => {
    const random = new SeededRandom(7);
    const counts = new Float64Array(16);
    for (let i = 0; i < DRAWS; i++) {
      const value = random.uniform();
      counts[Math.floor(value * 16)]! += 1; // NaN or a count too few when it lies outside
    }
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(DRAWS);
    // Chi-square with 15 degrees of freedom: above 37.7 in one of a thousand.
    const expected = DRAWS / 16;
    expect(counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)).toBeLessThan(37.7);
  });

  test('normal numbers have the moments of the normal distribution, also from draw to draw', () => {
    const random = new SeededRandom(7);
    const values = Float64Array.from({ length: DRAWS }, () => random.normal());
    const mean = (f: (value: number, index: number) => number) =>
      values.reduce((sum, v, i) => sum + f(v, i), 0) / DRAWS;
    const standardError = 1 / Math.sqrt(DRAWS);
    expect(Math.abs(mean((v) => v))).toBeLessThan(4 * standardError);
    expect(Math.abs(mean((v) => v * v) - 1)).toBeLessThan(4 * Math.SQRT2 * standardError);
    expect(Math.abs(mean((v) => v ** 4) - 3)).toBeLessThan(4 * Math.sqrt(96) * standardError);
    expect(Math.abs(mean((v, i) => v * (values[i - 1] ?? 0)))).toBeLessThan(4 * standardError);
  });
});
