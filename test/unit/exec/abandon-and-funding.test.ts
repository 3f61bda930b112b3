import { describe, expect, it } from 'vitest';
import { IRREGULAR_DUPLICATE_FILL, IRREGULAR_MALFORMED } from '../../../src/exec/irregularities.ts';
import { REPORT_FUNDING } from '../../../src/model/execution-report.ts';
import { MAX_HOLD, TAKE_PROFIT } from '../../../src/model/exit-reason.ts';
import { INTENT_EXIT } from '../../../src/model/intent.ts';
import {
  VENUE_ACCEPTED,
  VENUE_CANCEL_REJECTED,
  VENUE_CANCELED,
  VENUE_FUNDING,
  VENUE_ORDER_STATUS,
  VENUE_STATUS_OPEN,
} from '../../../src/model/venue.ts';
import { Stage } from './stage.ts';

describe('everything is abandoned', () => {
  it.each([
    ['an entry', {}],
    ['a take profit', { kind: INTENT_EXIT, reason: TAKE_PROFIT }],
    ['a market exit', { kind: INTENT_EXIT, reason: MAX_HOLD }],
  ])('%s that works is canceled, and nothing follows it', (_name, fields) => {
    const stage = new Stage();
    stage.decide(fields);
    stage.say(VENUE_ACCEPTED, 0);
    stage.machine.abandonAll();
    stage.machine.abandonAll();
    expect(stage.cancels).toEqual([0]);
    stage.say(VENUE_CANCELED, 0);
    expect([stage.sent.length, stage.done, stage.machine.isIdle]).toEqual([1, [0], true]);
  });

  it('a limit that was to be followed by a market order is followed by none', () => {
    const stage = new Stage();
    stage.decide({ kind: INTENT_EXIT, reason: TAKE_PROFIT });
    stage.say(VENUE_ACCEPTED, 0);
    stage.advanceTo(10_000);
    stage.machine.abandonAll();
    stage.say(VENUE_CANCELED, 0);
    expect([stage.sent.length, stage.done]).toEqual([1, [0]]);
  });

  it('a market order that is found alive is canceled again', () => {
    const stage = new Stage();
    stage.decide({ kind: INTENT_EXIT, reason: MAX_HOLD });
    stage.machine.abandonAll();
    stage.say(VENUE_CANCEL_REJECTED, 0);
    stage.advanceTo(1_000);
    stage.say(VENUE_ORDER_STATUS, 0, { code: VENUE_STATUS_OPEN });
    expect(stage.cancels).toEqual([0, 0]);
    stage.fill(0, 1, 1, 1);
    expect([stage.done, stage.machine.metrics.get('exits_unfilled')]).toEqual([[1], 0]);
  });
});

describe('funding', () => {
  const settled = { tradeId: 9, fee: 0.5, lastPx: 100, lastQty: -2 };

  it('is reported as it was settled, once', () => {
    const stage = new Stage();
    stage.say(VENUE_FUNDING, -1, settled);
    stage.say(VENUE_FUNDING, -1, settled);
    stage.say(VENUE_FUNDING, -1, { ...settled, tradeId: 10, fee: -0.25 });
    expect(stage.kinds()).toEqual([REPORT_FUNDING, REPORT_FUNDING]);
    expect(stage.reports.map(({ fee }) => fee)).toEqual([0.5, -0.25]);
    expect(stage.reports[0]).toMatchObject({ intentSequence: -1, clientOrderSeq: -1, lastPx: 100, lastQty: -2 });
    expect(stage.irregular).toEqual([IRREGULAR_DUPLICATE_FILL]);
  });

  it.each([
    ['without a number', { tradeId: -1 }],
    ['without an amount', { fee: Number.NaN }],
    ['without a mark price', { lastPx: 0 }],
  ])('%s is counted and not reported', (_name, fields) => {
    const stage = new Stage();
    stage.say(VENUE_FUNDING, -1, { ...settled, ...fields });
    expect([stage.reports, stage.irregular]).toEqual([[], [IRREGULAR_MALFORMED]]);
  });
});
