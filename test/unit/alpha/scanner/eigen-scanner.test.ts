import { describe, expect, it } from 'vitest';
import { EigenScanner } from '../../../../src/alpha/scanner/eigen-scanner.ts';
import { FreshVelocity } from '../../../../src/alpha/scanner/fresh-velocity.ts';
import { KernelMemory } from '../../../../src/alpha/scanner/kernels/kernel-memory.ts';
import { LargestEigenpair } from '../../../../src/alpha/scanner/largest-eigenpair.ts';
import { ReturnRing } from '../../../../src/alpha/scanner/return-ring.ts';
import {
  SIGNAL_FIELDS,
  SIGNAL_INSTABILITY_50,
  SIGNAL_V50,
  SIGNAL_V150,
  SIGNAL_VALUES,
  SIGNAL_VEL_DIV,
} from '../../../../src/model/frame.ts';

const ASSETS = 4;
const BAR_NS = 5e9;

function pricesAt(t: number): Float64Array {
  return Float64Array.from({ length: ASSETS }, (_, i) => 100 + Math.sin(t * (1 + i / 7)) + Math.cos(t * t + i) / 3);
}

const createScanner = (thresholds: readonly number[] = []): EigenScanner =>
  new EigenScanner({ assets: ASSETS, excluded: new Uint8Array(ASSETS), barIntervalMs: 5000, thresholds });

function runSignals(scanner: EigenScanner, scans: number, prices = pricesAt): Float64Array[] {
  return Array.from({ length: scans }, (_, t) => {
    const out = new Float64Array(SIGNAL_VALUES);
    scanner.step(0, t * BAR_NS, prices(t), 0, out, 0);
    return out;
  });
}

describe('eigen scanner', () => {
  it('defines lambda from scan w and everything else from scan w + 1 on', () => {
    const scanner = createScanner();
    const firstLambdas = [Number.NaN, Number.NaN, Number.NaN, Number.NaN];
    const firstSignals = new Float64Array(SIGNAL_VALUES).fill(Number.NaN);
    const out = new Float64Array(SIGNAL_VALUES);
    for (let t = 0; t < 760; t++) {
      scanner.step(0, t * BAR_NS, pricesAt(t), 0, out, 0);
      firstLambdas.forEach((first, k) => {
        if (Number.isNaN(first) && scanner.lambda(k) >= 1) firstLambdas[k] = t;
      });
      out.forEach((value, k) => {
        if (Number.isNaN(firstSignals[k]) && Number.isFinite(value)) firstSignals[k] = t;
      });
    }
    expect(firstLambdas).toEqual([50, 150, 300, 750]);
    expect(Object.fromEntries(SIGNAL_FIELDS.map((name, k) => [name, firstSignals[k]]))).toEqual({
      vel_div: 151,
      v50_lambda_max_velocity: 51,
      v150_lambda_max_velocity: 151,
      v300_lambda_max_velocity: 301,
      v750_lambda_max_velocity: 751,
      instability_50: 51,
      instability_150: 151,
    });
  });

  it('writes at the offset and nowhere else', () => {
    const scanner = createScanner();
    const out = new Float64Array(SIGNAL_VALUES + 4).fill(7);
    scanner.step(0, 0, pricesAt(0), 0, out, 2);
    expect([...out]).toEqual([7, 7, ...Array(SIGNAL_VALUES).fill(Number.NaN), 7, 7]);
  });

  it('has no instability in the first scan after a window without a leading vector', () => {
    const prices = (t: number): Float64Array => (t < 80 ? pricesAt(0) : pricesAt(t));
    const signals = runSignals(createScanner(), 90, prices);
    // At rest up to scan 79: degenerate. In scan 80 all move, so one vector leads; scan 81 is the first with two.
    const firstNumber = signals.findIndex((out) => Number.isFinite(out[SIGNAL_INSTABILITY_50]));
    expect(firstNumber).toBe(81);
  });

  it('computes the divergence afresh when it lies within 1e-9 of a threshold, and not otherwise', () => {
    const scans = 260;
    const rolling = runSignals(createScanner(), scans);
    const memory = new KernelMemory(100_000);
    const ring = new ReturnRing(memory, {
      assets: ASSETS,
      excluded: new Uint8Array(ASSETS),
      barIntervalMs: 5000,
      maxBars: 750,
    });
    const solver = new LargestEigenpair(memory, ring.size, ring.stride);
    const fresh = [50, 150].map((bars) => new FreshVelocity(memory, ring.size, ring.stride, bars));
    let differences = 0;
    for (let t = 0; t < scans; t++) {
      ring.append(0, t * BAR_NS, pricesAt(t), 0);
      if (t < 250) continue;
      const [v50 = 0, v150 = 0] = fresh.map((window) => window.velocity(ring, solver));
      const velDiv = rolling[t]?.[SIGNAL_VEL_DIV] ?? Number.NaN;
      const near = runSignals(createScanner([Math.abs(velDiv) + 0.9e-9]), t + 1)[t];
      const far = runSignals(createScanner([Math.abs(velDiv) + 1.1e-9]), t + 1)[t];
      expect([near?.[SIGNAL_VEL_DIV], near?.[SIGNAL_V50], near?.[SIGNAL_V150]]).toEqual([v50 - v150, v50, v150]);
      expect(far?.[SIGNAL_VEL_DIV]).toBe(velDiv);
      expect(velDiv).toBeCloseTo(v50 - v150, 12);
      if (velDiv !== v50 - v150) differences++;
    }
    expect(differences).toBeGreaterThan(0);
  });

  it('refuses flags that do not fit the universe', () => {
    const options = { assets: 3, excluded: new Uint8Array(2), barIntervalMs: 5000, thresholds: [] };
    expect(() => new EigenScanner(options)).toThrow('excluded must have one value per asset (3), had 2');
  });

  it('has nothing to say about a universe without assets', () => {
    const scanner = new EigenScanner({ assets: 1, excluded: Uint8Array.of(1), barIntervalMs: 5000, thresholds: [] });
    const signals = runSignals(scanner, 60);
    expect(scanner.lambda(0)).toBeNaN();
    expect(signals.at(-1)?.every(Number.isNaN)).toBe(true);
  });
});
