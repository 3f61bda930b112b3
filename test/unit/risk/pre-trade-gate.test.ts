import { describe, expect, test } from 'vitest';
import { SnapshotReader, SnapshotWriter } from '../../../src/engine/snapshot-bytes.ts';
import type { Instrument } from '../../../src/model/instrument.ts';
import {
  BUY,
  createOrderRequest,
  DENY_OF_EXECUTION,
  ORDER_LIMIT_POST_ONLY,
  ORDER_MARKET,
  type OrderRequest,
  PRE_TRADE_APPROVED,
  SELL,
} from '../../../src/model/order.ts';
import { NS_PER_DAY, NS_PER_SECOND } from '../../../src/model/time.ts';
import {
  DENIAL_REASONS,
  DENY_HALTED,
  DENY_LEVERAGE,
  DENY_NO_ORDER,
  DENY_NOTHING_TO_REDUCE,
  DENY_NOTIONAL_ABOVE_MAX,
  DENY_NOTIONAL_BELOW_MIN,
  DENY_ORDER_RATE,
  DENY_PRICE_OFF_TICK,
  DENY_QTY_OFF_LOT,
  DENY_REDUCES_TOO_MUCH,
  DENY_REDUCING,
  denialReasonName,
} from '../../../src/risk/denial-reason.ts';
import {
  isMultipleOf,
  PreTradeGate,
  type PreTradeLimits,
  type RiskAccount,
  TRADING_ACTIVE,
  TRADING_HALTED,
  TRADING_REDUCING,
} from '../../../src/risk/pre-trade-gate.ts';

const INSTRUMENT: Instrument = {
  symbol: 'ETHUSDT',
  tickPx: 0.01,
  lotQty: 0.001,
  minNotional: 20,
  halfSpreadBps: 1,
  assumed: [],
};
const LIMITS: PreTradeLimits = {
  maxOrderNotional: 5000,
  maxLeverage: 1.5,
  maxOrders: 5,
  ordersKeptForReductions: 2,
  rateWindowMs: 10_000,
};
const DAY = 20_000;

interface AccountFields {
  position?: number;
  reducing?: number;
  gross?: number;
  equity?: number;
}

function gate(fields: AccountFields = {}, limits: Partial<PreTradeLimits> = {}): PreTradeGate {
  const account: RiskAccount = {
    qty: () => fields.position ?? 0,
    reducingQty: () => fields.reducing ?? 0,
    grossNotional: () => fields.gross ?? 0,
    equity: () => fields.equity ?? 10_000,
  };
  return new PreTradeGate([INSTRUMENT], { ...LIMITS, ...limits }, account);
}

/** A buy of 1 at a limit of 2,000. */
function order(fields: Partial<OrderRequest> = {}): OrderRequest {
  const limit = {
    assetIndex: 0,
    side: BUY,
    type: ORDER_LIMIT_POST_ONLY,
    limitPx: 2000,
    referencePx: 2000,
    qty: 1,
    tsSentDay: DAY,
  };
  return { ...createOrderRequest(), ...limit, ...fields };
}

const SELL_TO_REDUCE = { side: SELL, isReduceOnly: true, type: ORDER_MARKET, limitPx: Number.NaN } as const;

test('a sound order is approved, and counted', () => {
  const g = gate();
  expect(g.check(order())).toBe(PRE_TRADE_APPROVED);
  expect(g.check(order({ type: ORDER_MARKET, limitPx: Number.NaN }))).toBe(PRE_TRADE_APPROVED);
  expect(g.check(order({ qty: 0 }))).toBe(DENY_NO_ORDER);
  expect([g.answers[PRE_TRADE_APPROVED], g.answers[DENY_NO_ORDER]]).toEqual([2, 1]);
});

test.each([
  ['an unknown asset', { assetIndex: 1 }, DENY_NO_ORDER],
  ['no side', { side: 0 }, DENY_NO_ORDER],
  ['an unknown type', { type: 9 }, DENY_NO_ORDER],
  ['a NaN quantity', { qty: Number.NaN }, DENY_NO_ORDER],
  ['no price to value it at', { referencePx: Number.NaN }, DENY_NO_ORDER],
  ['a limit order without a limit', { limitPx: Number.NaN }, DENY_NO_ORDER],
  ['half a tick', { limitPx: 2000.005 }, DENY_PRICE_OFF_TICK],
  ['half a lot', { qty: 1.0005 }, DENY_QTY_OFF_LOT],
  ['less than a lot', { qty: 0.0001 }, DENY_QTY_OFF_LOT],
  ['just below the minimum', { qty: 0.009, referencePx: 2200 }, DENY_NOTIONAL_BELOW_MIN], // 19.8
  ['at the minimum', { qty: 0.01 }, PRE_TRADE_APPROVED], // 20
  ['at the maximum', { qty: 2.5 }, PRE_TRADE_APPROVED], // 5,000
  ['just above it', { qty: 2.501 }, DENY_NOTIONAL_ABOVE_MAX],
] as const)('%s', (_, fields, answer) => {
  expect(gate().check(order(fields))).toBe(answer);
});

describe('leverage', () => {
  test.each([
    ['at the limit', { gross: 13_000, equity: 10_000 }, PRE_TRADE_APPROVED], // 13,000 + 2,000 = 1.5 x 10,000
    ['above it', { gross: 13_000.01, equity: 10_000 }, DENY_LEVERAGE],
    ['no equity left', { equity: 0 }, DENY_LEVERAGE],
    ['a debt', { equity: -1 }, DENY_LEVERAGE],
    ['an account that cannot be valued', { equity: Number.NaN }, DENY_LEVERAGE],
  ])('%s', (_, account, answer) => {
    expect(gate(account).check(order())).toBe(answer);
  });
});

describe('reduce-only', () => {
  test.each([
    ['what is open', { position: 1 }, 1, PRE_TRADE_APPROVED],
    ['a part of it', { position: 1 }, 0.4, PRE_TRADE_APPROVED],
    ['more than is open', { position: 1 }, 1.001, DENY_REDUCES_TOO_MUCH],
    ['what another order already reduces', { position: 1, reducing: 0.5 }, 0.6, DENY_REDUCES_TOO_MUCH],
    // 0.3 - 0.1 is a little less than 0.2 in doubles
    ['the rest beside another order', { position: 0.3, reducing: 0.1 }, 0.2, PRE_TRADE_APPROVED],
    ['nothing', {}, 1, DENY_NOTHING_TO_REDUCE],
    ['its own side', { position: -1 }, 1, DENY_NOTHING_TO_REDUCE],
    ['dust, below the minimum notional', { position: 0.002 }, 0.002, PRE_TRADE_APPROVED],
    ['deep in loss', { position: 1, equity: -500, gross: 90_000 }, 1, PRE_TRADE_APPROVED],
  ])('%s', (_, account, qty, answer) => {
    expect(gate(account).check(order({ ...SELL_TO_REDUCE, qty }))).toBe(answer);
  });
});

test.each([
  ['active', TRADING_ACTIVE, PRE_TRADE_APPROVED, PRE_TRADE_APPROVED],
  ['reducing', TRADING_REDUCING, DENY_REDUCING, PRE_TRADE_APPROVED],
  ['halted', TRADING_HALTED, DENY_HALTED, DENY_HALTED],
] as const)('trading state %s', (_, state, entry, reduction) => {
  const g = gate({ position: 1 });
  g.tradingState = state;
  expect([g.check(order()), g.check(order(SELL_TO_REDUCE))]).toEqual([entry, reduction]);
});

describe('order rate', () => {
  const at = (second: number, fields: Partial<OrderRequest> = {}) =>
    order({
      ...fields,
      tsSentDay: DAY + Math.floor(second / 86_400),
      tsSentNsOfDay: (second % 86_400) * NS_PER_SECOND,
    });

  test('three entries in ten seconds of five orders: two are kept for reductions', () => {
    const g = gate({ position: 1 });
    const answers = [0, 1, 2, 3].map((second) => g.check(at(second)));
    expect(answers).toEqual([0, 0, 0, DENY_ORDER_RATE]);
    expect([4, 5, 6].map((second) => g.check(at(second, SELL_TO_REDUCE)))).toEqual([0, 0, DENY_ORDER_RATE]);
    expect(g.check(at(9.999, SELL_TO_REDUCE))).toBe(DENY_ORDER_RATE);
    expect(g.check(at(10, SELL_TO_REDUCE))).toBe(PRE_TRADE_APPROVED); // the one of second 0 is out
    expect(g.check(at(12))).toBe(DENY_ORDER_RATE); // 4, 5 and 10 are in
    expect(g.check(at(14))).toBe(PRE_TRADE_APPROVED);
  });

  test('denied orders do not count', () => {
    const g = gate();
    for (let i = 0; i < 20; i++) g.check(at(0, { qty: 0 }));
    expect(g.check(at(0))).toBe(PRE_TRADE_APPROVED);
  });

  test('the window goes over midnight; a time that went backwards counts as within it', () => {
    const g = gate();
    for (const second of [86_397, 86_398, 86_399]) g.check(at(second));
    expect(g.check(at(86_401))).toBe(DENY_ORDER_RATE);
    expect(g.check(at(0))).toBe(DENY_ORDER_RATE);
    expect(g.check(at(86_407))).toBe(PRE_TRADE_APPROVED);
  });
});

test.each([
  ['a tenth of a tick in doubles', 0.1 + 0.2, 0.1, true],
  ['a price of many ticks', 67_123.4, 0.1, true],
  ['many lots', 123_456_789.123, 0.001, true],
  ['a thousandth of a step off, after a million steps', 1e6 + 0.001, 1, false],
  ['any size', 0.123456789, 0, true],
  ['nothing', 0, 0.1, false],
])('%s: multiple of a step', (_, value, step, is) => {
  expect(isMultipleOf(value, step)).toBe(is);
});

test.each([
  ['no orders at all', { maxOrders: 0 }, /maxOrders must be a whole number of at least 1, was 0/],
  [
    'all kept for reductions',
    { ordersKeptForReductions: 5 },
    /ordersKeptForReductions .* below maxOrders \(5\), was 5/,
  ],
  ['no window', { rateWindowMs: 0 }, /rateWindowMs/],
  ['a NaN leverage', { maxLeverage: Number.NaN }, /maxLeverage must be positive, was NaN/],
  ['a negative notional', { maxOrderNotional: -1 }, /maxOrderNotional/],
])('%s is refused', (_, limits, message) => {
  expect(() => gate({}, limits)).toThrow(message);
});

test('every reason has a name, and stays below those of execution', () => {
  const names = Array.from({ length: DENIAL_REASONS }, (_, code) => denialReasonName(code));
  expect(new Set(names).size).toBe(DENIAL_REASONS);
  expect(names.some((name) => name.startsWith('reason'))).toBe(false);
  expect(denialReasonName(64)).toBe('reason 64');
  expect(DENIAL_REASONS).toBeLessThanOrEqual(DENY_OF_EXECUTION);
});

test('comes back from its state: the rate goes on where it was', () => {
  const before = gate();
  before.tradingState = TRADING_ACTIVE;
  for (let i = 0; i < 7; i++) before.check(order({ tsSentNsOfDay: i * 4 * NS_PER_SECOND, tsSentDay: DAY }));
  before.tradingState = TRADING_REDUCING;
  const writer = new SnapshotWriter();
  before.walkState(writer);
  const after = gate();
  after.walkState(new SnapshotReader(writer.bytes()));
  const again = new SnapshotWriter();
  after.walkState(again);
  expect(again.bytes()).toEqual(writer.bytes());
  for (const g of [before, after]) expect(g.check(order())).toBe(DENY_REDUCING);
  const answersOf = (g: PreTradeGate) => {
    g.tradingState = TRADING_ACTIVE;
    return [25, 26, 27, 28, 29, 40].map((s) => g.check(order({ tsSentDay: DAY, tsSentNsOfDay: s * NS_PER_SECOND })));
  };
  expect(answersOf(after)).toEqual(answersOf(before));
  expect(after.check(order({ tsSentDay: DAY - 1, tsSentNsOfDay: NS_PER_DAY - 1 }))).toBe(DENY_ORDER_RATE);
});
