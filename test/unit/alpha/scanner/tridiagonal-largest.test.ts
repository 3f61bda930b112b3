import { describe, expect, it } from 'vitest';
import { largestOfTridiagonalInto } from '../../../../src/alpha/scanner/tridiagonal-largest.ts';

function largest(diagonal: number[], offDiagonal: number[], lowerBound = Number.NEGATIVE_INFINITY) {
  const pair = Float64Array.of(lowerBound, Number.NaN);
  const vector = new Float64Array(diagonal.length);
  largestOfTridiagonalInto(pair, vector, Float64Array.from(diagonal), Float64Array.from(offDiagonal), diagonal.length);
  const [value = Number.NaN, residual = Number.NaN] = pair;
  return { value, residual, vector: [...vector] };
}

describe('largest eigenvalue of a tridiagonal matrix', () => {
  it.each([1, 2, 3, 10, 64])('of order %i with 2 on and 1 beside the diagonal is 2 + 2 cos(pi / (n + 1))', (n) => {
    const { value, residual, vector } = largest(Array(n).fill(2), Array(n).fill(1));
    expect(residual).toBeLessThan(1e-12);
    const angle = Math.PI / (n + 1);
    expect(value).toBeCloseTo(2 + 2 * Math.cos(angle), 13);
    // Its vector is sin(k angle), here at unit length.
    const expected = Array.from({ length: n }, (_, k) => Math.sqrt(2 / (n + 1)) * Math.sin((k + 1) * angle));
    vector.forEach((element, k) => {
      expect(element).toBeCloseTo(expected[k] ?? 0, 10);
    });
  });

  it('finds the value below the first row as well, and owns up to not knowing the vector', () => {
    // [[0, 1e-9], [1e-9, 5]]: 5 + 2e-19
    const { value, residual } = largest([0, 5], [1e-9]);
    expect(value).toBeCloseTo(5, 14);
    expect(residual).toBeGreaterThan(1e-6);
  });

  it('keeps the small last element of a vector that sits in the first row', () => {
    // Second order: v1 = e0 / (5 - 1) = 2.5e-10, v2 = v1 e1 / (5 - 0) = 5e-20.
    const { vector } = largest([5, 1, 0], [1e-9, 1e-9]);
    expect(vector[1]).toBeCloseTo(2.5e-10, 15);
    expect((vector[2] ?? 0) / 5e-20).toBeCloseTo(1, 6);
  });

  it('takes the value of the leading submatrix as a bound', () => {
    const before = largest([2, 2], [1]).value;
    expect(largest([2, 2, 2], [1, 1], before).value).toBeCloseTo(2 + Math.SQRT2, 13);
  });
});
