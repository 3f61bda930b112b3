import { describe, expect, it } from 'vitest';
import { KernelMemory } from '../../../../src/alpha/scanner/kernels/kernel-memory.ts';
import { ReturnRing } from '../../../../src/alpha/scanner/return-ring.ts';

const BAR_NS = 5e9;
const NS_PER_DAY = 86_400e9;

function createRing(assets: number, excluded: number[] = []): ReturnRing {
  const flags = Uint8Array.from({ length: assets }, (_, a) => Number(excluded.includes(a)));
  return new ReturnRing(new KernelMemory(10_000), { assets, excluded: flags, barIntervalMs: 5000, maxBars: 4 });
}

/** Feeds one asset's prices, one bar apart, and returns its vectors from scan 1 on. */
function returnsOf(prices: readonly number[]): number[] {
  const ring = createRing(1);
  return prices.map((price, t) => {
    ring.append(0, t * BAR_NS, Float64Array.of(price), 0);
    return ring.vector(t).values[0] ?? Number.NaN;
  });
}

describe('returns of the scanner', () => {
  it('leave out excluded assets, pad with zeros and read at the offset', () => {
    const ring = createRing(3, [1]);
    ring.append(0, 0, Float64Array.of(-7, 100, 50, 10), 1);
    ring.append(0, BAR_NS, Float64Array.of(110, 70, 20), 0);
    expect(ring.size).toBe(2);
    expect(ring.stride).toBe(4);
    // 110 / 100 - 1 and 20 / 10 - 1; the asset in the middle is left out
    expect([...ring.vector(1).values]).toEqual([110 / 100 - 1, 1, 0, 0]);
  });

  it.each([
    ['null', Number.NaN],
    ['zero', 0],
    ['negative', -1],
    ['infinite', Number.POSITIVE_INFINITY],
  ])('are 0 at a %s price and in the scan after it', (_, bad) => {
    expect(returnsOf([1, 2, bad, 4, 8])).toEqual([0, 1, 0, 0, 1]);
  });

  it('are 0 where they could not be squared', () => {
    expect(returnsOf([1e-200, 1e200, 2e200])).toEqual([0, 0, 1]);
  });

  it.each([
    ['after 2.5 bar intervals', 2.5, 1],
    ['after more than that', 2.5 + 1e-9, 0],
  ])('%s', (_, intervals, expected) => {
    const ring = createRing(1);
    ring.append(0, 0, Float64Array.of(1), 0);
    ring.append(0, intervals * BAR_NS, Float64Array.of(2), 0);
    expect(ring.vector(1).values[0]).toBe(expected);
    ring.append(0, (intervals + 1) * BAR_NS, Float64Array.of(6), 0);
    expect(ring.vector(2).values[0]).toBe(2);
  });

  it('run across midnight', () => {
    const ring = createRing(1);
    ring.append(10, NS_PER_DAY - BAR_NS, Float64Array.of(1), 0);
    ring.append(11, 0, Float64Array.of(2), 0);
    expect(ring.vector(1).values[0]).toBe(1);
  });

  it('count how many in a row are equal, whatever the ring has forgotten', () => {
    const ring = createRing(1);
    const runs = [1, 2, 4, 8, 8, 8, 8, 8, 8, 8, 9].map((price, t) => {
      ring.append(0, t * BAR_NS, Float64Array.of(price), 0);
      return ring.equalRuns(t)[0];
    });
    // returns: - 1 1 1 0 0 0 0 0 0 0.125
    expect(runs.slice(1)).toEqual([1, 2, 3, 1, 2, 3, 4, 5, 6, 1]);
  });

  it('have no vector in scan 0: a first return of 0 starts its own run', () => {
    const ring = createRing(1);
    for (let t = 0; t < 2; t++) ring.append(0, t * BAR_NS, Float64Array.of(1), 0);
    expect(ring.equalRuns(1)[0]).toBe(1);
  });
});
