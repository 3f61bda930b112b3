import { describe, expect, it } from 'vitest';
import { decomposeSymmetric } from '../../../../src/alpha/scanner/symmetric-eigen.ts';

function decompose(rows: readonly (readonly number[])[]) {
  const n = rows.length;
  const matrix = Float64Array.from(rows.flat());
  const values = new Float64Array(n);
  decomposeSymmetric(matrix, n, values, new Float64Array(n));
  return { values: [...values], vector: (k: number): number[] => [...matrix.subarray(k * n, (k + 1) * n)] };
}

const inner = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((total, value, i) => total + value * (b[i] ?? 0), 0);

describe('full decomposition of a symmetric matrix', () => {
  it.each([
    ['of order one', [[3]], [3]],
    [
      'that is zero',
      [
        [0, 0],
        [0, 0],
      ],
      [0, 0],
    ],
    [
      'that is the identity',
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      [1, 1, 1],
    ],
    [
      'with a mirrored pair',
      [
        [1, -1],
        [-1, 1],
      ],
      [0, 2],
    ],
    [
      'of known values',
      [
        [2, 1, 0],
        [1, 2, 1],
        [0, 1, 2],
      ],
      [2 - Math.SQRT2, 2, 2 + Math.SQRT2],
    ],
    [
      'of rank one',
      [
        [1, 1, 1],
        [1, 1, 1],
        [1, 1, 1],
      ],
      [0, 0, 3],
    ],
  ])('%s', (_, rows, expected) => {
    const { values } = decompose(rows);
    values
      .sort((a, b) => a - b)
      .forEach((value, k) => {
        expect(value).toBeCloseTo(expected[k] ?? Number.NaN, 14);
      });
  });

  it.each([2, 3, 17, 60])('of order %i: A v = lambda v, and the vectors are orthonormal', (n) => {
    const rows = Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (__, j) => (i === j ? 1 : ((i * j + i + j) % 11) / 11 - 0.4)),
    );
    const { values, vector } = decompose(rows);
    for (let k = 0; k < n; k++) {
      const v = vector(k);
      rows.forEach((row, i) => {
        expect(Math.abs(inner(row, v) - (values[k] ?? 0) * (v[i] ?? 0))).toBeLessThan(1e-13 * n);
      });
      for (let other = 0; other <= k; other++) {
        expect(Math.abs(inner(v, vector(other)) - (other === k ? 1 : 0))).toBeLessThan(1e-13);
      }
    }
  });
});
