import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RollingOrder } from '../../../src/alpha/kernels/rolling-order.ts';

/** numpy's default quantile, on sorted values: linear between the two nearest ranks. */
function quantileOf(sorted: readonly number[], q: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  const fraction = position - below;
  return fraction < 0.5 ? low + (high - low) * fraction : high - (high - low) * (1 - fraction);
}

test('a rolling order is the sorted last window, for every series by itself', () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const push = fc.tuple(fc.integer({ min: 0, max: 2 }), value);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.array(push, { maxLength: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (window, pushes, q) => {
        const order = new RollingOrder(3, window);
        const series: number[][] = [[], [], []];
        for (const [s, value] of pushes) {
          order.push(s, value);
          series[s]!.push(value);
          const sorted = series[s]!.slice(-window).sort((a, b) => a - b);
          const middle = sorted.length >> 1;
          const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
          expect(order.count(s)).toBe(sorted.length);
          expect(order.median(s) === median).toBe(true);
          expect(order.quantile(s, q) === quantileOf(sorted, q)).toBe(true);
        }
      },
    ),
  );
});
