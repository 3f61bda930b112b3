import { describe, expect, it } from 'vitest';
import { KernelMemory } from '../../../../src/alpha/scanner/kernels/kernel-memory.ts';
import { MomentSums } from '../../../../src/alpha/scanner/moment-sums.ts';
import { ReturnRing } from '../../../../src/alpha/scanner/return-ring.ts';
import { WindowMoments } from '../../../../src/alpha/scanner/window-moments.ts';

const WINDOW_BARS = 4;
const memory = new KernelMemory(100_000);

/** A ring that holds these vectors (of returns) as its vectors 1, 2, ... */
function ringOf(vectors: readonly (readonly number[])[]): ReturnRing {
  const assets = vectors[0]?.length ?? 0;
  const ring = new ReturnRing(memory, { assets, excluded: new Uint8Array(assets), barIntervalMs: 5000, maxBars: 60 });
  const prices = new Float64Array(assets).fill(1);
  ring.append(0, 0, prices, 0);
  vectors.forEach((vector, t) => {
    vector.forEach((value, i) => {
      prices[i] = (prices[i] ?? 0) * (1 + value);
    });
    ring.append(0, (t + 1) * 5e9, prices, 0);
  });
  return ring;
}

// Powers of two keep prices and returns exact: doubling, staying, halving.
const UP = 1;
const DOWN = -0.5;

describe('moments of a window', () => {
  it('imply the correlation matrix', () => {
    const ring = ringOf([
      [UP, DOWN, UP],
      [DOWN, UP, UP],
      [UP, DOWN, DOWN],
      [DOWN, UP, DOWN],
    ]);
    const moments = new WindowMoments(memory, 3, 4, WINDOW_BARS);
    moments.anchor(ring, 4);
    // Asset 1 is asset 0 turned over. Asset 2 against asset 0: deviations +-0.75 with signs ++-- and +-+-: 0.
    expect(moments.correlation(0, 1)).toBeCloseTo(-1, 15);
    expect(moments.correlation(2, 0)).toBeCloseTo(0, 15);
    const [x, y] = [memory.allocate(4), memory.allocate(4)];
    x.values.set([1, 0, 2]);
    moments.multiplyInto(y, x);
    [1, -1, 2, 0].forEach((value, i) => {
      expect(y.values[i]).toBeCloseTo(value, 15);
    });
    expect(moments.frobeniusSquared()).toBeCloseTo(3 + 2 * 1, 14);
  });

  it('leave an asset out while all its returns are equal', () => {
    const moving = [UP, DOWN, UP, DOWN, UP];
    const ring = ringOf(moving.map((value, t) => [value, t < 4 ? UP : DOWN]));
    const moments = new WindowMoments(memory, 2, 4, WINDOW_BARS);
    moments.anchor(ring, 4);
    expect(moments.activeCount).toBe(1);
    expect([moments.correlation(0, 1), moments.correlation(1, 1)]).toEqual([0, 1]);
    moments.roll(ring, 5);
    expect(moments.activeCount).toBe(2);
  });

  it('roll to what they are when made anew', () => {
    const vectors = Array.from({ length: 40 }, (_, t) => [((t * 7) % 5) / 50, ((t * 3) % 7) / 90, ((t * t) % 11) / 70]);
    const ring = ringOf(vectors);
    const [rolling, fresh] = [
      new WindowMoments(memory, 3, 4, WINDOW_BARS),
      new WindowMoments(memory, 3, 4, WINDOW_BARS),
    ];
    rolling.anchor(ring, WINDOW_BARS);
    for (let end = WINDOW_BARS + 1; end <= 40; end++) rolling.roll(ring, end);
    fresh.anchor(ring, 40);
    expect(rolling.isTrusted).toBe(true);
    expect(rolling.correlation(0, 1)).toBeCloseTo(fresh.correlation(0, 1), 13);
    expect(rolling.correlation(1, 2)).toBeCloseTo(fresh.correlation(1, 2), 13);
  });

  it('are not trusted when a leap has left, until they are made anew', () => {
    const calm = (t: number): number => (t % 2 === 0 ? 1e-4 : -1e-4);
    const ring = ringOf([calm(0), 9, calm(1), calm(2), calm(3), calm(4), calm(5)].map((value) => [value]));
    const moments = new WindowMoments(memory, 1, 4, WINDOW_BARS);
    moments.anchor(ring, 4);
    moments.roll(ring, 5);
    expect(moments.isTrusted).toBe(true);
    moments.roll(ring, 6); // vector 2, the leap, leaves
    expect(moments.isTrusted).toBe(false);
    moments.anchor(ring, 6);
    expect(moments.isTrusted).toBe(true);
  });

  it('are trusted when sums made for a calm window take the place of a wild one', () => {
    const ring = ringOf([1, -0.5, 1, -0.5, 1, 2, -1, 1].map((value, t) => [t < 4 ? value : value / 1024]));
    const moments = new WindowMoments(memory, 1, 4, WINDOW_BARS);
    moments.anchor(ring, 4);
    const calm = new MomentSums(memory, 4, WINDOW_BARS);
    calm.makeAnew(ring, 8);
    const wild = moments.exchange(calm, ring, 8);
    expect(moments.isTrusted).toBe(true);
    expect(wild).not.toBe(calm);
    expect(moments.exchange(wild, ring, 8)).toBe(calm);
  });
});
