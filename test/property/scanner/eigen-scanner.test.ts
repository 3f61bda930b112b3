import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCANNER_WINDOWS_BARS } from '../../../src/alpha/scanner/eigen-scanner.ts';
import { SIGNAL_INSTABILITY_50, SIGNAL_V50 } from '../../../src/model/frame.ts';
import { hostilePrices, PRICE_KINDS, type PriceKind, seededRandom } from './hostile-prices.ts';
import { referencePair } from './reference.ts';
import { BAR_NS, checkInstability, LAMBDA_BOUND, returnVectors, runScanner, VALUE_TOLERANCE } from './run-scanner.ts';

const SCANS = 1060;
const CHECKED_SCANS = 12;

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
