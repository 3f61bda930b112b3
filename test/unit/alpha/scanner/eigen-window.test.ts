import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EigenScanner } from '../../../../src/alpha/scanner/eigen-scanner.ts';
import { EigenWindow } from '../../../../src/alpha/scanner/eigen-window.ts';
import { KernelMemory } from '../../../../src/alpha/scanner/kernels/kernel-memory.ts';
import { LargestEigenpair } from '../../../../src/alpha/scanner/largest-eigenpair.ts';
import { MomentSums } from '../../../../src/alpha/scanner/moment-sums.ts';
import { ReturnRing } from '../../../../src/alpha/scanner/return-ring.ts';
import { WindowMoments } from '../../../../src/alpha/scanner/window-moments.ts';
import { SIGNAL_VALUES } from '../../../../src/model/frame.ts';

const ASSETS = 10;
const BAR_NS = 5e9;
const SCANS = 1500;

/** Prices by +, -, x, / alone, so that they are the same bits everywhere; Math.sin would not have to be. */
function pricesAt(): (t: number) => Float64Array {
  const prices = new Float64Array(ASSETS).fill(100);
  let state = 1;
  const uniform = (): number => {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  return () => {
    const market = uniform();
    for (let i = 0; i < ASSETS; i++) prices[i] = (prices[i] ?? 1) * (1 + 1e-3 * (market + uniform()));
    return prices;
  };
}

function runScans(scans: number, after: (scanner: EigenScanner, out: Float64Array, t: number) => void): void {
  const scanner = new EigenScanner({
    assets: ASSETS,
    excluded: new Uint8Array(ASSETS),
    barIntervalMs: 5000,
    thresholds: [],
  });
  const out = new Float64Array(SIGNAL_VALUES);
  const next = pricesAt();
  for (let t = 0; t < scans; t++) {
    scanner.step(0, t * BAR_NS, next(t), 0, out, 0);
    after(scanner, out, t);
  }
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('windows of the scanner', () => {
  it('share an anchor out: no scan adds more than one block of vectors, and none makes a window at once', () => {
    const addBlock = vi.spyOn(MomentSums.prototype, 'addBlock');
    const makeAnew = vi.spyOn(MomentSums.prototype, 'makeAnew');
    const perScan: number[] = [];
    runScans(SCANS, () => {
      perScan.push(addBlock.mock.calls.length);
      addBlock.mockClear();
    });
    expect(Math.max(...perScan)).toBe(1);
    expect(makeAnew).not.toHaveBeenCalled();
    // ceil(w / 16) blocks an anchor: 4, 10, 19 and 47; anchors up to scan 1499, the one at scan w counted: 6, 6, 6 and 4
    expect(perScan.reduce((sum, blocks) => sum + blocks, 0)).toBe(4 * 6 + 10 * 6 + 19 * 6 + 47 * 4);
  });

  it('make a window anew at once when its digits are lost', () => {
    const makeAnew = vi.spyOn(MomentSums.prototype, 'makeAnew');
    const memory = new KernelMemory(20_000);
    const ring = new ReturnRing(memory, { assets: 2, excluded: new Uint8Array(2), barIntervalMs: 5000, maxBars: 50 });
    const window = new EigenWindow(memory, ring.size, ring.stride, 50, 0);
    const solver = new LargestEigenpair(memory, ring.size, ring.stride);
    const anewAt: number[] = [];
    for (let t = 0; t < 200; t++) {
      const leap = t === 80 ? 1e6 : 1; // returns of 1e6 at scan 80 and -1 at 81; they leave at 130 and 131
      ring.append(0, t * BAR_NS, Float64Array.of(leap * (1 + (t % 3) / 1e3), 1 + (t % 5) / 1e3), 0);
      window.step(ring, solver);
      if (makeAnew.mock.calls.length > 0) anewAt.push(t);
      makeAnew.mockClear();
    }
    expect(anewAt).toEqual([130, 131]);
  });

  it('are the same bits on every machine', () => {
    const hash = createHash('sha256');
    runScans(SCANS, (scanner, out) => {
      const values = [0, 1, 2, 3].map((k) => scanner.lambda(k)).concat([...out]);
      hash.update(new Uint8Array(Float64Array.from(values, (value) => (Number.isNaN(value) ? -1 : value)).buffer));
    });
    // Changes with the order of any sum: then say so in the changelog, for recorded days replay to other last bits.
    expect(hash.digest('hex')).toBe('9f1bf7dc98be240f00be56ee3adea7fc8a5f6aaa9b8aa47b1a9455ad3fe2dfe6');
  });
});

describe('sums made ahead', () => {
  it('are what they are when made at once, to rounding, whenever the blocks were added', () => {
    const bars = 40;
    const memory = new KernelMemory(40_000);
    const ring = new ReturnRing(memory, {
      assets: ASSETS,
      excluded: new Uint8Array(ASSETS),
      barIntervalMs: 5000,
      maxBars: bars,
    });
    const [early, late] = [new MomentSums(memory, ring.stride, bars), new MomentSums(memory, ring.stride, bars)];
    const [ahead, atOnce] = [0, 1].map(() => new WindowMoments(memory, ring.size, ring.stride, bars));
    const next = pricesAt();
    for (let t = 0; t <= 50; t++) {
      ring.append(0, t * BAR_NS, next(t), 0);
      if (t === 48) early.begin(ring, 50, 48);
      if (t >= 48) early.addBlock(ring);
    }
    late.begin(ring, 50, 48);
    while (late.blocksAdded < 3) late.addBlock(ring); // 16 + 16 + 8 vectors
    expect(early.blocksAdded).toBe(3);
    expect([...early.squares.values]).toEqual([...late.squares.values]);
    expect([...early.sums.values]).toEqual([...late.sums.values]);
    ahead?.exchange(early, ring, 50);
    atOnce?.anchor(ring, 50);
    for (let i = 0; i < ASSETS; i++) {
      for (let j = 0; j < ASSETS; j++) {
        expect(ahead?.correlation(i, j)).toBeCloseTo(atOnce?.correlation(i, j) ?? Number.NaN, 14);
      }
    }
  });
});
