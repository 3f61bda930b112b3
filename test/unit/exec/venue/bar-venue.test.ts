import { describe, expect, test } from 'vitest';
import { BUY, SELL } from '../../../../src/model/order.ts';
import {
  EXPIRED_REDUCE_ONLY,
  EXPIRED_SELF_TRADE,
  REJECT_MIN_NOTIONAL,
  REJECT_NO_MARKET,
  REJECT_OFF_LOT,
  REJECT_OFF_TICK,
  REJECT_POST_ONLY,
  REJECT_REDUCE_ONLY,
  VENUE_ACCEPTED,
  VENUE_CANCEL_REJECTED,
  VENUE_CANCELED,
  VENUE_EXPIRED,
  VENUE_FILL,
  VENUE_FUNDING,
  VENUE_REJECTED,
} from '../../../../src/model/venue.ts';
import { bar, barVenue, COIN, DAY, limit, market, reference, SECOND } from '../../../support/venue-bench.ts';

describe('a resting limit', () => {
  test.each([
    ['a buy, the next bar above it', BUY, 99.9, [100, 99.95], []],
    ['a buy, a bar at it: nobody knows the queue', BUY, 99.9, [100, 99.9], []],
    ['a buy, a bar a tick below it', BUY, 99.9, [100, 99.8], [99.9]],
    ['a buy, a bar off the ticks, below it', BUY, 99.9, [100, 99.89], [99.9]],
    ['a buy, a bar far below it: at its limit, no better', BUY, 99.9, [100, 90], [99.9]],
    ['a sell, a bar at it', SELL, 100.2, [100, 100.2], []],
    ['a sell, a bar a tick above it', SELL, 100.2, [100, 100.3], [100.2]],
    ['a buy, a bar without a price', BUY, 99.9, [100, Number.NaN], []],
  ])('%s', (_, side, limitPx, [before, after], fills) => {
    const { venue, heard } = barVenue();
    bar(venue, 0, before as number);
    venue.submit(limit(0, 0, { side, limitPx }));
    bar(venue, 5, after as number);
    expect(heard.kinds()).toEqual([VENUE_ACCEPTED, ...fills.map(() => VENUE_FILL)]);
    expect(heard.ofKind(VENUE_FILL).map((fill) => fill.lastPx)).toEqual(fills);
  });

  test('is a maker, filled whole, at the fee of a maker: 2 * 99.9 * 0.0002', () => {
    const { venue, heard } = barVenue();
    bar(venue, 0, 100);
    venue.submit(limit(7, 0, { limitPx: 99.9, qty: 2 }));
    bar(venue, 5, 99);
    expect(heard.events.at(-1)).toMatchObject({
      ...{ kind: VENUE_FILL, clientOrderSeq: 7, side: BUY, lastQty: 2, cumQty: 2, isMaker: 1 },
      ...{ tsEventDay: DAY, tsEventNsOfDay: 5 * SECOND, tsRecvNsOfDay: 5 * SECOND },
    });
    expect(heard.events.at(-1)?.fee).toBeCloseTo(0.03996, 12);
  });
});

describe('a market order', () => {
  test.each([
    ['buys half a spread above the next bar: 100 * 1.0001', BUY, 100.01],
    ['sells half a spread below it: 100 * 0.9999', SELL, 99.99],
  ])('%s', (_, side, px) => {
    const { venue, heard } = barVenue();
    bar(venue, 0, 101);
    venue.submit(market(0, 0, { side, qty: 3 }));
    bar(venue, 5, 100);
    const fill = heard.events.at(-1);
    expect(heard.kinds()).toEqual([VENUE_ACCEPTED, VENUE_FILL]);
    expect(fill?.lastPx).toBeCloseTo(px, 9);
    expect(fill?.fee).toBeCloseTo(3 * px * 0.0005, 9);
    expect(fill?.isMaker).toBe(0);
  });

  test('meets no bar at or before its arrival, 0.7 s after it was sent', () => {
    const { venue, heard } = barVenue({ latencyIn: { minMs: 700, meanExtraMs: 0 } });
    bar(venue, 0, 103);
    venue.submit(market(0, 0, {}));
    bar(venue, 0.5, 102);
    bar(venue, 0.7, 101); // at one instant data comes first
    expect(heard.kinds()).toEqual([VENUE_ACCEPTED]);
    bar(venue, 5, 100);
    expect(heard.events.at(-1)?.lastPx).toBeCloseTo(100.01, 9);
  });

  test('waits for a bar that has a price', () => {
    const { venue, heard } = barVenue();
    bar(venue, 0, 100);
    venue.submit(market(0, 0, {}));
    bar(venue, 5, Number.NaN);
    bar(venue, 10, -1);
    expect(heard.kinds()).toEqual([VENUE_ACCEPTED]);
    expect(venue.warnings()).toEqual([
      '1 of 1 market orders found no price at the simulated venue',
      '1 orders are still open at the simulated venue: no price reached them',
    ]);
    bar(venue, 15, 100);
    expect(heard.kinds()).toEqual([VENUE_ACCEPTED, VENUE_FILL]);
    expect(venue.warnings()).toEqual([]);
  });

  test('ends our own resting order that it would trade with', () => {
    const { venue, heard } = barVenue();
    bar(venue, 0, 100);
    venue.submit(limit(0, 0, { side: SELL, limitPx: 100.1 }));
    venue.submit(market(1, 0, { side: BUY }));
    bar(venue, 5, 100.1); // at 100.11 the market order would lift 100.1
    expect(heard.events.slice(2).map(({ kind, clientOrderSeq, code }) => [kind, clientOrderSeq, code])).toEqual([
      [VENUE_EXPIRED, 0, EXPIRED_SELF_TRADE],
      [VENUE_FILL, 1, 0],
    ]);
  });
});

describe('the filters', () => {
  test.each([
    ['a limit off the tick', limit(0, 0, { limitPx: 99.95 }), REJECT_OFF_TICK],
    ['a limit of nothing', limit(0, 0, {}), REJECT_OFF_TICK],
    ['a size off the lot', limit(0, 0, { limitPx: 99.9, qty: 0.0015 }), REJECT_OFF_LOT],
    ['no size', market(0, 0, { qty: 0 }), REJECT_OFF_LOT],
    ['0.05 * 99.9 = 4.995 USDT', limit(0, 0, { limitPx: 99.9, qty: 0.05 }), REJECT_MIN_NOTIONAL],
    ['reduce-only without a position', market(0, 0, { isReduceOnly: true }), REJECT_REDUCE_ONLY],
    ['post-only at the ask of 100.1', limit(0, 0, { limitPx: 100.1 }), REJECT_POST_ONLY],
    ['post-only at the bid of 99.9', limit(0, 0, { side: SELL, limitPx: 99.9 }), REJECT_POST_ONLY],
    ['post-only inside the spread', limit(0, 0, { limitPx: 100 }), 0],
    ['0.051 * 99.9 = 5.0949 USDT', limit(0, 0, { limitPx: 99.9, qty: 0.051 }), 0],
    ['0.1 + 0.2 lots', limit(0, 0, { limitPx: 99.9, qty: 0.1 + 0.2 }), 0],
  ])('%s', (_, order, code) => {
    const { venue, heard } = barVenue();
    bar(venue, 0, 100); // half a spread of 1 bps: 99.99 / 100.01, on ticks 99.9 / 100.1
    venue.submit(order);
    venue.advanceTo(DAY, SECOND);
    expect(heard.events[0]).toMatchObject({ kind: code === 0 ? VENUE_ACCEPTED : VENUE_REJECTED, code });
  });

  test('no price of the asset yet', () => {
    const { venue, heard } = barVenue();
    bar(venue, 0, Number.NaN);
    venue.submit(market(0, 0, {}));
    venue.advanceTo(DAY, SECOND);
    expect(heard.events[0]).toMatchObject({ kind: VENUE_REJECTED, code: REJECT_NO_MARKET });
  });

  test('a reduce-only order is exempt from the smallest notional, fills what there is to reduce, and then expires', () => {
    const { venue, heard } = barVenue();
    bar(venue, 0, 100);
    venue.submit(market(0, 0, { qty: 0.06 }));
    bar(venue, 5, 100);
    venue.submit(limit(1, 5, { side: SELL, limitPx: 100.1, qty: 0.01, isReduceOnly: true }));
    venue.submit(limit(2, 5, { side: SELL, limitPx: 100.2, qty: 1, isReduceOnly: true }));
    bar(venue, 10, 100.3);
    expect(
      heard.events.slice(4).map(({ kind, clientOrderSeq, lastQty, code }) => [kind, clientOrderSeq, lastQty, code]),
    ).toEqual([
      [VENUE_FILL, 1, 0.01, 0],
      [VENUE_FILL, 2, 0.05, 0],
      [VENUE_EXPIRED, 2, 0, EXPIRED_REDUCE_ONLY],
    ]);
    expect(venue.positionQty(0)).toBe(0);
  });
});

describe('the account', () => {
  test('one round trip, by hand', () => {
    const { venue, heard } = barVenue({ instruments: [{ ...COIN, halfSpreadBps: 0 }] });
    bar(venue, 0, 100);
    venue.submit(market(0, 0, { qty: 2 }));
    bar(venue, 5, 100); // buys 2 at 100: fee 200 * 0.0005 = 0.1
    expect(venue.positionQty(0)).toBe(2);
    expect(venue.positionEntryPx(0)).toBe(100);
    venue.onFunding(DAY, 6 * SECOND, 0, 110, 0.0001); // pays 2 * 110 * 0.0001 = 0.022
    venue.submit(limit(1, 6, { side: SELL, limitPx: 100.5, qty: 2, isReduceOnly: true }));
    bar(venue, 10, 101); // sells 2 at 100.5: fee 201 * 0.0002 = 0.0402
    expect(venue.positionQty(0)).toBe(0);
    expect(venue.positionEntryPx(0)).toBeNaN();
    expect(venue.account.cashFromFills).toBeCloseTo(1, 12); // -200 + 201
    expect(venue.account.feesPaid).toBeCloseTo(0.1402, 12);
    expect(venue.account.fundingPaid).toBeCloseTo(0.022, 12);
    expect(heard.ofKind(VENUE_FUNDING)).toMatchObject([{ clientOrderSeq: -1, lastPx: 110, lastQty: 2 }]);
  });

  test('a position that grows, shrinks and turns: 2 at 100 and 1 at 103 are 3 at 101', () => {
    const { venue } = barVenue({ instruments: [{ ...COIN, halfSpreadBps: 0 }] });
    bar(venue, 0, 100);
    const held: number[][] = [];
    for (const [seq, [qty, px]] of [
      [2, 100],
      [1, 103],
      [-1, 110], // 2 are left, at 101 still
      [-4, 110], // short 2, anew at 110
      [2, 90],
    ].entries() as Iterable<[number, [number, number]]>) {
      venue.submit(market(seq, seq * 10, { side: Math.sign(qty), qty: Math.abs(qty) }));
      bar(venue, seq * 10 + 5, px);
      held.push([venue.positionQty(0), Math.round(venue.positionEntryPx(0) * 1e9) / 1e9]);
    }
    expect(held).toEqual([
      [2, 100],
      [3, 101],
      [2, 101],
      [-2, 110],
      [0, Number.NaN],
    ]);
    expect(venue.account.cashFromFills).toBeCloseTo(-200 - 103 + 110 + 440 - 180, 9);
  });

  test('shorts receive a positive rate; the flat pay nothing', () => {
    const { venue, heard } = barVenue();
    bar(venue, 0, 100);
    venue.onFunding(DAY, SECOND, 0, 100, 0.01);
    venue.submit(market(0, 1, { side: SELL }));
    bar(venue, 5, 100);
    venue.onFunding(DAY, 6 * SECOND, 0, 100, 0.01);
    venue.advanceTo(DAY, 6 * SECOND);
    expect(heard.ofKind(VENUE_FUNDING).map((event) => event.fee)).toEqual([-1]);
  });
});

test('assets have prices, orders and positions of their own', () => {
  const { venue, heard } = barVenue({ instruments: [COIN, { ...COIN, symbol: 'OTHERUSDT' }] });
  bar(venue, 0, 100, 100);
  venue.submit(limit(0, 0, { assetIndex: 1, limitPx: 99.9 }));
  bar(venue, 5, 99, 100);
  expect(heard.kinds()).toEqual([VENUE_ACCEPTED]);
  bar(venue, 10, 100, 99);
  expect(heard.events.at(-1)).toMatchObject({ kind: VENUE_FILL, assetIndex: 1, lastPx: 99.9 });
  expect([venue.positionQty(0), venue.positionQty(1)]).toEqual([0, 1]);
});

test('a cancel ends an order once; after that, and after a fill, there is none to cancel', () => {
  const { venue, heard } = barVenue();
  bar(venue, 0, 100);
  venue.submit(limit(0, 0, { limitPx: 99.9 }));
  venue.cancel(reference(0, 1));
  venue.cancel(reference(0, 2));
  bar(venue, 5, 99);
  expect(heard.kinds()).toEqual([VENUE_ACCEPTED, VENUE_CANCELED, VENUE_CANCEL_REJECTED]);
  expect(venue.warnings()).toEqual([
    'the simulated venue filled none of 1 resting orders: no price traded through a limit',
  ]);
});

test('the touch is half a spread on each side, on ticks, and no touch when it is old', () => {
  const { venue } = barVenue({ touchMaxAgeMs: 5000 });
  const touch = { bidPx: 0, askPx: 0 };
  venue.readInto(touch, 0);
  expect(touch).toEqual({ bidPx: Number.NaN, askPx: Number.NaN });
  bar(venue, 0, 100);
  venue.readInto(touch, 0);
  expect(touch).toEqual({ bidPx: 99.9, askPx: 100.1 });
  venue.advanceTo(DAY, 6 * SECOND);
  venue.readInto(touch, 0);
  expect(touch).toEqual({ bidPx: Number.NaN, askPx: Number.NaN });
});
