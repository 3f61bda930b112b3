import { describe, expect, it } from 'vitest';
import {
  addOuterPair,
  multiplySymmetricInto,
  packedIndex,
  packedLength,
  packedStride,
} from '../../../../src/alpha/scanner/packed-symmetric.ts';

const padded = (stride: number, values: readonly number[]): Float64Array =>
  Float64Array.from({ length: stride }, (_, i) => values[i] ?? 0);
const sequence = (n: number, step: number): number[] => Array.from({ length: n }, (_, i) => ((i * step) % 7) - 3);

describe('a symmetric matrix stored once in panels of four rows', () => {
  it.each([
    [0, 0, 0],
    [1, 4, 16],
    [4, 4, 16],
    [5, 8, 48], // two diagonal blocks of 16 and one block of 16 right of the first
    [9, 12, 96], // 16 x (3 + 2 + 1)
  ])('of order %i has stride %i and %i elements', (n, stride, length) => {
    expect(packedStride(n)).toBe(stride);
    expect(packedLength(stride)).toBe(length);
  });

  it('gives every element right of its diagonal block a place of its own', () => {
    const places = new Set<number>();
    for (let i = 0; i < 12; i++) for (let j = i - (i % 4); j < 12; j++) places.add(packedIndex(12, i, j));
    expect(places.size).toBe(packedLength(12));
    expect(Math.max(...places)).toBe(packedLength(12) - 1);
  });

  it.each([1, 2, 4, 5, 9, 13])('of order %i adds, removes and multiplies like a full one', (n) => {
    const stride = packedStride(n);
    const [a, b, c] = [2, 3, 5].map((step) => padded(stride, sequence(n, step))) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const packed = new Float64Array(packedLength(stride));
    addOuterPair(packed, stride, a, b, 1);
    addOuterPair(packed, stride, c, a, -1); // a a' goes again: b b' + c c' stays
    const x = padded(stride, sequence(n, 4));
    const y = new Float64Array(stride).fill(99);
    multiplySymmetricInto(y, packed, stride, x);
    const inner = (u: Float64Array): number => u.reduce((total, value, i) => total + value * (x[i] ?? 0), 0);
    const expected = b.map((value, i) => value * inner(b) + (c[i] ?? 0) * inner(c));
    expect([...y]).toEqual([...expected]); // small integers: exact
  });
});
