import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TradeDetail } from '../../../src/model/trade.ts';
import { maxDrawdown, profitFactor } from '../../../src/portfolio/metrics.ts';
import { nextBarFills, nextBarPnl, venueFees } from '../../../src/portfolio/reprice.ts';

const price = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
const anyTrade = fc
  .record({
    direction: fc.constantFrom(-1 as const, 1 as const),
    entry: price,
    exit: price,
    notional: fc.double({ min: 5, max: 1e6, noNaN: true }),
    fees: fc.double({ min: -100, max: 100, noNaN: true }),
    capital: fc.double({ min: 1, max: 1e6, noNaN: true }),
  })
  .map((fields) => ({ ...fields, entryNextBar: fields.entry, exitNextBar: fields.exit, feesExpected: fields.fees }))
  .map((fields) => fields as unknown as TradeDetail);
const anyTrades = fc.array(anyTrade, { maxLength: 40 });

describe('re-priced results', () => {
  it('never beat the same prices without fees', () => {
    fc.assert(
      fc.property(anyTrades, (trades) => {
        const free = nextBarFills(
          1000,
          trades.map((trade) => ({ ...trade, fees: 0 })),
        );
        expect(venueFees(1000, trades).capital).toBeLessThanOrEqual(free.capital + 1e-9 * Math.abs(free.capital));
      }),
    );
  });

  it('at the own prices give back gross less fees', () => {
    fc.assert(
      fc.property(anyTrade, (trade) => {
        const gross = trade.direction * (trade.exit / trade.entry - 1) * trade.notional;
        expect(nextBarPnl(trade)).toBe(gross - trade.fees);
      }),
    );
  });
});

describe('metrics', () => {
  it('keep the drawdown of a positive capital within [0, 1)', () => {
    fc.assert(
      fc.property(anyTrades, (trades) => {
        const drawdown = maxDrawdown(1000, trades);
        expect(drawdown).toBeGreaterThanOrEqual(0);
        expect(drawdown).toBeLessThan(1);
      }),
    );
  });

  it('profit factor does not depend on the order of trades', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 })), (pnls) => {
        expect(profitFactor([...pnls].reverse())).toBe(profitFactor(pnls));
      }),
    );
  });
});
