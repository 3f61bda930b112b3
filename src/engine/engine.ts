import type { Histories } from '../alpha/histories.ts';
import type { VolatilityDetector } from '../alpha/layers/volatility.ts';
import type { OrderBookFeatures } from '../alpha/order-book.ts';
import type { DayResult } from '../model/day-result.ts';
import { LONG } from '../model/direction.ts';
import type { ExecutionReport } from '../model/execution-report.ts';
import type { FrameView } from '../model/frame.ts';
import type { IntentSink } from '../model/intent.ts';
import type { Posture } from '../model/posture.ts';
import type { Stateful, StateWalk } from '../model/state-walk.ts';
import type { EngineRun, TradeDetail } from '../model/trade.ts';
import type { PositionView } from '../portfolio/open-position.ts';
import type { AdaptiveCircuitBreaker } from '../risk/adaptive-circuit-breaker.ts';
import type { CircuitBreakerManager } from '../risk/circuit-breaker.ts';
import { type Forewarner, isMcGateOpen } from '../risk/forewarner.ts';
import { BarStep } from './bar-step.ts';
import { type DayRegime, RegimeOfDay } from './day-regime.ts';
import { DayResults } from './day-results.ts';
import { DayTally } from './day-tally.ts';
import type { Desk } from './desk.ts';
import { engineWarnings, routedCounts } from './engine-notes.ts';
import { EntryDecision } from './entry-decision.ts';
import { EntrySizing } from './entry-sizing.ts';
import { HeldSignal } from './held-signal.ts';
import { MarketHistory } from './market-history.ts';
import { OperatorHalts } from './operator-halts.ts';
import { PositionDesk } from './position-desk.ts';
import { RoutedDesk } from './routed-desk.ts';
import type { RunParams } from './run-params.ts';
import { StepClock } from './step-clock.ts';

/**
 * NDAlphaEngine: the seven layers over one UTC day at a time. A deterministic machine: it reads no clock and no
 * environment, its only randomness is its seeded generator, and its step allocates nothing.
 *
 * Life: `beginDay`, then `applyBook` and `step` in event order, then `endDay`. Semantics §3 to §7; spec 1.0 §8.
 */
export class AlphaEngine implements Stateful {
  readonly params: RunParams;
  readonly tally = new DayTally();

  private readonly clock = new StepClock();
  private readonly regimeOfDay: RegimeOfDay;
  private readonly market: MarketHistory;
  private readonly held: HeldSignal;
  private readonly desk: Desk;
  /** The same desk with routed fills, else null. */
  private readonly routed: RoutedDesk | null;
  private readonly entry: EntryDecision;
  private readonly sizing: EntrySizing;
  private readonly bars: BarStep;
  private readonly operator = new OperatorHalts();
  private readonly results = new DayResults();

  /** @param intents - told of every decided entry and exit, inside the step. */
  constructor(params: RunParams, intents: IntentSink) {
    const { tally, results, clock } = this;
    this.params = params;
    const onLateTrade = (day: number, pnl: number) => results.amend(day, pnl);
    this.routed = params.fills === 'routed' ? new RoutedDesk(params, intents, tally, onLateTrade) : null;
    this.desk = this.routed ?? new PositionDesk(params, intents, tally);
    this.regimeOfDay = new RegimeOfDay(params.config);
    this.market = new MarketHistory(params);
    this.held = new HeldSignal(params.universe.length, params.scanIntervalNs);
    this.entry = new EntryDecision(params, this, tally);
    const { regimeOfDay: regime, market, held, desk, entry } = this;
    this.sizing = new EntrySizing(params, regime, market, tally);
    this.bars = new BarStep({ params, clock, regime, market, tally, held, desk, entry, sizing: this.sizing });
  }

  /** Lifetime index of the next bar. */
  get lifetimeBar(): number {
    return this.clock.lifetimeBar;
  }

  get histories(): Histories {
    return this.market.histories;
  }

  /** The open position, or the last one when flat. */
  get position(): PositionView {
    return this.desk.position;
  }

  /** Realised capital, USDT. */
  get capital(): number {
    return this.desk.capital;
  }

  /** Realised capital and the marked gain of what is held, as of the last mark, USDT. */
  get equity(): number {
    return this.desk.equity.latest;
  }

  /** Realised capital at the start of the day, USDT. */
  get capitalAtDayStart(): number {
    return this.desk.capitalAtDayStart;
  }

  /** Trades booked so far. */
  get tradesBooked(): number {
    return this.desk.trades.length;
  }

  get breaker(): CircuitBreakerManager {
    return this.desk.breaker;
  }

  /** Order-book features; replaceable by a provider that fills them from elsewhere. */
  get book(): OrderBookFeatures {
    return this.market.book;
  }

  get volatility(): VolatilityDetector {
    return this.market.volatility;
  }

  /** Boost of the configured side (SHORT's with both), as reports show it. */
  get boost(): number {
    const { boostLong, boostShort } = this.regimeOfDay;
    return this.params.directionRule === LONG ? boostLong : boostShort;
  }

  get beta(): number {
    return this.regimeOfDay.beta;
  }

  /** Posture that holds now. */
  get posture(): Posture {
    return this.regimeOfDay.posture;
  }

  /** Product of the sensors that came with it. */
  get rm(): number {
    return this.regimeOfDay.rm;
  }

  /** Venue time of the last 0.1 s bar of today; -Infinity before the first. */
  get barNsOfDay(): number {
    return this.clock.lastBarNsOfDay;
  }

  /** Bars of today so far. */
  get barsToday(): number {
    return this.clock.barIndex;
  }

  /** Intents decided so far, entries and exits. */
  get intentsDecided(): number {
    return this.desk.intentCount;
  }

  /** What the day says about size and permission, for whoever explains a decision. Allocates. */
  get regime(): DayRegime {
    return this.regimeOfDay.record(this.market.proxyBoost.factor);
  }

  /** True while the forewarner lets positions open. */
  get isMcGateOpen(): boolean {
    return isMcGateOpen(this.regimeOfDay.mc);
  }

  setOrderBook(book: OrderBookFeatures): void {
    this.market.book = book;
  }

  setAcb(acb: AdaptiveCircuitBreaker): void {
    this.regimeOfDay.acb = acb;
  }

  setMcForewarner(forewarner: Forewarner): void {
    this.regimeOfDay.forewarner = forewarner;
  }

  /**
   * Replaces the day's boost and beta, for both sides, until the next update or day (semantics §6.2).
   * @returns false when they are not two finite numbers: refused and counted.
   */
  updateAcbBoost(boost: number, beta: number): boolean {
    if (!Number.isFinite(boost) || !Number.isFinite(beta)) {
      this.tally.acbRejected++;
      return false;
    }
    this.regimeOfDay.updateBoost(boost, beta);
    return true;
  }

  /**
   * Replaces the day's posture by a lower one, until the next day: what is held is left under HIBERNATE, from the next step on.
   * @param rm - product of the sensors that it comes with, in [0, 1].
   */
  lowerPosture(posture: Posture, rm: number): void {
    this.regimeOfDay.lowerPosture(posture, rm);
  }

  /** The risk gate: breaker, forewarner and operator let positions open. */
  canOpen(): boolean {
    return this.breaker.canOpen() && this.isMcGateOpen && !this.operator.isHalted;
  }

  /** True from {@link halt} or {@link flatten} to {@link resume}. */
  get isHalted(): boolean {
    return this.operator.isHalted;
  }

  /** True while a position that {@link flatten} found open still waits for a valid price. */
  get isFlattening(): boolean {
    return this.desk.isFlattening;
  }

  /** Bars entries at the risk gate until {@link resume}, over days. Exits go on. Repeating it changes nothing. */
  halt(): void {
    this.operator.halt(this.clock.lastStep());
    this.routed?.setReducing(true);
  }

  /** Halts, and closes an open position at its next valid price, reason RISK. */
  flatten(): void {
    this.operator.halt(this.clock.lastStep());
    this.routed?.setReducing(true);
    this.desk.flatten();
    if (this.isFlattening) this.operator.markFlatten();
  }

  /** Lets positions open again. A close that was ordered is not taken back: live, it may be at the venue already. */
  resume(): void {
    this.operator.resume(this.clock.lastStep());
    this.routed?.setReducing(false);
  }

  /** Resets the circuit breaker by hand (semantics §8); no end of a halt. */
  resetBreaker(): void {
    this.breaker.reset();
  }

  /**
   * Starts a UTC day: histories, funnel, counters and the generator begin anew; capital, trades, an open position that
   * is carried and the lifetime bar go on.
   */
  beginDay(day: number, posture: Posture, rm: number): void {
    this.regimeOfDay.beginDay(day, posture, rm);
    this.clock.beginDay();
    this.held.reset();
    this.tally.reset();
    this.market.reset();
    this.desk.beginDay(day);
  }

  /** Takes one order-book snapshot of today: a BOOK frame. */
  applyBook(frame: FrameView): void {
    if (!this.market.applyBook(frame)) this.tally.obRefused++;
  }

  /**
   * Takes one scan: histories, then exits, then entry (semantics §3). The frame is not kept.
   * @param canEnter - false bars entries on this bar (stale data); exits are still managed.
   */
  step(scan: FrameView, canEnter: boolean): void {
    this.bars.take(scan, canEnter, true);
  }

  /**
   * Takes a scan at `resolution: 0.1s`: its signal holds for the bars until the next, and nothing is stepped.
   * @param canEnter - false bars entries on this signal (stale data).
   */
  holdSignal(scan: FrameView, canEnter: boolean): void {
    this.held.hold(scan, canEnter);
  }

  /** Takes one 0.1 s bar at that resolution: a step as with a scan, on the signal that is held. */
  stepBar(bar: FrameView, canEnter: boolean): void {
    this.bars.takeBar(bar, canEnter);
  }

  /** Takes one 0.1 s bar between two scans (`resolution: hybrid`): the open position is managed, nothing else is done. */
  manageBar(bar: FrameView): void {
    this.bars.manageBar(bar);
  }

  /**
   * Routed fills: takes a report of execution, before the frame of its step. It may decide an exit, close a trade, amend the
   * result of an earlier day. With analytic fills nobody reports.
   * @param report - reusable; not kept.
   */
  onReport(report: ExecutionReport): void {
    this.routed?.onReport(report, this.lifetimeBar - 1);
  }

  /** Routed fills: the day has no later frame, so that what is held is to be left now, while orders can still be sent. */
  onLastOfDay(frame: FrameView): void {
    if (this.routed === null || !this.params.config.close_at_day_end) return;
    this.routed.closeAtDayEnd(frame.tsEventDay, frame.tsEventNsOfDay, this.lifetimeBar - 1);
  }

  /** Ends the day: closes an open position when the strategy says so, and returns the day's result. Allocates. */
  endDay(): DayResult {
    if (this.params.config.close_at_day_end) {
      const { day, nsOfDay } = this.clock.lastFrame(this.regimeOfDay.day);
      this.desk.closeAtDayEnd(day, nsOfDay, this.lifetimeBar - 1);
    }
    return this.recordDay();
  }

  /** Ends the last day of the data. With routed fills no order can be filled any more: what is held is marked. Allocates. */
  endRun(): DayResult {
    if (this.routed === null) return this.endDay();
    const { day, nsOfDay } = this.clock.lastFrame(this.regimeOfDay.day);
    this.routed.closeAtEnd(day, nsOfDay, this.lifetimeBar - 1);
    return this.recordDay();
  }

  /** Ends an interrupted day: as it stands, no position is closed. */
  suspendDay(): DayResult {
    return this.recordDay();
  }

  /** The trades booked behind the first `from`, in order. Allocates. */
  tradesFrom(from: number): TradeDetail[] {
    return this.desk.trades.records(this.params.universe, from);
  }

  /** Everything so far, for reports. Allocates. */
  run(): EngineRun {
    return {
      days: this.results.all(),
      trades: this.desk.trades.records(this.params.universe),
      initialCapital: this.params.config.initial_capital,
      capital: this.capital,
      maxDrawdownMarked: this.desk.equity.maxDrawdown,
      warnings: engineWarnings(this.regimeOfDay, this.market.volatility, this.operator),
      ...(this.routed === null ? {} : { routed: routedCounts(this.routed) }),
    };
  }

  /** The parts whose fields stand at the engine's own level walk without a name of theirs: the layout is older than they. */
  walkState(walk: StateWalk): void {
    this.clock.walkState(walk);
    this.regimeOfDay.walkState(walk);
    walk.part('tally', this.tally);
    this.market.walkState(walk);
    walk.part('desk', this.desk);
    walk.part('operator', this.operator);
    if (this.params.config.resolution === '0.1s') walk.part('held', this.held);
    this.results.walkState(walk);
  }

  private recordDay(): DayResult {
    return this.results.end(this.regimeOfDay, this.tally, this.desk, this.boost);
  }
}
