import { describe, expect, it } from 'vitest';
import { KernelMemory } from '../../../../src/alpha/scanner/kernels/kernel-memory.ts';
import { LargestEigenpair } from '../../../../src/alpha/scanner/largest-eigenpair.ts';
import { packedStride } from '../../../../src/alpha/scanner/packed-symmetric.ts';
import { ReturnRing } from '../../../../src/alpha/scanner/return-ring.ts';
import { WindowMoments } from '../../../../src/alpha/scanner/window-moments.ts';

/** Rows of a Hadamard matrix: zero sum, uncorrelated with each other. */
const PATTERNS = [1, 2, 3, 4].map((k) => Array.from({ length: 8 }, (_, t) => (bitCount(k & t) % 2 === 0 ? 1 : -1)));

function bitCount(bits: number): number {
  return bits === 0 ? 0 : (bits & 1) + bitCount(bits >> 1);
}

/** Solves the window of eight returns per asset: `pattern * 2^-10`, moved by a rest of zeros for pattern null. */
function solve(assets: readonly (readonly number[])[], start?: readonly number[]) {
  const size = assets.length;
  const stride = packedStride(size);
  const memory = new KernelMemory(10_000);
  const ring = new ReturnRing(memory, {
    assets: size,
    excluded: new Uint8Array(size),
    barIntervalMs: 5000,
    maxBars: 8,
  });
  const prices = new Float64Array(size).fill(1);
  ring.append(0, 0, prices, 0);
  for (let t = 0; t < 8; t++) {
    assets.forEach((pattern, i) => {
      prices[i] = (prices[i] ?? 0) * (1 + (pattern[t] ?? 0) / 1024);
    });
    ring.append(0, (t + 1) * 5e9, prices, 0);
  }
  const moments = new WindowMoments(memory, size, stride, 8);
  moments.anchor(ring, 8);
  const solver = new LargestEigenpair(memory, size, stride);
  const [from, vector] = [memory.allocate(stride), memory.allocate(stride)];
  from.values.set(start ?? Array<number>(size).fill(1));
  solver.solve(moments, from, vector);
  return { solver, vector: vector.values };
}

const [A, B, C, D] = PATTERNS as [number[], number[], number[], number[]];
const AT_REST = Array<number>(8).fill(0);
const turned = (pattern: readonly number[]): number[] => pattern.map((value) => -value);

describe('largest eigenpair of a window', () => {
  it.each([
    ['one asset', [A], 1, true],
    ['one asset at rest', [AT_REST], 1, true],
    ['all at rest: the identity', [AT_REST, AT_REST, AT_REST], 1, false],
    ['one moves, one rests: 1 and 1', [A, AT_REST], 1, false],
    ['three alike', [A, A, A], 3, true],
    ['three alike and two at rest', [A, A, A, AT_REST, AT_REST], 3, true],
    ['a mirrored pair: the start of ones sees nothing of it', [A, turned(A)], 2, true],
    ['two pairs of equal strength', [A, A, B, B], 2, false],
    ['two mirrored pairs of equal strength', [A, turned(A), B, turned(B)], 2, false],
    ['uncorrelated assets', [A, B, C], 1, false],
    ['three against two', [A, A, A, B, B], 3, true],
  ])('%s', (_, assets, lambda, isSeparated) => {
    const { solver, vector } = solve(assets);
    expect(solver.value).toBeCloseTo(lambda, 12);
    expect(solver.isSeparated).toBe(isSeparated);
    expect(vector.reduce((total, value) => total + value * value, 0)).toBeCloseTo(1, 12);
  });

  it('is not fooled by a start that sits on a smaller eigenvector', () => {
    const { solver, vector } = solve([A, A, A, B, B], [0, 0, 0, 1, 1]);
    expect(solver.value).toBeCloseTo(3, 6);
    expect(Math.abs(vector[0] ?? 0)).toBeCloseTo(1 / Math.sqrt(3), 3);
    expect(solver.decompositions).toBe(1);
  });

  it('is not fooled by a start that has next to nothing of the largest eigenvector', () => {
    const { solver, vector } = solve([A, A, A, B, B], [1e-9, 1e-9, 1e-9, 1, 1]);
    expect(solver.value).toBeCloseTo(3, 12);
    expect(Math.abs(vector[0] ?? 0)).toBeCloseTo(1 / Math.sqrt(3), 12);
    expect(Math.abs(vector[3] ?? 1)).toBeLessThan(1e-11);
  });

  it('needs no full decomposition where the second eigenvalue is smaller by less than a per cent', () => {
    const [more, less] = [1, -1].map((sign) => B.map((value, t) => value + (sign * (C[t] ?? 0)) / 10));
    // B against B +- C / 10: 1 / sqrt(1.01) = 0.995; these two against each other: 0.99 / 1.01 = 0.980. So about 2.98.
    // The pair of D is there so that neither trace nor sum of squares decides: 9 + 8.9 + 4 - 9 > 9.
    const { solver } = solve([A, A, A, B, more ?? [], less ?? [], D, D]);
    expect(solver.value).toBeCloseTo(3, 12);
    expect(solver.isSeparated).toBe(true);
    expect(solver.decompositions).toBe(0);
  });

  it('needs no full decomposition where one eigenvalue leads', () => {
    expect(solve([A, A, A, B, B]).solver.decompositions).toBe(0);
  });
});
