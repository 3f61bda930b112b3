import { describe, expect, test } from 'vitest';
import { DAY_END, MAX_HOLD, TAKE_PROFIT } from '../../../src/model/exit-reason.ts';
import { FLAG_LAST_OF_DAY } from '../../../src/model/frame.ts';
import { INTENT_CANCEL_ENTRY, INTENT_ENTRY, INTENT_EXIT } from '../../../src/model/intent.ts';
import { NS_PER_SECOND } from '../../../src/model/time.ts';
import { DAY, NONE } from './desk.ts';
import { RoutedRun } from './routed-run.ts';

/** The days of a run as [date, pnl, trades, capital]. */
const daysOf = (run: RoutedRun) =>
  run.engine.run().days.map(({ date, pnl, trades, capital }) => [date, pnl, trades, capital]);

describe('the last frame of a day', () => {
  test('leaves what is held, while orders can still be sent', () => {
    const run = new RoutedRun();
    const { qty } = run.openShort();
    run.lastOfDay(48.9);
    expect(run.lastIntent).toMatchObject({ kind: INTENT_EXIT, reason: DAY_END, price: 48.9, qty, sequence: 1 });
    expect(run.lastIntent).toMatchObject({ tsEventDay: DAY, tsEventNsOfDay: 35 * NS_PER_SECOND, lifetimeBar: 6 });
  });

  test('cancels an entry that works, and decides none', () => {
    const run = new RoutedRun();
    run.decideShort();
    run.lastOfDay(49);
    expect(run.lastIntent).toMatchObject({ kind: INTENT_CANCEL_ENTRY, reason: DAY_END });
    const idle = new RoutedRun();
    for (const btc of [100, 101, 100, 101]) idle.scan([btc, 50, 20]);
    idle.lastOfDay(49, { velDiv: -0.03 });
    expect(idle.intents).toEqual([]);
  });

  test('counts a stale price, once, and needs none', () => {
    const run = new RoutedRun();
    run.openShort();
    for (let bar = 0; bar < 25; bar++) run.eth(NONE);
    run.lastOfDay(NONE);
    expect(run.lastIntent).toMatchObject({ reason: DAY_END, price: 49 });
    run.nextDay(NONE);
    expect(run.dayResults[0]!.counters.staleFills).toBe(1);
  });

  test('says so also when it is dropped as a repeated scan', () => {
    const run = new RoutedRun();
    run.openShort();
    run.lastOfDay(30, { number: 1 });
    expect(run.lastIntent).toMatchObject({ kind: INTENT_EXIT, reason: DAY_END, price: 49 });
  });

  test('may be a 0.1 s bar', () => {
    const run = new RoutedRun({ resolution: 'hybrid' });
    run.openShort();
    run.eth(49);
    expect(run.intents).toHaveLength(1);
    run.bar(48.8, 37.5, FLAG_LAST_OF_DAY);
    expect(run.lastIntent).toMatchObject({ reason: DAY_END, price: 48.8, tsEventNsOfDay: 37.5e9, lifetimeBar: 6 });
    run.end();
    expect(run.trades[0]).toMatchObject({ reason: 'UNFILLED_END', exitTs: '2026-01-05T00:00:37.500Z', exit: 48.8 });
  });

  test('ends no position that is carried, and may enter', () => {
    const run = new RoutedRun({ close_at_day_end: false, carry_positions: true });
    for (const btc of [100, 101, 100, 101]) run.scan([btc, 50, 20]);
    run.lastOfDay(49, { velDiv: -0.03 });
    expect(run.intents.map(({ kind }) => kind)).toEqual([INTENT_ENTRY]);
  });

  test('that no source has flagged is found at the boundary', () => {
    const run = new RoutedRun();
    run.openShort();
    run.nextDay(49);
    expect(run.lastIntent).toMatchObject({ kind: INTENT_EXIT, reason: DAY_END, tsEventDay: DAY, lifetimeBar: 5 });
    expect(run.lastIntent.tsEventNsOfDay).toBe(30 * NS_PER_SECOND);
  });
});

describe('a fill after midnight belongs to the day of its decision', () => {
  const AFTER_MIDNIGHT = { day: DAY + 1 };

  test('heard of before anything else of the new day: it is in the result that the day ends with', () => {
    const run = new RoutedRun();
    const { qty } = run.openShort();
    run.lastOfDay(49);
    run.fill(1, 50, qty, 4, AFTER_MIDNIGHT);
    run.done(1);
    run.nextDay(50);
    expect(run.trades[0]).toMatchObject({ date: '2026-01-05', reason: 'DAY_END', exitTs: '2026-01-06T00:00:04.000Z' });
    expect(run.trades[0]!.exitBar).toBe(6);
    expect(run.dayResults).toHaveLength(1);
    expect(run.dayResults[0]).toMatchObject({
      pnl: run.engine.capital - 25_000,
      trades: 1,
      capital: run.engine.capital,
    });
  });

  test('heard of when the new day has begun: the result of its day is amended, and the new day has none of it', () => {
    const run = new RoutedRun({ daily_loss_limit_pct: 0.01, max_consecutive_losses: 1 });
    const { qty } = run.openShort();
    run.lastOfDay(49);
    run.book(DAY + 1, 1);
    run.fill(1, 49 + 300 / qty, qty, 5, AFTER_MIDNIGHT); // more than the day may lose
    run.done(1);
    run.nextDay(49);
    const { breaker, capital } = run.engine;
    expect(capital).toBeCloseTo(24_700, 6);
    expect([breaker.isTripped, run.engine.tally.trades]).toEqual([false, 0]);
    expect(run.trades[0]).toMatchObject({ date: '2026-01-05', exitBar: 7, capital });
    const next = run.decideShort({ day: DAY + 1 });
    run.fill(next.sequence, 49, next.qty, 30, AFTER_MIDNIGHT);
    run.eth(49, { day: DAY + 1 }); // asked for the first time: nothing was lost on this day
    expect(breaker.isTripped).toBe(false);
    run.interrupt();
    expect(run.dayResults[0]).toMatchObject({ pnl: 0, trades: 0, capital: 25_000 }); // as it was told
    expect(daysOf(run)).toEqual([
      ['2026-01-05', run.trades[0]!.pnl, 1, capital],
      ['2026-01-06', 0, 0, capital],
    ]);
  });

  test('marks the equity of the run until then, and does not ask the breaker of the new day', () => {
    const run = new RoutedRun({ daily_loss_limit_pct: 0.01 });
    const { qty } = run.openShort();
    run.lastOfDay(49);
    run.nextDay(49 + 500 / qty);
    expect(run.engine.breaker.isTripped).toBe(false);
    expect(run.engine.run().maxDrawdownMarked).toBeCloseTo(0.02, 12);
    run.fill(1, 49 + 500 / qty, qty, 9, AFTER_MIDNIGHT);
    run.done(1);
    expect(run.engine.breaker.isTripped).toBe(false);
  });

  test('an exit that ended short is sent again for the day that is over', () => {
    const run = new RoutedRun();
    const { qty } = run.openShort();
    run.lastOfDay(49);
    run.done(1);
    run.nextDay(49.5);
    expect(run.lastIntent).toMatchObject({ kind: INTENT_EXIT, sequence: 2, reason: DAY_END, price: 49 });
    run.done(2);
    run.eth(49.5, { day: DAY + 1 });
    expect(run.lastIntent).toMatchObject({ kind: INTENT_EXIT, sequence: 3, reason: DAY_END, price: 49.5 });
    run.fill(3, 49.5, qty, 11, AFTER_MIDNIGHT);
    run.done(3);
    expect(run.trades[0]).toMatchObject({ date: '2026-01-05', reason: 'DAY_END' });
  });

  test('a carried position belongs to the day that decided its exit, also when an earlier exit ended short', () => {
    const run = new RoutedRun({ close_at_day_end: false, carry_positions: true, max_hold_bars: 2 });
    const { qty } = run.openShort();
    run.lastOfDay(48);
    expect(run.lastIntent.reason).toBe(TAKE_PROFIT);
    run.done(1);
    run.nextDay(49);
    expect(run.lastIntent.reason).toBe(MAX_HOLD);
    run.fill(2, 49, qty, 9, AFTER_MIDNIGHT);
    run.done(2);
    run.end();
    expect(run.trades[0]!.date).toBe('2026-01-06');
    expect(daysOf(run).map(([, , trades]) => trades)).toEqual([0, 1]);
  });
});

describe('the end of the data', () => {
  test('marks what is still held at its last valid price, without a fee', () => {
    const run = new RoutedRun();
    const { qty } = run.openShort(1);
    run.lastOfDay(48.5);
    run.fill(1, 48, qty / 2, 37, { fee: 2 });
    run.done(1); // working orders were canceled
    run.end();
    const [trade] = run.trades;
    expect(trade).toMatchObject({ reason: 'UNFILLED_END', date: '2026-01-05', fees: 3 });
    expect(trade!.exit).toBeCloseTo(48.25, 12);
    expect(trade).toMatchObject({ exitTs: '2026-01-05T00:00:35.000Z', exitBar: 6 });
    expect(trade!.pnl).toBeCloseTo(0.75 * qty - 3, 9);
    expect(daysOf(run)).toEqual([['2026-01-05', trade!.pnl, 1, 25_000 + trade!.pnl]]);
    expect(run.position.isOpen).toBe(false);
  });

  test('marks a position that no exit was decided for, and counts an entry without a fill', () => {
    const carried = new RoutedRun({ close_at_day_end: false, carry_positions: true });
    carried.openShort();
    carried.end();
    expect(carried.trades[0]).toMatchObject({ reason: 'UNFILLED_END', exit: 49, date: '2026-01-05' });
    const entering = new RoutedRun();
    entering.decideShort();
    entering.end();
    expect([entering.trades, entering.engine.run().routed!.entriesUnfilled]).toEqual([[], 1]);
  });

  test('belongs to the day that is over, when it marks what that day was to leave', () => {
    const run = new RoutedRun();
    run.openShort();
    run.lastOfDay(49);
    run.nextDay(48);
    run.end();
    expect(run.trades[0]).toMatchObject({ reason: 'UNFILLED_END', date: '2026-01-05', exit: 48 });
    expect(daysOf(run).map(([, , trades]) => trades)).toEqual([1, 0]);
  });

  test('that was an interruption leaves it as it is, in no trade', () => {
    const run = new RoutedRun();
    run.openShort();
    run.interrupt();
    expect([run.trades, run.engine.capital, run.position.isOpen]).toEqual([[], 25_000, true]);
  });
});
