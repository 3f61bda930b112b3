import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CircuitBreakerManager } from '../../../src/risk/circuit-breaker.ts';

/*
 * The audit calls `-pnl / start * 100 >= limit` inverted and offers two replacements. All three are one inequality: in
 * double arithmetic negation is exact, and the third differs by rounding alone, so amounts here are whole USDT.
 */
test("the audit's three spellings of the daily loss limit trip alike, and as the breaker does", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: -2_000_000, max: 2_000_000 }),
      fc.integer({ min: 1, max: 100 }),
      (start, dayPnl, limitPct) => {
        const original = (-dayPnl / start) * 100 >= limitPct;
        const proposed = (dayPnl / start) * 100 <= -limitPct;
        const alternative = ((start - (start + dayPnl)) / start) * 100 >= limitPct;
        expect([proposed, alternative]).toEqual([original, original]);
        const breaker = new CircuitBreakerManager({ dailyLossFrac: limitPct / 100, maxConsecutiveLosses: null });
        breaker.beginDay(start);
        // A percentage and a fraction round differently: at the limit itself they may part by an ulp.
        fc.pre(dayPnl * 100 !== -limitPct * start);
        expect(breaker.onEquity(start + dayPnl)).toBe(original);
      },
    ),
    { numRuns: 2000 },
  );
});

/** What happens to a breaker: an equity is marked, a trade closes, a person trips or resets it, a day begins. */
const anyEvent = fc.oneof(
  fc.record({ kind: fc.constant('equity' as const), amount: fc.integer({ min: -500, max: 2000 }) }),
  fc.record({ kind: fc.constant('close' as const), amount: fc.integer({ min: -300, max: 300 }) }),
  fc.record({ kind: fc.constantFrom('trip' as const, 'reset' as const, 'day' as const), amount: fc.constant(0) }),
);

test('once tripped it stays so, with its first reason, until a reset or the next day and nothing else', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
      const breaker = new CircuitBreakerManager({ dailyLossFrac: 0.1, maxConsecutiveLosses: 3 });
      breaker.beginDay(1000);
      for (const { kind, amount } of events) {
        const before = breaker.status;
        if (kind === 'equity') breaker.onEquity(amount);
        else if (kind === 'close') breaker.onTradeClosed(amount, 1000);
        else if (kind === 'trip') breaker.trip('manual');
        else if (kind === 'reset') breaker.reset();
        else breaker.beginDay(1000);
        expect(breaker.canOpen()).toBe(!breaker.isTripped);
        expect(breaker.isTripped).toBe(breaker.status !== null);
        if (kind === 'reset' || kind === 'day') expect(breaker.status).toBeNull();
        else if (before !== null) expect(breaker.status).toBe(before);
      }
    }),
    { numRuns: 500 },
  );
});
