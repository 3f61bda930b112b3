import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EigenScanner, SCANNER_WINDOWS_BARS } from '../../../src/alpha/scanner/eigen-scanner.ts';
import { SIGNAL_INSTABILITY_50, SIGNAL_V50, SIGNAL_VALUES } from '../../../src/model/frame.ts';
import { hostilePrices, PRICE_KINDS, type PriceKind, seededRandom } from './hostile-prices.ts';
import { referencePair } from './reference.ts';

const SCANS = 1060;
const CHECKED_SCANS = 12;
const BAR_NS = 5e9;
/** Beyond this a return counts as missing (src/alpha/scanner/return-ring.ts). */
const MAX_RETURN = 1e150;
/** The drift bound that the docstring of EigenScanner states. */
const LAMBDA_BOUND = 1e-12;
const VALUE_TOLERANCE = 1e-8;

interface Run {
  readonly lambdas: readonly number[][];
  readonly signals: readonly Float64Array[];
}

function runScanner(prices: Float64Array, assets: number, times: readonly number[], firstScan = 0): Run {
  const scanner = new EigenScanner({
    assets,
    excluded: new Uint8Array(assets),
    barIntervalMs: 5000,
    thresholds: [],
  });
  const lambdas: number[][] = [];
  const signals: Float64Array[] = [];
  for (let t = firstScan; t < times.length; t++) {
    const out = new Float64Array(SIGNAL_VALUES);
    scanner.step(20_000, times[t] ?? 0, prices, t * assets, out, 0);
    lambdas.push(SCANNER_WINDOWS_BARS.map((_, k) => scanner.lambda(k)));
    signals.push(out);
  }
  return { lambdas, signals };
}

/** Vectors of returns as semantics §9 defines them; index 0 is unused. */
function returnVectors(prices: Float64Array, assets: number, times: readonly number[]): number[][] {
  return times.map((time, t) =>
    Array.from({ length: assets }, (_, i) => {
      const [price, last] = [prices[t * assets + i] ?? 0, prices[(t - 1) * assets + i] ?? 0];
      const isValid = Number.isFinite(price) && price > 0 && Number.isFinite(last) && last > 0;
      const isGap = time - (times[t - 1] ?? 0) > 2.5 * BAR_NS;
      const value = price / last - 1;
      return isValid && !isGap && value < MAX_RETURN ? value : 0;
    }),
  );
}

/** Scan times with an outage here and there. */
function scanTimes(seed: number): number[] {
  const random = seededRandom(seed + 1);
  const times: number[] = [];
  for (let t = 0, now = 0; t < SCANS; t++) {
    now += BAR_NS * (random() < 0.01 ? 3 : 1);
    times.push(now);
  }
  return times;
}

const kindsArbitrary = fc.array(fc.constantFrom(...PRICE_KINDS), { minLength: 1, maxLength: 9 });
const seedArbitrary = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe('eigen scanner against a two-pass computation of every window', () => {
  it('agrees on random and hostile prices', () => {
    fc.assert(
      fc.property(kindsArbitrary, seedArbitrary, (kinds, seed) => checkAgainstReference(kinds, seed)),
      { numRuns: 40 },
    );
  });

  it('calls prices at rest degenerate, with lambda 1', () => {
    const kinds: PriceKind[] = ['rest', 'rest', 'rest'];
    const run = runScanner(hostilePrices(kinds, SCANS, 1), 3, scanTimes(1));
    expect(run.lambdas.at(-1)).toEqual([1, 1, 1, 1]);
    expect([...(run.signals.at(-1) ?? [])]).toEqual([0, 0, 0, 0, 0, Number.NaN, Number.NaN]);
  });
});

function checkAgainstReference(kinds: readonly PriceKind[], seed: number): void {
  const assets = kinds.length;
  const prices = hostilePrices(kinds, SCANS, seed);
  const times = scanTimes(seed);
  const vectors = returnVectors(prices, assets, times);
  const { lambdas, signals } = runScanner(prices, assets, times);
  const random = seededRandom(seed + 2);
  for (let check = 0; check < CHECKED_SCANS; check++) {
    SCANNER_WINDOWS_BARS.forEach((bars, k) => {
      const t = bars + 1 + Math.floor(random() * (SCANS - bars - 1));
      const now = referencePair(vectors.slice(t - bars + 1, t + 1));
      const before = referencePair(vectors.slice(t - bars, t));
      expect(Math.abs((lambdas[t]?.[k] ?? Number.NaN) / now.lambda - 1)).toBeLessThan(LAMBDA_BOUND);
      const velocity = signals[t]?.[SIGNAL_V50 + k] ?? Number.NaN;
      expect(Math.abs(velocity - (now.lambda / before.lambda - 1))).toBeLessThan(VALUE_TOLERANCE);
      if (k < 2) checkInstability(signals[t]?.[SIGNAL_INSTABILITY_50 + k] ?? 0, now, before);
    });
  }
}

/** Near a tie the vector is not determined to eight digits by doubles; exactly on it the answer is NaN. */
function checkInstability(actual: number, now: ReturnType<typeof referencePair>, before: typeof now): void {
  const gap = Math.min(1 - now.second / now.lambda, 1 - before.second / before.lambda);
  if (gap < 1e-11) {
    expect(actual).toBeNaN();
  } else if (gap > 1e-4) {
    const overlap = now.vector.reduce((total, value, i) => total + value * (before.vector[i] ?? 0), 0);
    expect(Math.abs(actual - (1 - Math.abs(overlap)))).toBeLessThan(VALUE_TOLERANCE);
  }
}

describe('eigen scanner after a restart', () => {
  it('agrees to the last bit from the scan after the first anchor at which a window is full', () => {
    const restartScans = 256;
    const anchorAfterFull = [256, 320, 384, 960];
    fc.assert(
      fc.property(kindsArbitrary, seedArbitrary, (kinds, seed) => {
        const scans = restartScans + SCANS;
        const prices = hostilePrices(kinds, scans, seed);
        const times = Array.from({ length: scans }, (_, t) => (t + 1) * BAR_NS);
        const whole = runScanner(prices, kinds.length, times);
        const restarted = runScanner(prices, kinds.length, times, restartScans);
        anchorAfterFull.forEach((anchor, k) => {
          for (let t = anchor + 1; t < SCANS; t++) {
            expect(restarted.lambdas[t]?.[k]).toBe(whole.lambdas[t + restartScans]?.[k]);
            expect(restarted.signals[t]?.[SIGNAL_V50 + k]).toBe(whole.signals[t + restartScans]?.[SIGNAL_V50 + k]);
            if (k >= 2) continue;
            const instability = SIGNAL_INSTABILITY_50 + k;
            expect(restarted.signals[t]?.[instability]).toBe(whole.signals[t + restartScans]?.[instability]);
          }
        });
      }),
      { numRuns: 8 },
    );
  });
});
