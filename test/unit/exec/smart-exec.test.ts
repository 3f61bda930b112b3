import { describe, expect, it } from 'vitest';
import {
  IRREGULAR_DUPLICATE_FILL,
  IRREGULAR_FORGOTTEN,
  IRREGULAR_LATE_FILL,
  IRREGULAR_LATE_REJECT,
  IRREGULAR_MALFORMED,
  IRREGULAR_NOT_FOUND,
  IRREGULAR_OVERFILL,
  IRREGULAR_PARKED,
  IRREGULAR_STALE_INTENT,
  IRREGULAR_TRANSITION,
} from '../../../src/exec/irregularities.ts';
import { ORDER_TABLE_SIZE } from '../../../src/exec/order-table.ts';
import {
  REPORT_ACCEPTED,
  REPORT_DENIED,
  REPORT_FILLED,
  REPORT_INTENT_DONE,
} from '../../../src/model/execution-report.ts';
import { MAX_HOLD, RISK, TAKE_PROFIT } from '../../../src/model/exit-reason.ts';
import { INTENT_CANCEL_ENTRY, INTENT_EXIT, INTENT_HASTEN_EXIT } from '../../../src/model/intent.ts';
import {
  DENY_BUSY,
  DENY_MALFORMED,
  DENY_NO_TOUCH,
  DENY_TOO_SMALL,
  ORDER_LIMIT_POST_ONLY,
  ORDER_MARKET,
} from '../../../src/model/order.ts';
import {
  REJECT_MARGIN,
  REJECT_POST_ONLY,
  VENUE_ACCEPTED,
  VENUE_CANCEL_REJECTED,
  VENUE_CANCELED,
  VENUE_CONNECTED,
  VENUE_DISCONNECTED,
  VENUE_EXPIRED,
  VENUE_ORDER_NOT_FOUND,
  VENUE_ORDER_STATUS,
  VENUE_REJECTED,
  VENUE_STATUS_FILLED,
  VENUE_STATUS_OPEN,
  VENUE_SUBMIT_UNKNOWN,
} from '../../../src/model/venue.ts';
import { Stage } from './stage.ts';

const TAKE = { kind: INTENT_EXIT, reason: TAKE_PROFIT };

describe('refusals before any order', () => {
  it.each([
    ['no quantity', { qty: 0 }, DENY_MALFORMED],
    ['no price', { price: Number.NaN }, DENY_MALFORMED],
    ['an unknown kind', { kind: 9 }, DENY_MALFORMED],
    ['no direction', { direction: 0 }, DENY_MALFORMED],
    ['no such asset', { assetIndex: 2 }, DENY_MALFORMED],
    ['less than a lot', { qty: 0.09 }, DENY_TOO_SMALL],
    ['less than the smallest notional', { qty: 0.1, price: 49 }, DENY_TOO_SMALL],
  ])('an intent with %s is denied and done', (_name, fields, reason) => {
    const stage = new Stage();
    stage.decide(fields);
    expect(stage.sent).toEqual([]);
    expect(stage.reports.map(({ kind, status }) => [kind, status])).toEqual([
      [REPORT_DENIED, reason],
      [REPORT_INTENT_DONE, 0],
    ]);
    expect(stage.machine.metrics.get('denied')).toBe(1);
  });

  it('one intent per asset at a time', () => {
    const stage = new Stage();
    stage.decide();
    stage.decide(TAKE);
    stage.decide({ assetIndex: 1 });
    expect(stage.reports[0]).toMatchObject({ kind: REPORT_DENIED, status: DENY_BUSY, intentSequence: 1 });
    expect(stage.sent.map(({ assetIndex }) => assetIndex)).toEqual([0, 1]);
  });

  it('an entry without a touch is denied, a take profit goes to market', () => {
    const stage = new Stage();
    stage.touch.bidPx = Number.NaN;
    stage.decide();
    expect(stage.reports[0]).toMatchObject({ kind: REPORT_DENIED, status: DENY_NO_TOUCH });
    stage.decide(TAKE);
    expect(stage.sent.map(({ type }) => type)).toEqual([ORDER_MARKET]);
  });

  it('the pre-trade check is asked before every order, and its reason is told', () => {
    const stage = new Stage();
    stage.denial = 3;
    stage.decide();
    expect(stage.reports[0]).toMatchObject({ kind: REPORT_DENIED, status: 3 });
    expect([stage.sent.length, stage.machine.isIdle, stage.machine.nextDueDay]).toEqual([0, true, -1]);
  });

  it('a check that denies the market order ends the entry with what was filled', () => {
    const stage = new Stage();
    stage.decide();
    stage.fill(0, 1, 0.4, 0.4);
    stage.advanceTo(25_000);
    stage.denial = 3;
    stage.say(VENUE_CANCELED, 0, { cumQty: 0.4 });
    expect([stage.sent.length, stage.done]).toEqual([1, [0.4]]);
  });

  it('an intent that was there before is counted and not worked', () => {
    const stage = new Stage();
    stage.decide();
    stage.decide({ sequence: 0, assetIndex: 1 });
    expect([stage.sent.length, stage.irregular]).toEqual([1, [IRREGULAR_STALE_INTENT]]);
  });
});

describe('an entry', () => {
  it('lives 25 s, not a nanosecond less, and is canceled once', () => {
    const stage = new Stage();
    stage.decide();
    stage.say(VENUE_ACCEPTED, 0);
    stage.machine.advance(20_000, 25e9 - 1);
    expect(stage.cancels).toEqual([]);
    stage.machine.advance(20_000, 25e9);
    stage.machine.advance(20_000, 26e9);
    expect(stage.cancels).toEqual([0]);
  });

  it('sends no market order before the venue has said what became of the limit', () => {
    const stage = new Stage();
    stage.decide();
    stage.say(VENUE_ACCEPTED, 0);
    stage.advanceTo(600_000);
    expect(stage.sent).toHaveLength(1);
    stage.say(VENUE_CANCELED, 0);
    expect(stage.sent[1]).toMatchObject({ type: ORDER_MARKET, qty: 1, isReduceOnly: false });
  });

  it('is re-priced once after a post-only rejection, within its first 25 s, then goes to market', () => {
    const stage = new Stage();
    stage.decide();
    stage.advanceTo(1_000);
    stage.say(VENUE_REJECTED, 0, { code: REJECT_POST_ONLY });
    stage.say(VENUE_ACCEPTED, 1);
    expect(stage.sent[1]).toMatchObject({ type: ORDER_LIMIT_POST_ONLY, qty: 1 });
    stage.advanceTo(25_000);
    expect(stage.cancels).toEqual([1]);
    stage.say(VENUE_CANCELED, 1);
    stage.fill(2, 1, 1, 1);
    expect(stage.done).toEqual([1]);
    expect(stage.machine.metrics.get('post_only_rejects')).toBe(1);
  });

  it.each([
    ['rejected for its margin', VENUE_REJECTED, { code: REJECT_MARGIN }],
    ['canceled by somebody else', VENUE_CANCELED, {}],
    ['ended by the venue', VENUE_EXPIRED, {}],
  ])('that is %s ends as it is', (_name, kind, fields) => {
    const stage = new Stage();
    stage.decide();
    stage.say(kind, 0, fields);
    expect([stage.sent.length, stage.done]).toEqual([1, [0]]);
    expect(stage.machine.metrics.get('entries_unfilled')).toBe(1);
  });

  it('finishes short when less than the smallest notional is left', () => {
    const stage = new Stage();
    stage.touch.bidPx = 30;
    stage.touch.askPx = 30.1;
    stage.decide({ price: 30 });
    stage.fill(0, 1, 0.9, 0.9);
    stage.advanceTo(25_000);
    // 0.1 * 30.1 = 3.01 is below 5.
    stage.say(VENUE_CANCELED, 0, { cumQty: 0.9 });
    expect([stage.sent.length, stage.done]).toEqual([1, [0.9]]);
  });

  it('orders only what the venue has not filled, even before it hears of the fills; ends when it has', () => {
    const stage = new Stage();
    stage.decide();
    stage.say(VENUE_ACCEPTED, 0);
    stage.advanceTo(25_000);
    stage.say(VENUE_CANCELED, 0, { cumQty: 0.7 });
    expect(stage.sent[1]).toMatchObject({ type: ORDER_MARKET, qty: 0.3 });
    stage.fill(1, 9, 0.3, 0.3);
    expect(stage.done).toEqual([]);
    stage.fill(0, 1, 0.7, 0.7);
    expect(stage.done).toEqual([1]);
  });

  it('is abandoned by the engine: no market order, in whatever phase of its cancel', () => {
    for (const atMs of [5_000, 25_500]) {
      const stage = new Stage();
      stage.decide();
      stage.say(VENUE_ACCEPTED, 0);
      stage.advanceTo(atMs);
      stage.decide({ kind: INTENT_CANCEL_ENTRY });
      expect(stage.cancels).toEqual([0]);
      stage.say(VENUE_CANCELED, 0);
      expect([stage.sent.length, stage.done]).toEqual([1, [0]]);
    }
  });

  it('is abandoned while its market order waits for a price: what that fills meanwhile is kept', () => {
    const stage = new Stage();
    stage.decide();
    stage.say(VENUE_ACCEPTED, 0);
    stage.advanceTo(25_000);
    stage.say(VENUE_CANCELED, 0);
    stage.say(VENUE_ACCEPTED, 1);
    stage.decide({ kind: INTENT_CANCEL_ENTRY });
    expect([stage.cancels, stage.done]).toEqual([[0, 1], []]);
    stage.fill(1, 7, 0.2, 0.2);
    stage.say(VENUE_CANCELED, 1, { cumQty: 0.2 });
    expect([stage.sent.length, stage.done]).toEqual([2, [0.2]]);
  });

  it('is abandoned when the engine is gone; exits go on', () => {
    const stage = new Stage();
    stage.decide();
    stage.decide({ ...TAKE, assetIndex: 1 });
    stage.machine.abandonEntries();
    expect(stage.cancels).toEqual([0]);
  });
});

describe('an exit', () => {
  it.each([MAX_HOLD, RISK])('of reason %i is one reduce-only market order', (reason) => {
    const stage = new Stage();
    stage.decide({ kind: INTENT_EXIT, reason });
    expect(stage.sent).toHaveLength(1);
    expect(stage.sent[0]).toMatchObject({ type: ORDER_MARKET, side: -1, qty: 1, isReduceOnly: true });
  });

  it('of a take profit is a limit of 10 s', () => {
    const stage = new Stage();
    stage.decide(TAKE);
    stage.say(VENUE_ACCEPTED, 0);
    expect(stage.sent[0]).toMatchObject({ type: ORDER_LIMIT_POST_ONLY, limitPx: 100.1, isReduceOnly: true });
    stage.advanceTo(9_999);
    expect(stage.cancels).toEqual([]);
    stage.advanceTo(10_000);
    expect(stage.cancels).toEqual([0]);
  });

  it.each([VENUE_CANCELED, VENUE_EXPIRED])('goes to market when its limit is ended by the venue (%i)', (kind) => {
    const stage = new Stage();
    stage.decide(TAKE);
    stage.say(kind, 0);
    expect(stage.sent[1]).toMatchObject({ type: ORDER_MARKET, isReduceOnly: true });
  });

  it('is hastened by cancel, the venue\u2019s word, then market', () => {
    const stage = new Stage();
    stage.decide(TAKE);
    stage.say(VENUE_ACCEPTED, 0);
    stage.decide({ kind: INTENT_HASTEN_EXIT, reason: RISK });
    stage.decide({ kind: INTENT_HASTEN_EXIT, reason: RISK });
    expect([stage.cancels, stage.sent.length]).toEqual([[0], 1]);
    stage.say(VENUE_CANCELED, 0, { cumQty: 0 });
    expect(stage.sent[1]).toMatchObject({ type: ORDER_MARKET, qty: 1 });
  });

  it('ends short when its market order does: whoever holds the position decides anew', () => {
    const stage = new Stage();
    stage.decide({ kind: INTENT_EXIT, reason: RISK });
    stage.fill(0, 1, 0.4, 0.4);
    stage.say(VENUE_EXPIRED, 0, { cumQty: 0.4 });
    expect([stage.sent.length, stage.done]).toEqual([1, [0.4]]);
  });
});

describe('unknown outcomes', () => {
  it('are asked for, with growing pauses, and nothing is sent again', () => {
    const stage = new Stage();
    stage.decide();
    stage.say(VENUE_SUBMIT_UNKNOWN, 0);
    stage.advanceTo(199);
    expect(stage.queries).toEqual([]);
    // 200, then 200 (first pause), 400, 800, 1600 later.
    for (const [ms, queries] of [
      [200, 1],
      [400, 2],
      [800, 3],
      [1600, 4],
    ] as const) {
      stage.advanceTo(ms);
      expect(stage.queries.length, `${ms} ms`).toBeGreaterThanOrEqual(queries);
    }
    stage.advanceTo(20_000);
    expect([stage.sent.length, stage.done]).toEqual([1, []]);
  });

  it('follow from 2 s of silence', () => {
    const stage = new Stage();
    stage.decide();
    stage.advanceTo(1_999);
    expect(stage.queries).toEqual([]);
    stage.advanceTo(2_000);
    expect(stage.queries).toEqual([0]);
    stage.say(VENUE_ORDER_STATUS, 0, { code: VENUE_STATUS_OPEN });
    expect(stage.kinds()).toEqual([REPORT_ACCEPTED]);
  });

  it('of an entry end only by two late answers "not found", a second apart, and then nothing more is sent', () => {
    const stage = new Stage();
    stage.decide();
    stage.say(VENUE_SUBMIT_UNKNOWN, 0);
    // 2 s in which the venue lets it in, 2 s margin: what was answered until 4 s proves nothing.
    for (const ms of [1_000, 2_500, 4_000]) {
      stage.advanceTo(ms);
      stage.say(VENUE_ORDER_NOT_FOUND, 0);
    }
    stage.advanceTo(4_001);
    stage.say(VENUE_ORDER_NOT_FOUND, 0);
    stage.advanceTo(5_000);
    stage.say(VENUE_ORDER_NOT_FOUND, 0);
    expect(stage.done).toEqual([]);
    stage.advanceTo(5_001);
    stage.say(VENUE_ORDER_NOT_FOUND, 0);
    expect([stage.sent.length, stage.done]).toEqual([1, [0]]);
  });

  it('judge an answer by when it was true, not by when it came', () => {
    const stage = new Stage();
    stage.decide();
    stage.say(VENUE_SUBMIT_UNKNOWN, 0);
    for (const ms of [6_000, 8_000]) {
      stage.advanceTo(ms);
      stage.say(VENUE_ORDER_NOT_FOUND, 0, { tsEventNsOfDay: (ms - 5_000) * 1e6 });
    }
    expect(stage.done).toEqual([]);
  });

  it('of an exit go on with a reduce-only market order once it never lived', () => {
    const stage = new Stage();
    stage.decide(TAKE);
    for (const ms of [4_500, 5_500]) {
      stage.advanceTo(ms);
      stage.say(VENUE_ORDER_NOT_FOUND, 0);
    }
    expect(stage.sent[1]).toMatchObject({ type: ORDER_MARKET, isReduceOnly: true });
  });

  it('do not end by silence of a stream that is down', () => {
    const stage = new Stage();
    stage.decide();
    stage.say(VENUE_DISCONNECTED, -1);
    for (const ms of [5_000, 7_000, 9_000]) {
      stage.advanceTo(ms);
      stage.say(VENUE_ORDER_NOT_FOUND, 0);
    }
    expect(stage.done).toEqual([]);
  });

  it('an order that the venue had shown cannot be not found', () => {
    const stage = new Stage();
    stage.decide();
    stage.say(VENUE_ACCEPTED, 0);
    for (const ms of [5_000, 7_000]) {
      stage.advanceTo(ms);
      stage.say(VENUE_ORDER_NOT_FOUND, 0);
    }
    expect([stage.done, stage.irregular]).toEqual([[], [IRREGULAR_NOT_FOUND, IRREGULAR_NOT_FOUND]]);
  });

  it('a cancel that found no order is no cancel: the venue is asked, and the cancel repeated when it lives', () => {
    const stage = new Stage();
    stage.decide();
    stage.say(VENUE_ACCEPTED, 0);
    stage.advanceTo(25_000);
    stage.say(VENUE_CANCEL_REJECTED, 0);
    expect(stage.sent).toHaveLength(1);
    stage.advanceTo(25_200);
    expect(stage.queries).toEqual([0]);
    stage.say(VENUE_ORDER_STATUS, 0, { code: VENUE_STATUS_OPEN });
    expect(stage.cancels).toEqual([0, 0]);
    stage.fill(0, 1, 1, 1);
    expect([stage.sent.length, stage.done]).toEqual([1, [1]]);
  });

  it('the fills of an order that was found filled are asked for until all are there', () => {
    const stage = new Stage();
    stage.decide({ kind: INTENT_EXIT, reason: RISK });
    stage.advanceTo(2_000);
    stage.say(VENUE_ORDER_STATUS, 0, { code: VENUE_STATUS_FILLED, cumQty: 1 });
    expect(stage.done).toEqual([]);
    stage.advanceTo(3_000);
    expect(stage.queries.length).toBeGreaterThan(1);
    stage.fill(0, 1, 1, 1);
    expect(stage.done).toEqual([1]);
    expect(stage.machine.nextDueDay).toBe(-1);
  });

  it('a stream that is there again is asked for every order', () => {
    const stage = new Stage();
    stage.decide();
    stage.decide({ ...TAKE, assetIndex: 1 });
    stage.say(VENUE_ACCEPTED, 0);
    stage.say(VENUE_DISCONNECTED, -1);
    stage.say(VENUE_CONNECTED, -1);
    expect(stage.queries).toEqual([0, 1]);
  });
});

describe('what should not be', () => {
  it('a fill told twice is booked once', () => {
    const stage = new Stage();
    stage.decide();
    stage.fill(0, 1, 0.4, 0.4);
    stage.fill(0, 1, 0.4, 0.4);
    expect(stage.irregular).toEqual([IRREGULAR_DUPLICATE_FILL]);
    stage.fill(0, 2, 0.6, 1);
    expect([stage.kinds().at(-2), stage.done]).toEqual([REPORT_FILLED, [1]]);
  });

  it('a late ack does not overwrite a fill, and says nothing', () => {
    const stage = new Stage();
    stage.decide();
    stage.fill(0, 1, 1, 1);
    stage.say(VENUE_ACCEPTED, 0);
    expect([stage.irregular, stage.done]).toEqual([[], [1]]);
  });

  it('a fill beyond the order is counted, not booked', () => {
    const stage = new Stage();
    stage.decide();
    stage.fill(0, 1, 0.9, 0.9);
    stage.fill(0, 2, 0.3, 1.2);
    expect(stage.irregular).toEqual([IRREGULAR_OVERFILL]);
  });

  it('a fill without price, quantity or trade is counted, not booked', () => {
    const stage = new Stage();
    stage.decide();
    stage.fill(0, -1, 0.3, 0.3);
    stage.fill(0, 1, 0, 0.3);
    stage.fill(0, 1, Number.NaN, 0.3);
    stage.fill(0, 1, 0.3, Number.NaN);
    expect(stage.irregular).toEqual([
      IRREGULAR_MALFORMED,
      IRREGULAR_MALFORMED,
      IRREGULAR_MALFORMED,
      IRREGULAR_MALFORMED,
    ]);
    expect(stage.reports).toEqual([]);
  });

  it('a rejection of an order that the venue had is counted, not believed', () => {
    const stage = new Stage();
    stage.decide();
    stage.say(VENUE_ACCEPTED, 0);
    stage.say(VENUE_REJECTED, 0, { code: REJECT_POST_ONLY });
    expect([stage.irregular, stage.sent.length]).toEqual([[IRREGULAR_LATE_REJECT], 1]);
  });

  it('a cancel of a filled order is counted and harmless', () => {
    const stage = new Stage();
    stage.decide();
    stage.fill(0, 1, 1, 1);
    stage.say(VENUE_CANCELED, 0, { cumQty: 1 });
    expect([stage.irregular, stage.done]).toEqual([[IRREGULAR_TRANSITION], [1]]);
  });

  it('a fill of an order that had been given up is told all the same: a position is the sum of its fills', () => {
    const stage = new Stage();
    stage.decide();
    stage.say(VENUE_REJECTED, 0, { code: REJECT_MARGIN });
    stage.fill(0, 1, 0.5, 0.5);
    expect(stage.irregular).toEqual([IRREGULAR_LATE_FILL, IRREGULAR_TRANSITION]);
    expect(stage.reports.at(-1)).toMatchObject({ lastQty: 0.5, clientOrderSeq: 0 });
  });

  it('events of unknown orders are parked; one that comes to be known gets its own', () => {
    const stage = new Stage();
    stage.fill(0, 1, 1, 1);
    stage.say(VENUE_ACCEPTED, 3, { runEpoch: 6 });
    stage.say(VENUE_ACCEPTED, -1, { runEpoch: -1 });
    expect(stage.irregular).toEqual([IRREGULAR_PARKED, IRREGULAR_PARKED, IRREGULAR_PARKED]);
    stage.decide();
    expect([stage.done, stage.machine.desk.parked.length]).toEqual([[1], 2]);
  });

  it('events of orders too old to be remembered are counted', () => {
    const stage = new Stage();
    for (let seq = 0; seq <= ORDER_TABLE_SIZE; seq++) {
      stage.decide();
      stage.fill(seq, seq, 1, 1);
    }
    stage.fill(0, 0, 1, 1);
    expect(stage.irregular).toEqual([IRREGULAR_FORGOTTEN]);
    expect(stage.done).toHaveLength(ORDER_TABLE_SIZE + 1);
  });
});
