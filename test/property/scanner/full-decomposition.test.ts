import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCANNER_WINDOWS_BARS } from '../../../src/alpha/scanner/eigen-scanner.ts';
import { decomposeSymmetric } from '../../../src/alpha/scanner/symmetric-eigen.ts';
import { SIGNAL_INSTABILITY_50, SIGNAL_V50 } from '../../../src/model/frame.ts';
import { hostilePrices, PRICE_KINDS, seededRandom } from './hostile-prices.ts';
import { correlationMatrix, referencePair } from './reference.ts';
import { BAR_NS, checkInstability, LAMBDA_BOUND, returnVectors, runScanner, VALUE_TOLERANCE } from './run-scanner.ts';

const seedArbitrary = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const barTimes = (scans: number): number[] => Array.from({ length: scans }, (_, t) => (t + 1) * BAR_NS);

/** Prices (scans x assets) whose returns are given. */
function pricesOf(returns: (t: number, asset: number) => number, scans: number, assets: number): Float64Array {
  const prices = new Float64Array(scans * assets).fill(100, 0, assets);
  for (let k = assets; k < prices.length; k++) {
    prices[k] = (prices[k - assets] ?? 1) * (1 + returns(Math.floor(k / assets), k % assets));
  }
  return prices;
}

describe('eigen scanner against a full decomposition', () => {
  it('has not drifted after 10,000 scans, prices at rest, holes and leaps among them', () => {
    const scans = 10_000;
    const kinds = Array.from({ length: 24 }, (_, i) => PRICE_KINDS[i % PRICE_KINDS.length] ?? 'walk');
    const prices = hostilePrices(kinds, scans, 11);
    const vectors = returnVectors(prices, kinds.length, barTimes(scans));
    const { lambdas } = runScanner(prices, kinds.length, barTimes(scans));
    // Around anchors, which come at multiples of 64, and between them; the last scans of all.
    for (const t of [1023, 1024, 5055, 5056, 5120, 9899, 9983, 9984, scans - 1]) {
      SCANNER_WINDOWS_BARS.forEach((bars, k) => {
        const { lambda } = referencePair(vectors.slice(t - bars + 1, t + 1));
        expect(Math.abs((lambdas[t]?.[k] ?? Number.NaN) / lambda - 1)).toBeLessThan(LAMBDA_BOUND);
      });
    }
  });

  it('agrees at 400 assets', () => {
    const [assets, scans] = [400, 1000];
    const random = seededRandom(5);
    const moves = Array.from({ length: scans }, () => random() - 0.5);
    const prices = pricesOf((t) => 1e-3 * ((moves[t] ?? 0) + 2 * (random() - 0.5)), scans, assets);
    const vectors = returnVectors(prices, assets, barTimes(scans));
    const { lambdas } = runScanner(prices, assets, barTimes(scans));
    const values = new Float64Array(assets);
    SCANNER_WINDOWS_BARS.forEach((bars, k) => {
      const matrix = Float64Array.from(correlationMatrix(vectors.slice(scans - bars)).flat());
      decomposeSymmetric(matrix, assets, values, new Float64Array(assets));
      const lambda = values.reduce((largest, value) => Math.max(largest, value));
      expect(Math.abs((lambdas[scans - 1]?.[k] ?? Number.NaN) / lambda - 1)).toBeLessThan(LAMBDA_BOUND);
    });
  });

  /*
   * Two groups of three assets, one up and down every scan, the other every second scan: uncorrelated and of equal
   * strength in every window, but for noise of 10^-digits. So the two largest eigenvalues differ by about that much.
   */
  it('agrees where two eigenvalues nearly coincide', () => {
    const [assets, scans] = [6, 330];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 13 }), seedArbitrary, (digits, seed) => {
        const random = seededRandom(seed);
        const sign = (t: number, asset: number): number => ((asset < 3 ? t : t >> 1) % 2 === 0 ? 1 : -1);
        const noisy = (t: number, asset: number): number =>
          1e-3 * sign(t, asset) * (1 + 10 ** -digits * (random() - 0.5));
        const prices = pricesOf(noisy, scans, assets);
        const vectors = returnVectors(prices, assets, barTimes(scans));
        const { lambdas, signals } = runScanner(prices, assets, barTimes(scans));
        for (const t of [52, 151, 200, 301, scans - 1]) {
          SCANNER_WINDOWS_BARS.forEach((bars, k) => {
            if (t <= bars) return;
            const now = referencePair(vectors.slice(t - bars + 1, t + 1));
            const before = referencePair(vectors.slice(t - bars, t));
            expect(Math.abs((lambdas[t]?.[k] ?? Number.NaN) / now.lambda - 1)).toBeLessThan(LAMBDA_BOUND);
            const velocity = signals[t]?.[SIGNAL_V50 + k] ?? Number.NaN;
            expect(Math.abs(velocity - (now.lambda / before.lambda - 1))).toBeLessThan(VALUE_TOLERANCE);
            if (k < 2) checkInstability(signals[t]?.[SIGNAL_INSTABILITY_50 + k] ?? 0, now, before);
          });
        }
      }),
      { numRuns: 60 },
    );
  });
});
