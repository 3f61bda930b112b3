import { describe, expect, it } from 'vitest';
import { ALL_FAULTS } from '../../../../src/exec/venue/fault-plan.ts';
import { REPORT_DENIED, REPORT_FUNDING, REPORT_INTENT_DONE } from '../../../../src/model/execution-report.ts';
import { MAX_HOLD, TAKE_PROFIT } from '../../../../src/model/exit-reason.ts';
import { INTENT_EXIT } from '../../../../src/model/intent.ts';
import { createTick, TICK_DEPTH, TICK_FUNDING, TICK_TRADE } from '../../../../src/model/tick.ts';
import { DENY_HALTED, DENY_LEVERAGE } from '../../../../src/risk/denial-reason.ts';
import { TRADING_HALTED } from '../../../../src/risk/pre-trade-gate.ts';
import { DAY, SessionStage } from './session-stage.ts';

const EXIT = { kind: INTENT_EXIT, reason: MAX_HOLD };

function stageAt(price: number): SessionStage {
  const stage = new SessionStage();
  stage.bar(0, price);
  return stage;
}

describe('a session of bars, by hand', () => {
  it('fills a maker entry at its limit when a later bar trades through it', () => {
    const stage = stageAt(100); // touch 99.9 / 100.1, so the limit joins the bid at 99.9
    stage.decide();
    stage.bar(5, 99.9); // at the limit: no fill
    stage.bar(10, 99.8); // through it
    stage.bar(15, 99.8);
    expect(stage.fills).toEqual([[99.9, 1, 99.9 * 0.0002, 1, 10]]);
    expect(stage.done).toEqual([1]);
    const { counters, entries } = stage.session.outcome().execution;
    expect(counters).toMatchObject({ entries_maker: 1, entries_taker: 0, orders: 1, fallbacks: 0 });
    // decision 100; first word 20 ms later, mid 100; heard at mid (99.7 + 99.9) / 2 = 99.8; filled at 99.9
    expect([entries.latencyCost, entries.queueCost, entries.spreadCost]).toEqual([
      0,
      expect.closeTo(-0.2, 9),
      expect.closeTo(0.1, 9),
    ]);
    expect(entries.timeToFillMaxMs).toBeCloseTo(10_010, 9);
  });

  it('goes to market when 25 s are over, and pays half a spread on the next bar', () => {
    const stage = stageAt(100);
    stage.decide();
    for (const second of [5, 10, 15, 20, 25]) stage.bar(second, 100);
    expect(stage.ordersSent).toBe(1); // the cancel leaves at 25 s, arrives at 25.01, is known at 25.02
    stage.bar(30, 102);
    stage.bar(35, 102);
    expect(stage.fills).toEqual([[102 * 1.0001, 1, expect.closeTo(102 * 1.0001 * 0.0005, 12), 0, 30]]);
    const { counters, entries } = stage.session.outcome().execution;
    expect(counters).toMatchObject({ entries_taker: 1, fallbacks: 1, cancels: 1, orders: 2 });
    // first word at mid 100, heard at mid 102 (101.9 and 102.1), filled at 102.0102
    expect([entries.latencyCost, entries.queueCost, entries.spreadCost]).toEqual([
      0,
      expect.closeTo(2, 9),
      expect.closeTo(0.0102, 9),
    ]);
  });

  it('exits by a reduce-only market order on the next bar', () => {
    const stage = stageAt(100);
    stage.decide();
    stage.bar(5, 99.8);
    stage.bar(10, 101);
    stage.decide({ ...EXIT, price: 101 });
    stage.bar(15, 101);
    stage.bar(20, 101);
    expect(stage.fills[1]).toEqual([101 * 0.9999, 1, expect.closeTo(101 * 0.9999 * 0.0005, 12), 0, 15]);
    expect(stage.session.account.qty(0)).toBe(0);
    // 1000 + (100.9899 - 99.9) - fees of 0.01998 and 0.05049495
    expect(stage.session.account.equity()).toBeCloseTo(1000 + 1.0899 - 0.01998 - 0.05049495, 9);
    expect(stage.session.outcome().execution.counters).toMatchObject({ exits_taker: 1, exits_maker: 0 });
  });

  it('takes no prices from a frame that is earlier than the last', () => {
    const stage = stageAt(100);
    stage.decide();
    stage.bar(10, 100);
    stage.bar(5, 99);
    stage.bar(15, 100);
    expect(stage.fills).toEqual([]);
  });
});

describe('the gate of a session', () => {
  it('denies what is wider than the sizing, and nothing else', () => {
    const stage = stageAt(100);
    stage.decide({ qty: 12.6 }); // 99.9 * 12.6 = 1258.74 > 1000 * 1 * 1.25
    stage.decide({ qty: 12.5 });
    expect(stage.reports[0]).toMatchObject({ kind: REPORT_DENIED, status: DENY_LEVERAGE });
    expect(stage.ordersSent).toBe(1);
    expect(stage.session.outcome().execution.denials).toEqual({ 'leverage above the maximum': 1 });
  });

  it('counts a working entry as exposure', () => {
    const stage = stageAt(100);
    stage.decide({ qty: 12 });
    expect(stage.session.account.grossNotional()).toBeCloseTo(99.9 * 12, 9);
  });

  it('counts a working exit as reduction', () => {
    const stage = stageAt(100);
    stage.decide();
    stage.bar(5, 99.8);
    stage.bar(10, 101);
    stage.decide({ ...EXIT, price: 101 });
    expect([stage.session.account.reducingQty(0), stage.session.account.qty(0)]).toEqual([1, 1]);
  });

  it('lets nothing through while trading is halted', () => {
    const stage = stageAt(100);
    stage.session.setTradingState(TRADING_HALTED);
    stage.decide();
    expect(stage.reports[0]).toMatchObject({ kind: REPORT_DENIED, status: DENY_HALTED });
  });
});

describe('stopWorking', () => {
  it('cancels a resting entry', () => {
    const stage = stageAt(100);
    stage.decide();
    stage.bar(1, 100);
    stage.session.stopWorking();
    expect([stage.done, stage.ordersSent]).toEqual([[0], 1]);
    expect(stage.reports.at(-1)).toMatchObject({ kind: REPORT_INTENT_DONE });
  });

  it('cancels a market order that waits for a price', () => {
    const stage = stageAt(100);
    stage.decide();
    for (const second of [5, 10, 15, 20, 25]) stage.bar(second, 100);
    stage.bar(26, Number.NaN);
    stage.session.stopWorking();
    expect([stage.done, stage.ordersSent]).toEqual([[0], 2]);
    const { execution, warnings } = stage.session.outcome();
    expect(execution.counters).toMatchObject({ entries_unfilled: 1, fallbacks: 1, cancels: 2 });
    expect(warnings.filter((text) => text.includes('still open'))).toEqual([]);
  });

  it('cancels an exit and leaves its position', () => {
    const stage = stageAt(100);
    stage.decide();
    stage.bar(5, 99.8);
    stage.bar(10, 101);
    stage.decide({ ...EXIT, reason: TAKE_PROFIT, price: 101 });
    stage.bar(11, 101);
    stage.session.stopWorking();
    expect(stage.done).toEqual([1, 0]);
    expect(stage.session.account.qty(0)).toBe(1);
    expect(stage.session.outcome().execution.counters).toMatchObject({ exits_unfilled: 1, fallbacks: 0 });
  });

  it('comes to an end with every fault on, whatever was under way', () => {
    for (let seed = 0; seed < 200; seed++) {
      const stage = new SessionStage({ seed, faults: ALL_FAULTS });
      stage.bar(0, 100);
      stage.decide();
      for (let second = 1; second <= seed % 40; second++) stage.bar(second, 100 + ((seed * second) % 7) / 10);
      stage.session.stopWorking();
      const { machine } = stage.session.taped;
      const venueOpen: number[] = [];
      stage.session.venue.visitOpenOrders(({ clientOrderSeq }) => void venueOpen.push(clientOrderSeq));
      expect([seed, machine.isIdle, stage.done.length, venueOpen]).toEqual([seed, true, 1, []]);
    }
  });

  it('sends nothing for what is decided afterwards', () => {
    const stage = stageAt(100);
    stage.session.stopWorking();
    stage.decide();
    expect([stage.ordersSent, stage.done]).toEqual([0, [0]]);
  });
});

describe('ticks', () => {
  it('of funding are reported once, with what was paid', () => {
    const stage = stageAt(100);
    stage.decide();
    stage.bar(5, 99.8);
    const tick = Object.assign(createTick(), {
      kind: TICK_FUNDING,
      assetIndex: 0,
      tsEventDay: DAY,
      tsEventNsOfDay: 6e9,
    });
    tick.values.set([0.0001, 100]);
    stage.session.onTick(tick);
    stage.bar(10, 99.8);
    const [report, ...others] = stage.reports.filter(({ kind }) => kind === REPORT_FUNDING);
    expect(others).toEqual([]);
    expect(report).toMatchObject({ fee: expect.closeTo(0.01, 12), lastPx: 100, lastQty: 1, intentSequence: -1 });
    expect(stage.session.outcome().funding).toBeCloseTo(0.01, 12);
    expect(stage.session.account.positions.funding).toBeCloseTo(-0.01, 12);
  });

  it('make the market of a venue of books: a print through the limit fills it', () => {
    const stage = new SessionStage({ venue: 'book' });
    stage.bar(0, 100);
    const depth = Object.assign(createTick(), {
      kind: TICK_DEPTH,
      assetIndex: 0,
      tsEventDay: DAY,
      tsEventNsOfDay: 1e9,
    });
    depth.values.set([99.9, 5, 100.1, 5]);
    depth.valueCount = 4;
    stage.session.onTick(depth);
    stage.decide();
    const trade = Object.assign(createTick(), {
      kind: TICK_TRADE,
      assetIndex: 0,
      tsEventDay: DAY,
      tsEventNsOfDay: 2e9,
    });
    trade.values.set([99.8, 10, -1]);
    stage.session.onTick(trade);
    stage.bar(5, 99.8);
    expect(stage.fills).toEqual([[99.9, 1, expect.closeTo(99.9 * 0.0002, 12), 1, 2]]);
  });
});
