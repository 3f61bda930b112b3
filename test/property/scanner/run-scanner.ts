import { expect } from 'vitest';
import { EigenScanner, SCANNER_WINDOWS_BARS } from '../../../src/alpha/scanner/eigen-scanner.ts';
import { SIGNAL_VALUES } from '../../../src/model/frame.ts';
import type { ReferencePair } from './reference.ts';

export const BAR_NS = 5e9;
/** Beyond this a return counts as missing (src/alpha/scanner/return-ring.ts). */
const MAX_RETURN = 1e150;
/** The drift bound that the docstring of EigenScanner states. */
export const LAMBDA_BOUND = 1e-12;
/** Velocities and instabilities (semantics §9). */
export const VALUE_TOLERANCE = 1e-8;

/** Values per scan. */
export interface Run {
  readonly lambdas: readonly number[][];
  readonly signals: readonly Float64Array[];
}

/** Runs a new scanner over prices (scans x assets, row-major) from a scan on. */
export function runScanner(prices: Float64Array, assets: number, times: readonly number[], firstScan = 0): Run {
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
export function returnVectors(prices: Float64Array, assets: number, times: readonly number[]): number[][] {
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

/** Near a tie the vector is not determined to eight digits by doubles; exactly on it the answer is NaN. */
export function checkInstability(actual: number, now: ReferencePair, before: typeof now): void {
  const gap = Math.min(1 - now.second / now.lambda, 1 - before.second / before.lambda);
  if (gap < 1e-11) {
    expect(actual).toBeNaN();
  } else if (gap > 1e-4) {
    const overlap = now.vector.reduce((total, value, i) => total + value * (before.vector[i] ?? 0), 0);
    expect(Math.abs(actual - (1 - Math.abs(overlap)))).toBeLessThan(VALUE_TOLERANCE);
  }
}
