import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BUY,
  ORDER_LIMIT_POST_ONLY,
  ORDER_MARKET,
  type OrderRequest,
  PRE_TRADE_APPROVED,
  SELL,
} from '../../../src/model/order.ts';
import {
  PreTradeGate,
  type RiskAccount,
  TRADING_ACTIVE,
  TRADING_HALTED,
  TRADING_REDUCING,
  type TradingState,
} from '../../../src/risk/pre-trade-gate.ts';
import { COIN } from '../../support/venue-bench.ts';

const MAX_LEVERAGE = 2;
const MAX_ORDERS = 8;

/** Base units, also beside the lot and beyond what is held; and what is no number at all. */
const anyQty = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 4000 }).map((lots) => lots / 1000) },
  { weight: 1, arbitrary: fc.constantFrom(0, -1, Number.NaN, Number.POSITIVE_INFINITY, 0.0005) },
);
const anyPrice = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 900, max: 1100 }).map((ticks) => ticks / 10) },
  { weight: 1, arbitrary: fc.constantFrom(0, Number.NaN, 99.95) },
);
const anyRequest = fc.record({
  side: fc.constantFrom(BUY, SELL),
  type: fc.constantFrom(ORDER_LIMIT_POST_ONLY, ORDER_MARKET),
  px: anyPrice,
  qty: anyQty,
  isReduceOnly: fc.boolean(),
  seconds: fc.integer({ min: 0, max: 30 }),
});
const anyAccount = fc.record({
  position: fc.integer({ min: -4000, max: 4000 }).map((lots) => lots / 1000),
  reducing: fc.integer({ min: 0, max: 4000 }).map((lots) => lots / 1000),
  equity: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: -100, max: 1000 }) },
    { weight: 1, arbitrary: fc.constant(Number.NaN) },
  ),
  otherNotional: fc.integer({ min: 0, max: 500 }),
});

const anyState = fc.constantFrom<TradingState>(TRADING_ACTIVE, TRADING_REDUCING, TRADING_HALTED);

interface DrawnAccount {
  readonly position: number;
  readonly reducing: number;
  readonly equity: number;
  readonly otherNotional: number;
}

function accountOf({ position, reducing, equity, otherNotional }: DrawnAccount): RiskAccount {
  return {
    qty: () => position,
    reducingQty: () => reducing,
    grossNotional: () => Math.abs(position) * 100 + otherNotional,
    equity: () => equity,
  };
}

test('whatever the account: nothing increases while reducing, nothing leaves while halted, no reduction turns a position', () => {
  const seen = { increases: 0, reductions: 0 };
  fc.assert(
    fc.property(fc.array(fc.tuple(anyState, anyAccount, anyRequest), { minLength: 20, maxLength: 60 }), (steps) => {
      let account = accountOf({ position: 0, reducing: 0, equity: 0, otherNotional: 0 });
      const gate = new PreTradeGate(
        [COIN],
        {
          maxOrderNotional: Number.POSITIVE_INFINITY,
          maxLeverage: MAX_LEVERAGE,
          maxOrders: MAX_ORDERS,
          ordersKeptForReductions: 2,
          rateWindowMs: 10_000,
        },
        {
          qty: (asset) => account.qty(asset),
          reducingQty: (asset) => account.reducingQty(asset),
          grossNotional: () => account.grossNotional(),
          equity: () => account.equity(),
        },
      );
      let nowSeconds = 0;
      const sent: { seconds: number; isReduceOnly: boolean }[] = [];
      for (const [state, drawn, order] of steps) {
        account = accountOf(drawn);
        gate.tradingState = state;
        nowSeconds += order.seconds;
        const request: OrderRequest = {
          clientOrderSeq: 0,
          intentSequence: 0,
          assetIndex: 0,
          side: order.side,
          type: order.type,
          limitPx: order.type === ORDER_MARKET ? Number.NaN : order.px,
          referencePx: order.px,
          qty: order.qty,
          isReduceOnly: order.isReduceOnly,
          tsSentDay: 20_000,
          tsSentNsOfDay: nowSeconds * 1e9,
        };
        if (gate.check(request) !== PRE_TRADE_APPROVED) continue;
        expect(state).not.toBe(TRADING_HALTED);
        if (request.isReduceOnly) {
          // Against the position, and with all that already reduces it no larger than it.
          expect(Math.sign(drawn.position)).toBe(-order.side);
          expect(order.qty + drawn.reducing).toBeLessThanOrEqual(Math.abs(drawn.position) * (1 + 1e-9));
          seen.reductions++;
        } else {
          expect(state).toBe(TRADING_ACTIVE);
          expect(account.grossNotional() + order.qty * order.px).toBeLessThanOrEqual(MAX_LEVERAGE * drawn.equity);
          seen.increases++;
        }
        sent.push({ seconds: nowSeconds, isReduceOnly: request.isReduceOnly });
        const inWindow = sent.filter(({ seconds }) => nowSeconds - seconds < 10);
        expect(inWindow.length).toBeLessThanOrEqual(request.isReduceOnly ? MAX_ORDERS : MAX_ORDERS - 2);
      }
    }),
    { numRuns: 1000 },
  );
  expect(seen.increases).toBeGreaterThan(200);
  expect(seen.reductions).toBeGreaterThan(200);
});
