import { describe, expect, test } from 'vitest';
import { COMMAND_FLATTEN } from '../../../src/model/command.ts';
import { createExecutionReport, REPORT_STEP_DONE } from '../../../src/model/execution-report.ts';
import { EXIT_HIBERNATE, MAX_HOLD, RISK, TAKE_PROFIT } from '../../../src/model/exit-reason.ts';
import { INTENT_CANCEL_ENTRY, INTENT_ENTRY, INTENT_EXIT, INTENT_HASTEN_EXIT } from '../../../src/model/intent.ts';
import { HIBERNATE } from '../../../src/model/posture.ts';
import { NS_PER_SECOND } from '../../../src/model/time.ts';
import { DAY, NONE } from './desk.ts';
import { ETH, RoutedRun } from './routed-run.ts';

describe('a decided entry', () => {
  test('is an intent, and no position before its first fill', () => {
    const run = new RoutedRun();
    const intent = run.decideShort();
    expect(intent).toMatchObject({
      kind: INTENT_ENTRY,
      sequence: 0,
      direction: -1,
      assetIndex: ETH,
      price: 49,
      reason: 0,
    });
    expect(intent).toMatchObject({ lifetimeBar: 4, tsEventNsOfDay: 25 * NS_PER_SECOND });
    expect(intent.qty).toBe(intent.notional / 49);
    expect([run.position.isOpen, run.position.qty, run.position.entryPrice]).toEqual([true, 0, Number.NaN]);
    run.eth(30);
    expect([run.intents.length, run.engine.capital, run.engine.run().maxDrawdownMarked]).toEqual([1, 25_000, 0]);
  });

  test('bars every other entry until it has ended; ended without a fill it is no trade, and the same step may enter', () => {
    const run = new RoutedRun();
    run.decideShort();
    run.eth(48, { velDiv: -0.03 });
    expect(run.intents).toHaveLength(1);
    run.done(0);
    run.eth(47, { velDiv: -0.03 });
    expect(run.intents.map(({ sequence, kind }) => [sequence, kind])).toEqual([
      [0, INTENT_ENTRY],
      [1, INTENT_ENTRY],
    ]);
    expect(run.engine.run().routed).toEqual({ entriesUnfilled: 1, strayFills: 0 });
    expect(run.trades).toEqual([]);
  });

  test('a step of the lockstep that is done says nothing to the machine', () => {
    const run = new RoutedRun();
    run.decideShort();
    run.actor.onReport({ ...createExecutionReport(), kind: REPORT_STEP_DONE, intentSequence: 0 });
    expect(run.position.isOpen).toBe(true);
  });
});

describe('bars are counted from the first fill', () => {
  test('a fill at the time of a bar is a fill of that bar', () => {
    const run = new RoutedRun();
    const { qty } = run.decideShort();
    run.fill(0, 49, qty / 2, 30);
    run.eth(49);
    expect([run.position.entryBar, run.position.barsHeld]).toEqual([5, 0]);
    run.fill(0, 49, qty / 2, 35);
    run.eth(49);
    expect([run.position.entryBar, run.position.barsHeld]).toEqual([5, 1]);
  });

  test('a 0.1 s bar adds none, and a close that it hears of bars no entry on the next scan', () => {
    const run = new RoutedRun({ resolution: 'hybrid' });
    const { qty } = run.decideShort();
    run.fill(0, 49, qty, 26);
    run.done(0);
    run.bar(49, 26.5);
    expect([run.position.entryBar, run.position.barsHeld]).toEqual([4, 0]);
    run.bar(48, 27);
    expect(run.lastIntent.reason).toBe(TAKE_PROFIT);
    run.fill(1, 48, qty, 27.5);
    run.done(1);
    run.bar(48, 27.5);
    expect(run.trades[0]).toMatchObject({ entryBar: 4, exitBar: 4 });
    run.eth(47, { velDiv: -0.03 });
    expect(run.lastIntent).toMatchObject({ kind: INTENT_ENTRY, sequence: 2 });
  });

  test('an earlier one was before that bar', () => {
    const run = new RoutedRun();
    const { qty } = run.decideShort();
    run.fill(0, 49, qty, 27);
    run.eth(49);
    expect([run.position.entryBar, run.position.barsHeld]).toEqual([4, 1]);
  });

  test('MAX_HOLD, in bars or by the clock, counts from there too', () => {
    const run = new RoutedRun({ max_hold_bars: 3 });
    const { qty } = run.decideShort();
    run.eth(49);
    run.eth(49); // seconds 30 and 35: not held yet
    run.fill(0, 49, qty, 40);
    run.done(0);
    for (let bar = 0; bar < 3; bar++) run.eth(49); // 40 is the bar of the entry
    expect(run.intents).toHaveLength(1);
    run.eth(49);
    expect(run.lastIntent).toMatchObject({ kind: INTENT_EXIT, reason: MAX_HOLD, sequence: 1, price: 49, qty });
    const late = new RoutedRun({ max_hold_bars: 3 });
    late.openShort();
    late.eth(49, { second: 45 }); // filled at 30, one bar held, 15 s = 3 bars of 5 s
    expect(late.lastIntent).toMatchObject({ kind: INTENT_EXIT, reason: MAX_HOLD });
  });

  test('overdue without a price: it waits, and counts once', () => {
    const run = new RoutedRun({ max_hold_bars: 1 });
    run.openShort();
    run.eth(NONE);
    run.eth(NONE);
    expect([run.intents.length, run.engine.tally.lateExits]).toEqual([1, 1]);
    run.eth(49);
    expect(run.lastIntent.reason).toBe(MAX_HOLD);
  });
});

describe('an exit', () => {
  test('is asked against the average of the entry, not against its decision', () => {
    const run = new RoutedRun();
    const { qty } = run.decideShort();
    run.fill(0, 49, qty / 2, 30);
    run.fill(0, 48, qty / 2, 30); // 48.5 on average: the take profit of 0.95 % is at 48.03925
    run.done(0);
    run.eth(48.04);
    expect(run.intents).toHaveLength(1);
    run.eth(48.03);
    expect(run.lastIntent).toMatchObject({ kind: INTENT_EXIT, reason: TAKE_PROFIT, qty, price: 48.03, direction: -1 });
  });

  test('cancels an entry that still works, and leaves what was filled upon its end, at the last valid price', () => {
    const run = new RoutedRun();
    const { qty } = run.decideShort();
    run.fill(0, 49, qty / 4, 27);
    run.eth(48);
    expect(run.lastIntent).toMatchObject({ kind: INTENT_CANCEL_ENTRY, sequence: 1, reason: TAKE_PROFIT });
    run.eth(47.5);
    run.eth(NONE);
    run.fill(0, 49, qty / 4, 41); // crossed the cancel
    expect(run.intents).toHaveLength(2);
    run.done(0, 42);
    expect(run.lastIntent).toMatchObject({
      kind: INTENT_EXIT,
      sequence: 2,
      reason: TAKE_PROFIT,
      price: 47.5,
      lifetimeBar: 7,
    });
    expect(run.lastIntent).toMatchObject({
      qty: qty / 2,
      notional: (49 * qty) / 2,
      tsEventNsOfDay: 42 * NS_PER_SECOND,
    });
  });

  test('is one at a time', () => {
    const run = new RoutedRun();
    run.openShort();
    run.eth(48);
    run.eth(47);
    expect(run.intents.filter(({ kind }) => kind === INTENT_EXIT)).toHaveLength(1);
  });

  test('that ended short is decided anew by the next bar; its decision prices count by quantity', () => {
    const run = new RoutedRun();
    const { qty } = run.openShort();
    run.eth(48);
    run.fill(1, 48, qty / 4, 36);
    run.done(1);
    run.eth(47);
    expect(run.lastIntent).toMatchObject({ kind: INTENT_EXIT, sequence: 2, price: 47, qty: (qty * 3) / 4 });
    run.fill(2, 47, (qty * 3) / 4, 45);
    run.done(2);
    const [trade] = run.trades;
    expect(trade!.exitNextBar).toBe(trade!.exit); // no price since the last decision
    expect(trade!.routed!.exitDecision).toBeCloseTo(47.25, 12); // (48 + 3 x 47) / 4
    expect(trade!.exit).toBeCloseTo(47.25, 12);
  });

  test('of an order that was given up and lived: its late fill has left the position as well', () => {
    const run = new RoutedRun();
    const { qty } = run.openShort();
    run.eth(48);
    run.done(1); // given up
    run.eth(48);
    expect(run.lastIntent.sequence).toBe(2);
    run.fill(1, 48, qty, 41);
    run.done(2);
    expect([run.position.isOpen, run.engine.run().routed!.strayFills]).toEqual([false, 0]);
  });
});

describe('a closed trade', () => {
  /** SHORT 49 with a fee of 1, out at 48 with a fee of 2, 0.5 of funding paid. */
  function closed(): RoutedRun {
    const run = new RoutedRun({ taker_fee: 0.001, maker_fee: 0 });
    const { qty } = run.openShort(1);
    run.funding(ETH, 0.5);
    run.funding(0, 7); // of another asset: not ours
    run.eth(48);
    run.fill(1, 48.5, qty / 2, 36, { fee: 1 });
    run.fill(1, 47.5, qty / 2, 40, { fee: 1 });
    run.done(1);
    run.eth(47);
    run.eth(46);
    return run;
  }

  test('is what its fills made it', () => {
    const run = closed();
    const [entry] = run.intents;
    const { qty } = entry!;
    const [trade] = run.trades;
    expect(trade).toMatchObject({
      date: '2026-01-05',
      entryTs: '2026-01-05T00:00:30.000Z',
      exitTs: '2026-01-05T00:00:40.000Z',
      entryBar: 5,
      exitBar: 7, // the last fill is of second 40, which is bar 7
      asset: 'ETHUSDT',
      direction: -1,
      reason: 'TAKE_PROFIT',
      entry: 49,
      exit: 48,
      fees: 3,
      bucket: 3,
      entryNextBar: 49,
      exitNextBar: 47,
      routed: { entryDecision: 49, exitDecision: 48, funding: 0.5, feesEntry: 1, feesExit: 2 },
    });
    expect(trade!.routed!.qty).toBeCloseTo(qty, 12);
    expect(trade!.notional).toBeCloseTo(49 * qty, 9);
    expect(trade!.pnl).toBeCloseTo(qty - 3.5, 9); // 1 a unit, less fees and funding
    expect(trade!.capital).toBe(25_000 + trade!.pnl);
    // as the analytic account expects it: entry rate 0.62, exit rate 0.5, taker 0.1 %
    expect(trade!.feesExpected).toBeCloseTo(49 * qty * 0.38 * 0.001 + 48 * qty * 0.5 * 0.001, 9);
    expect(run.engine.tally.trades).toBe(1);
    expect(run.engine.run().routed).toEqual({ entriesUnfilled: 0, strayFills: 1 });
  });

  test('opens none on the bar that sees the close first; the next one may', () => {
    const run = new RoutedRun();
    const { qty } = run.openShort();
    run.eth(48);
    run.fill(1, 48, qty, 38);
    run.done(1);
    run.eth(47, { velDiv: -0.03 });
    expect(run.lastIntent.sequence).toBe(1);
    run.eth(46, { velDiv: -0.03 });
    expect(run.lastIntent).toMatchObject({ kind: INTENT_ENTRY, sequence: 2 });
  });

  test('ends at the bar before when its last fill was before the bar that hears of it', () => {
    const run = new RoutedRun();
    const { qty } = run.openShort();
    run.eth(48);
    run.fill(1, 48, qty, 38);
    run.done(1);
    run.eth(47);
    expect(run.trades[0]).toMatchObject({ exitBar: 6, exitTs: '2026-01-05T00:00:38.000Z' });
  });
});

describe('an ordered close', () => {
  test('HIBERNATE cancels an entry before its first fill', () => {
    const run = new RoutedRun({ close_at_day_end: false, carry_positions: true }, [0, HIBERNATE]);
    run.decideShort();
    run.nextDay(NONE);
    expect(run.lastIntent).toMatchObject({ kind: INTENT_CANCEL_ENTRY, sequence: 1, reason: EXIT_HIBERNATE, qty: 0 });
    run.eth(49, { day: DAY + 1 });
    run.done(0);
    expect([run.intents.length, run.position.isOpen]).toEqual([2, false]);
  });

  test('HIBERNATE leaves an open position at its first valid price', () => {
    const run = new RoutedRun({ close_at_day_end: false, carry_positions: true }, [0, HIBERNATE]);
    run.openShort();
    run.nextDay(NONE);
    expect(run.intents).toHaveLength(1);
    run.eth(49, { day: DAY + 1 });
    expect(run.lastIntent).toMatchObject({ kind: INTENT_EXIT, reason: EXIT_HIBERNATE });
  });

  test('a flatten cancels an entry, and is over with it', () => {
    const run = new RoutedRun();
    const { qty } = run.decideShort();
    run.command(COMMAND_FLATTEN);
    expect(run.engine.isFlattening).toBe(true);
    run.eth(49);
    expect(run.lastIntent).toMatchObject({ kind: INTENT_CANCEL_ENTRY, reason: RISK });
    run.fill(0, 49, qty / 2, 31);
    run.done(0);
    expect(run.lastIntent).toMatchObject({ kind: INTENT_EXIT, reason: RISK, qty: qty / 2 });
    // 1 told execution that nothing may be opened any more, 2 canceled the entry.
    run.fill(3, 49, qty / 2, 36);
    run.done(3);
    expect(run.engine.isFlattening).toBe(false);
    expect(run.trades[0]!.reason).toBe('RISK');
  });

  test('when flat orders nothing', () => {
    const run = new RoutedRun();
    run.command(COMMAND_FLATTEN);
    expect(run.engine.isFlattening).toBe(false);
  });
});

describe('the breaker sees the routed equity', () => {
  /** A loss of 250 USDT. */
  const LIMIT = { daily_loss_limit_pct: 0.01 };

  test('fees, funding and the filled part alone', () => {
    const run = new RoutedRun(LIMIT);
    const { qty } = run.decideShort();
    run.fill(0, 49, qty / 2, 30, { fee: 240 });
    run.eth(49);
    expect(run.engine.breaker.isTripped).toBe(false);
    run.funding(ETH, 10);
    run.eth(49);
    expect(run.engine.breaker.status).toBe('dailyLoss');
    expect(run.lastIntent).toMatchObject({ kind: INTENT_CANCEL_ENTRY, reason: RISK });
    expect(run.engine.run().maxDrawdownMarked).toBe(0.01);
  });

  test('RISK hastens a take profit that works, once', () => {
    const run = new RoutedRun(LIMIT);
    const { qty } = run.openShort();
    run.eth(48);
    expect(run.lastIntent.reason).toBe(TAKE_PROFIT);
    run.eth(49 + 260 / qty);
    expect(run.lastIntent).toMatchObject({ kind: INTENT_HASTEN_EXIT, sequence: 2, reason: RISK, qty });
    run.eth(49 + 260 / qty);
    expect(run.intents).toHaveLength(3);
    run.fill(1, 49 + 260 / qty, qty, 50);
    run.done(1);
    expect(run.trades[0]!.reason).toBe('RISK');
    expect(run.engine.canOpen()).toBe(false);
  });

  test('RISK hastens a take profit also where the price still gives one', () => {
    const run = new RoutedRun(LIMIT);
    run.openShort();
    run.eth(48);
    run.funding(ETH, 1000);
    run.eth(48);
    expect(run.lastIntent).toMatchObject({ kind: INTENT_HASTEN_EXIT, reason: RISK });
  });

  test('a fill of an exit counts as it is, the rest at the mark', () => {
    const run = new RoutedRun({ ...LIMIT, max_hold_bars: 1 });
    const { qty } = run.openShort();
    run.eth(49);
    run.fill(1, 49 + 240 / (qty / 2), qty / 2, 36); // a loss of 240 on half of it
    run.eth(49);
    expect(run.engine.breaker.isTripped).toBe(false);
    run.eth(49 + 12 / (qty / 2));
    expect(run.engine.breaker.isTripped).toBe(true);
  });
});
