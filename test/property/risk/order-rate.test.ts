import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NS_PER_DAY } from '../../../src/model/time.ts';
import { OrderRate } from '../../../src/risk/order-rate.ts';

const CAPACITY = 5;
const WINDOW_NS = 10;

test('equals a list of all orders that is counted anew each time', () => {
  const anySteps = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: CAPACITY }), fc.boolean()),
  );
  fc.assert(
    fc.property(anySteps, (steps) => {
      const rate = new OrderRate(CAPACITY, WINDOW_NS);
      const sent: number[] = [];
      let now = NS_PER_DAY - 30; // so that midnight falls into the series
      for (const [passed, limit, isSent] of steps) {
        now += passed;
        const [day, nsOfDay] = [Math.floor(now / NS_PER_DAY), now % NS_PER_DAY];
        const within = sent.filter((at) => now - at < WINDOW_NS).length;
        expect(rate.isReached(limit, day, nsOfDay)).toBe(within >= limit);
        if (!isSent) continue;
        rate.add(day, nsOfDay);
        sent.push(now);
      }
    }),
    { numRuns: 500 },
  );
});
