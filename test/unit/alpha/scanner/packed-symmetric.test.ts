import { describe, expect, it } from 'vitest';
import { packedIndex, packedLength, packedStride } from '../../../../src/alpha/scanner/packed-symmetric.ts';

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
});
