import { describe, expect, test } from 'vitest';
import { BUY, SELL } from '../../../../src/model/order.ts';
import {
  EXPIRED_MARKET_REST,
  EXPIRED_REDUCE_ONLY,
  EXPIRED_SELF_TRADE,
  REJECT_NO_MARKET,
  REJECT_POST_ONLY,
  VENUE_ACCEPTED,
  VENUE_EXPIRED,
  VENUE_FILL,
  VENUE_REJECTED,
} from '../../../../src/model/venue.ts';
import { book, bookVenue, DAY, limit, market, print, reference, SECOND } from '../../../support/venue-bench.ts';

/** 3 bid at 99.9, 5 at 99.8; 2 asked at 100.0, 4 at 100.1. */
const BIDS = [
  [99.9, 3],
  [99.8, 5],
];
const ASKS = [
  [100, 2],
  [100.1, 4],
];

function openBook(changes = {}): ReturnType<typeof bookVenue> {
  const made = bookVenue(changes);
  book(made.venue, 0, BIDS, ASKS);
  return made;
}

/** Sizes and prices of the fills of an order. */
function fillsOf({ heard }: ReturnType<typeof bookVenue>, seq: number): number[][] {
  const fills = heard.ofKind(VENUE_FILL).filter((event) => event.clientOrderSeq === seq);
  return fills.map((event) => [event.lastQty, event.lastPx]);
}

describe('a resting order', () => {
  test('queues behind what is displayed: 3 ahead, prints of 2, 1.4, 0.7 and 1 fill 0.4, then 0.6', () => {
    const made = openBook();
    made.venue.submit(limit(0, 0, { limitPx: 99.9, qty: 1 }));
    print(made.venue, 1, 99.9, 2); // 1 left ahead
    expect(fillsOf(made, 0)).toEqual([]);
    print(made.venue, 2, 99.9, 1.4); // 1 ahead, then 0.4
    expect(fillsOf(made, 0)).toEqual([[0.4, 99.9]]);
    print(made.venue, 3, 99.9, 0.7); // 0.6 are left
    print(made.venue, 4, 99.9, 1);
    expect(fillsOf(made, 0)).toEqual([
      [0.4, 99.9],
      [0.6, 99.9],
    ]);
    expect(made.heard.ofKind(VENUE_FILL).map((event) => [event.cumQty, event.isMaker])).toEqual([
      [0.4, 1],
      [1, 1],
    ]);
  });

  test('is not filled by a buyer who lifts the other side, nor by prints that do not reach it', () => {
    const made = openBook();
    made.venue.submit(limit(0, 0, { limitPx: 99.9, qty: 1 }));
    print(made.venue, 1, 99.9, 100, BUY);
    print(made.venue, 2, 99.9, 100, 0);
    print(made.venue, 3, 100, 100, SELL);
    expect(fillsOf(made, 0)).toEqual([]);
  });

  test('is filled by a print through its price as far as its size goes, whatever stood ahead', () => {
    const made = openBook();
    made.venue.submit(limit(0, 0, { limitPx: 99.9, qty: 1 }));
    print(made.venue, 1, 99.8, 0.3, BUY);
    print(made.venue, 2, 99.9, 0.2);
    expect(fillsOf(made, 0)).toEqual([
      [0.3, 99.9],
      [0.2, 99.9],
    ]);
  });

  test('moves up when less is displayed than stood ahead, and never back', () => {
    const made = openBook();
    made.venue.submit(limit(0, 0, { limitPx: 99.9, qty: 1 }));
    book(made.venue, 1, [[99.9, 0.5]], [], false);
    book(made.venue, 2, [[99.9, 50]], [], false);
    print(made.venue, 3, 99.9, 0.6);
    expect(fillsOf(made, 0)).toEqual([[0.1, 99.9]]);
  });

  test('inside the spread stands first', () => {
    const made = bookVenue();
    book(made.venue, 0, BIDS, [[100.2, 1]]);
    made.venue.submit(limit(0, 0, { limitPx: 100, qty: 1 }));
    print(made.venue, 1, 100, 0.25);
    expect(fillsOf(made, 0)).toEqual([[0.25, 100]]);
  });

  test('below the displayed book does not know its queue until it sees it, or is traded through', () => {
    const made = openBook();
    made.venue.submit(limit(0, 0, { limitPx: 99.5, qty: 1 }));
    print(made.venue, 1, 99.5, 100);
    expect(fillsOf(made, 0)).toEqual([]);
    book(made.venue, 2, [[99.5, 2]], [[99.6, 1]]);
    print(made.venue, 3, 99.5, 2.5);
    expect(fillsOf(made, 0)).toEqual([[0.5, 99.5]]);
    print(made.venue, 4, 99.4, 100);
    expect(fillsOf(made, 0)).toEqual([
      [0.5, 99.5],
      [0.5, 99.5],
    ]);
  });

  test('is filled whole at its limit when the other touch has passed it, not when it stands there', () => {
    const made = openBook();
    made.venue.submit(limit(0, 0, { limitPx: 99.9, qty: 7 }));
    book(made.venue, 1, [[99.8, 1]], [[99.9, 1]]);
    expect(fillsOf(made, 0)).toEqual([]);
    made.venue.onTop({
      ...{ assetIndex: 0, tsEventDay: DAY, tsEventNsOfDay: 2 * SECOND },
      ...{ bidPx: 99.7, bidQty: 1, askPx: 99.8, askQty: 1 },
    });
    made.venue.advanceTo(DAY, 2 * SECOND);
    expect(fillsOf(made, 0)).toEqual([[7, 99.9]]);
  });

  test('shares a print with our others: better price first, then the earlier, the queue counted once', () => {
    const made = openBook();
    made.venue.submit(limit(0, 0, { limitPx: 99.8, qty: 1 })); // 5 ahead
    made.venue.submit(limit(1, 0, { limitPx: 99.8, qty: 1 })); // 5 ahead, and our first
    made.venue.submit(limit(2, 0, { limitPx: 99.9, qty: 1 }));
    print(made.venue, 1, 99.8, 7.5); // 1 to order 2, 5 to the queue, 1 to order 0, 0.5 to order 1
    expect([2, 0, 1].map((seq) => fillsOf(made, seq))).toEqual([[[1, 99.9]], [[1, 99.8]], [[0.5, 99.8]]]);
    expect(made.heard.ofKind(VENUE_FILL).map((event) => event.clientOrderSeq)).toEqual([2, 0, 1]);
  });

  test('on the sell side alike', () => {
    const made = openBook();
    made.venue.submit(limit(0, 0, { side: SELL, limitPx: 100, qty: 1 }));
    print(made.venue, 1, 100, 2.25, BUY);
    print(made.venue, 2, 100.1, 0.5, SELL);
    expect(fillsOf(made, 0)).toEqual([
      [0.25, 100],
      [0.5, 100],
    ]);
  });
});

describe('a market order', () => {
  test('walks the book: 2 at 100, 1 at 100.1, each a fill with the fee of a taker', () => {
    const made = openBook();
    made.venue.submit(market(0, 0, { qty: 3 }));
    made.venue.advanceTo(DAY, SECOND);
    expect(fillsOf(made, 0)).toEqual([
      [2, 100],
      [1, 100.1],
    ]);
    const fills = made.heard.ofKind(VENUE_FILL);
    expect(fills.map((event) => [event.cumQty, event.isMaker])).toEqual([
      [2, 0],
      [3, 0],
    ]);
    expect(fills[0]?.fee).toBeCloseTo(0.1, 12); // 200 * 0.0005
    expect(made.heard.kinds()).toEqual([VENUE_ACCEPTED, VENUE_FILL, VENUE_FILL]);
    expect(new Set(fills.map((event) => event.tradeId)).size).toBe(2);
  });

  test('finds the book used up until the data speaks of it again', () => {
    const made = openBook();
    made.venue.submit(market(0, 0, { qty: 1.5 }));
    made.venue.submit(market(1, 0, { qty: 1 })); // 0.5 are left at 100
    made.venue.advanceTo(DAY, SECOND);
    book(made.venue, 2, [], [[100, 2]], false);
    made.venue.submit(market(2, 2, { qty: 1 }));
    made.venue.advanceTo(DAY, 3 * SECOND);
    expect(fillsOf(made, 1)).toEqual([
      [0.5, 100],
      [0.5, 100.1],
    ]);
    expect(fillsOf(made, 2)).toEqual([[1, 100]]);
  });

  test('expires with what the book does not hold', () => {
    const made = openBook();
    made.venue.submit(market(0, 0, { side: SELL, qty: 10 }));
    made.venue.advanceTo(DAY, SECOND);
    expect(made.heard.events.at(-1)).toMatchObject({ kind: VENUE_EXPIRED, code: EXPIRED_MARKET_REST, cumQty: 8 });
    expect(made.venue.positionQty(0)).toBe(-8);
  });

  test('reduce-only takes no more than the position, and leaves the rest of the book', () => {
    const made = openBook();
    made.venue.submit(market(0, 0, { qty: 1 }));
    made.venue.submit(market(1, 0, { side: SELL, qty: 10, isReduceOnly: true }));
    made.venue.submit(market(2, 0, { side: SELL, qty: 2 }));
    made.venue.advanceTo(DAY, SECOND);
    expect([fillsOf(made, 1), fillsOf(made, 2)]).toEqual([[[1, 99.9]], [[2, 99.9]]]);
    expect(made.heard.ofKind(VENUE_EXPIRED)).toMatchObject([
      { clientOrderSeq: 1, code: EXPIRED_REDUCE_ONLY, cumQty: 1 },
    ]);
  });

  test('ends our own resting orders that it passes, not those behind', () => {
    const made = openBook();
    made.venue.submit(limit(0, 0, { side: SELL, limitPx: 100, qty: 1 }));
    made.venue.submit(limit(1, 0, { side: SELL, limitPx: 100.2, qty: 1 }));
    made.venue.submit(market(2, 0, { qty: 3 })); // 2 at 100, 1 at 100.1
    made.venue.advanceTo(DAY, SECOND);
    expect(made.heard.ofKind(VENUE_EXPIRED)).toMatchObject([{ clientOrderSeq: 0, code: EXPIRED_SELF_TRADE }]);
  });

  test('without a book is refused', () => {
    const { venue, heard } = bookVenue();
    venue.submit(market(0, 0, {}));
    venue.advanceTo(DAY, SECOND);
    expect(heard.events[0]).toMatchObject({ kind: VENUE_REJECTED, code: REJECT_NO_MARKET });
  });
});

describe('post-only', () => {
  test.each([
    ['a buy at the ask', BUY, 100, REJECT_POST_ONLY],
    ['a buy below it', BUY, 99.9, 0],
    ['a sell at the bid', SELL, 99.9, REJECT_POST_ONLY],
  ])('%s', (_, side, limitPx, code) => {
    const { venue, heard } = openBook();
    venue.submit(limit(0, 0, { side, limitPx }));
    venue.advanceTo(DAY, SECOND);
    expect(heard.events[0]?.code).toBe(code);
  });

  test('against our own resting order', () => {
    const { venue, heard } = openBook();
    book(venue, 1, BIDS, [[101, 1]]);
    venue.submit(limit(0, 1, { side: SELL, limitPx: 100.5 }));
    venue.submit(limit(1, 1, { limitPx: 100.5 }));
    venue.advanceTo(DAY, 2 * SECOND);
    expect(heard.events.map((event) => event.code)).toEqual([0, REJECT_POST_ONLY]);
  });

  test('is judged by the book at its arrival', () => {
    const { venue, heard } = openBook({ latencyIn: { minMs: 20, meanExtraMs: 0 } });
    venue.submit(limit(0, 0, { limitPx: 99.9 }));
    book(venue, 0.01, [[99.7, 1]], [[99.8, 1]]);
    venue.advanceTo(DAY, SECOND);
    expect(heard.events[0]?.code).toBe(REJECT_POST_ONLY);
  });
});

test('best levels replace what was better than they, leave the book below, and a side without a price as it is', () => {
  const made = openBook();
  const top = { assetIndex: 0, tsEventDay: DAY, tsEventNsOfDay: SECOND };
  made.venue.onTop({ ...top, bidPx: Number.NaN, bidQty: 1, askPx: 100.1, askQty: 1 });
  made.venue.submit(market(0, 1, { qty: 9 }));
  made.venue.onTop({ ...top, tsEventNsOfDay: 2 * SECOND, bidPx: 99.8, bidQty: 2, askPx: 100, askQty: 1 });
  made.venue.submit(market(1, 2, { side: SELL, qty: 9 }));
  made.venue.advanceTo(DAY, 3 * SECOND);
  expect(fillsOf(made, 0)).toEqual([[1, 100.1]]);
  expect(fillsOf(made, 1)).toEqual([[2, 99.8]]);
});

test('a venue that saw books but no trades says so', () => {
  const { venue } = openBook();
  venue.submit(limit(0, 0, { limitPx: 99.9 }));
  venue.cancel(reference(0, 1));
  venue.advanceTo(DAY, 2 * SECOND);
  expect(venue.warnings()).toEqual([
    'the simulated venue filled none of 1 resting orders: no price traded through a limit',
    'the simulated venue saw books but no trades: resting orders fill only when the touch passes them',
  ]);
});
