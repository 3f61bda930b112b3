import { Histories } from '../alpha/histories.ts';
import {
  type LeverageParams,
  leverageCeiling,
  regimeSizeMultiplier,
  signalLeverage,
} from '../alpha/layers/leverage.ts';
import { ProxyBoost } from '../alpha/layers/proxy-boost.ts';
import { isVelDivUsable, signedStrength, strengthBucket } from '../alpha/layers/signal-gate.ts';
import {
  PercentileVolatilityDetector,
  ThresholdVolatilityDetector,
  type VolatilityDetector,
} from '../alpha/layers/volatility.ts';
import { BOOK_REFUSED, OrderBookFeatures } from '../alpha/order-book.ts';
import type { DayResult } from '../model/day-result.ts';
import { LONG, SHORT } from '../model/direction.ts';
import type { ExecutionReport } from '../model/execution-report.ts';
import {
  FLAG_ASSET_VEL_DIV,
  FLAG_LAST_OF_DAY,
  type FrameView,
  SIGNAL_INSTABILITY_50,
  SIGNAL_V750,
  SIGNAL_VEL_DIV,
} from '../model/frame.ts';
import type { IntentSink } from '../model/intent.ts';
import { APEX, HIBERNATE, POSTURE_NAMES, type Posture, STALKER, TURTLE } from '../model/posture.ts';
import { isValidPrice } from '../model/price.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import { dateFromDay, nsBetween } from '../model/time.ts';
import type { EngineRun, TradeDetail } from '../model/trade.ts';
import type { PositionView } from '../portfolio/open-position.ts';
import {
  AdaptiveCircuitBreaker,
  applyCutToPositionSize,
  clampBeta,
  clampBoost,
} from '../risk/adaptive-circuit-breaker.ts';
import type { CircuitBreakerManager } from '../risk/circuit-breaker.ts';
import {
  clampScale,
  type Forewarner,
  type ForewarnerVerdict,
  isMcGateOpen,
  NULL_FOREWARNER,
} from '../risk/forewarner.ts';
import { DayTally, GATE_SIZING } from './day-tally.ts';
import type { Desk, EntryTicket } from './desk.ts';
import { EntryDecision } from './entry-decision.ts';
import { HeldSignal } from './held-signal.ts';
import { type EventMoment, OperatorHalts } from './operator-halts.ts';
import { PositionDesk } from './position-desk.ts';
import { RoutedDesk } from './routed-desk.ts';
import { deriveLeverageParams, type RunParams } from './run-params.ts';
import { MC_STATUSES, walkDays } from './snapshot-days.ts';

/** Regime of a day as it holds now: postures, boosts, the forewarner's verdict. */
export interface DayRegime {
  readonly posture: Posture;
  readonly rm: number;
  readonly boostShort: number;
  readonly boostLong: number;
  readonly beta: number;
  /** Share of each position that is cut away; 0 unless `use_cut`. */
  readonly cut: number;
  readonly mc: ForewarnerVerdict;
  /** Factor of the proxy boost for this bar. */
  readonly proxy: number;
}

const GAP_INTERVALS = 2.5;
const POSTURES: readonly Posture[] = [APEX, STALKER, TURTLE, HIBERNATE];

/**
 * NDAlphaEngine: the seven layers over one UTC day at a time. A deterministic machine: it reads no clock and no
 * environment, its only randomness is its seeded generator, and its step allocates nothing.
 *
 * Life: `beginDay`, then `applyBook` and `step` in event order, then `endDay`. Semantics §3 to §7; spec 1.0 §8.
 */
export class AlphaEngine implements Stateful {
  readonly params: RunParams;
  readonly histories: Histories;
  readonly tally = new DayTally();
  /** Lifetime index of the next bar. */
  lifetimeBar = 0;

  private readonly entry: EntryDecision;
  private readonly volatilityDetector: VolatilityDetector;
  private readonly proxyBoost = new ProxyBoost();
  private readonly desk: Desk;
  /** The same desk with routed fills, else null. */
  private readonly routed: RoutedDesk | null;
  private readonly held: HeldSignal;
  private readonly operator = new OperatorHalts();
  private readonly ticket: EntryTicket = {
    direction: 0,
    assetIndex: -1,
    notional: Number.NaN,
    leverage: Number.NaN,
    makerRate: Number.NaN,
    bucket: 0,
  };
  private readonly days: DayResult[] = [];
  private readonly leverageParams: LeverageParams;

  private orderBookFeatures: OrderBookFeatures;
  private acb = new AdaptiveCircuitBreaker([]);
  private forewarner: Forewarner = NULL_FOREWARNER;

  private day = Number.NaN;
  private posture: Posture = APEX;
  private rm = 1;
  private boostShort = 1;
  private boostLong = 1;
  private betaOfDay = 0;
  private cut = 0;
  private mc: ForewarnerVerdict = { status: 'OFF', scale: 1 };
  private barIndex = 0;
  private lastDay = 0;
  private lastNsOfDay = Number.NaN;
  private lastBarNsOfDay = Number.NEGATIVE_INFINITY;

  /** @param intents - told of every decided entry and exit, inside the step. */
  constructor(params: RunParams, intents: IntentSink) {
    const { config, universe, excluded } = params;
    const assets = universe.length;
    this.params = params;
    const isRouted = params.fills === 'routed';
    this.routed = isRouted ? new RoutedDesk(params, intents, this.tally, (day, pnl) => this.amendDay(day, pnl)) : null;
    this.desk = this.routed ?? new PositionDesk(params, intents, this.tally);
    this.held = new HeldSignal(assets, params.scanIntervalNs);
    this.histories = new Histories({
      assets,
      excluded,
      referenceAsset: params.referenceAsset,
      lookbackBars: config.lookback,
      momentumBars: config.dc_lookback_bars,
      volWindowBars: config.vol_window,
    });
    this.orderBookFeatures = new OrderBookFeatures(assets, excluded);
    this.volatilityDetector =
      config.vol_detector === 'percentile'
        ? new PercentileVolatilityDetector(this.histories, params.stepsPerBar)
        : new ThresholdVolatilityDetector(this.histories, params.minVolatility);
    this.entry = new EntryDecision(params, this, this.tally);
    this.leverageParams = deriveLeverageParams(params);
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
    return this.orderBookFeatures;
  }

  get volatility(): VolatilityDetector {
    return this.volatilityDetector;
  }

  /** Boost of the configured side (SHORT's with both), as reports show it. */
  get boost(): number {
    return this.params.directionRule === LONG ? this.boostLong : this.boostShort;
  }

  get beta(): number {
    return this.betaOfDay;
  }

  /** Venue time of the last 0.1 s bar of today; -Infinity before the first. */
  get barNsOfDay(): number {
    return this.lastBarNsOfDay;
  }

  /** Bars of today so far. */
  get barsToday(): number {
    return this.barIndex;
  }

  /** Intents decided so far, entries and exits. */
  get intentsDecided(): number {
    return this.desk.intentCount;
  }

  /** What the day says about size and permission, for whoever explains a decision. Allocates. */
  get regime(): DayRegime {
    return {
      posture: this.posture,
      rm: this.rm,
      boostShort: this.boostShort,
      boostLong: this.boostLong,
      beta: this.betaOfDay,
      cut: this.cut,
      mc: this.mc,
      proxy: this.proxyBoost.factor,
    };
  }

  /** True while the forewarner lets positions open. */
  get isMcGateOpen(): boolean {
    return isMcGateOpen(this.mc);
  }

  setOrderBook(book: OrderBookFeatures): void {
    this.orderBookFeatures = book;
  }

  setAcb(acb: AdaptiveCircuitBreaker): void {
    this.acb = acb;
  }

  setMcForewarner(forewarner: Forewarner): void {
    this.forewarner = forewarner;
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
    this.boostShort = clampBoost(boost);
    this.boostLong = this.boostShort;
    this.betaOfDay = clampBeta(beta);
    return true;
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
    this.operator.halt(this.lastMoment());
    this.routed?.setReducing(true);
  }

  /** Halts, and closes an open position at its next valid price, reason RISK. */
  flatten(): void {
    this.operator.halt(this.lastMoment());
    this.routed?.setReducing(true);
    this.desk.flatten();
    if (this.isFlattening) this.operator.markFlatten();
  }

  /** Lets positions open again. A close that was ordered is not taken back: live, it may be at the venue already. */
  resume(): void {
    this.operator.resume(this.lastMoment());
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
    this.day = day;
    this.posture = posture;
    this.rm = rm;
    const acb = this.acb.forDay(day);
    this.boostShort = acb.boostShort;
    this.boostLong = acb.boostLong;
    this.betaOfDay = acb.beta;
    this.cut = this.params.config.use_cut ? acb.cut : 0;
    this.mc = clampScale(this.forewarner.assess(day));
    this.barIndex = 0;
    this.lastBarNsOfDay = Number.NEGATIVE_INFINITY;
    this.held.reset();
    this.tally.reset();
    this.histories.reset();
    this.volatilityDetector.reset();
    this.proxyBoost.reset();
    this.orderBookFeatures.reset();
    this.desk.beginDay(day);
  }

  /** Takes one order-book snapshot of today: a BOOK frame. */
  applyBook(frame: FrameView): void {
    const answer = this.orderBookFeatures.apply(
      frame.assetIndex,
      frame.tsEventDay,
      frame.tsEventNsOfDay,
      frame.payload,
    );
    if (answer === BOOK_REFUSED) this.tally.obRefused++;
  }

  /**
   * Takes one scan: histories, then exits, then entry (semantics §3). The frame is not kept.
   * @param canEnter - false bars entries on this bar (stale data); exits are still managed.
   */
  step(scan: FrameView, canEnter: boolean): void {
    this.take(scan, canEnter, true);
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
    const { desk, held } = this;
    const frame = held.under(bar);
    this.take(frame, canEnter && held.holdsOn(bar), held.takeUnseen());
    if (desk.isClosingBar) held.spend();
    this.lastBarNsOfDay = bar.tsEventNsOfDay;
  }

  /** Takes one 0.1 s bar between two scans (`resolution: hybrid`): the open position is managed, nothing else is done. */
  manageBar(bar: FrameView): void {
    const { desk } = this;
    desk.onBar(bar, this.lifetimeBar - 1);
    if (!desk.isFlat) desk.manage(bar, this.lifetimeBar - 1, this.posture === HIBERNATE, 0);
    this.lastBarNsOfDay = bar.tsEventNsOfDay;
  }

  /** One step. @param hasNewSignal - false when the signal is still that of the step before. */
  private take(scan: FrameView, canEnter: boolean, hasNewSignal: boolean): void {
    const isAfterGap = this.countSignalAndGap(scan, hasNewSignal);
    const { desk } = this;
    desk.onBar(scan, this.lifetimeBar);
    const { isFlat } = desk;
    if (this.posture === HIBERNATE && isFlat) this.tally.invalidPrices += this.countInvalidPrices(scan.payload);
    else {
      this.updateHistories(scan, isAfterGap, hasNewSignal);
      if (!isFlat) desk.manage(scan, this.lifetimeBar, this.posture === HIBERNATE);
      else if (canEnter && this.mayOpenOn(scan) && this.entry.decide(scan, this.barIndex)) this.openPosition(scan);
    }
    this.lastDay = scan.tsEventDay;
    this.lastNsOfDay = scan.tsEventNsOfDay;
    this.barIndex++;
    this.lifetimeBar++;
    this.tally.bars++;
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
      const { day, nsOfDay } = this.lastFrameMoment();
      this.desk.closeAtDayEnd(day, nsOfDay, this.lifetimeBar - 1);
    }
    return this.recordDay();
  }

  /** Ends the last day of the data. With routed fills no order can be filled any more: what is held is marked. Allocates. */
  endRun(): DayResult {
    if (this.routed === null) return this.endDay();
    const { day, nsOfDay } = this.lastFrameMoment();
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
      days: [...this.days],
      trades: this.desk.trades.records(this.params.universe),
      initialCapital: this.params.config.initial_capital,
      capital: this.capital,
      maxDrawdownMarked: this.desk.equity.maxDrawdown,
      warnings: this.warnings(),
      ...(this.routed === null ? {} : { routed: routedCounts(this.routed) }),
    };
  }

  walkState(walk: StateWalk): void {
    this.lifetimeBar = walk.count('lifetimeBar', this.lifetimeBar, MAX_COUNT);
    this.barIndex = walk.count('barIndex', this.barIndex, MAX_COUNT);
    this.lastDay = walk.integer('lastDay', this.lastDay);
    this.lastNsOfDay = walk.number('lastNsOfDay', this.lastNsOfDay);
    this.lastBarNsOfDay = walk.number('lastBarNsOfDay', this.lastBarNsOfDay);
    this.walkRegime(walk);
    walk.part('tally', this.tally);
    walk.part('histories', this.histories);
    walk.part('book', this.orderBookFeatures);
    walk.part('volatility', this.volatilityDetector);
    walk.part('proxyBoost', this.proxyBoost);
    walk.part('desk', this.desk);
    walk.part('operator', this.operator);
    if (this.params.config.resolution === '0.1s') walk.part('held', this.held);
    walkDays(walk, this.days);
  }

  private walkRegime(walk: StateWalk): void {
    this.day = walk.number('day', this.day);
    this.posture = walk.code('posture', this.posture, POSTURES);
    this.rm = walk.number('rm', this.rm);
    this.boostShort = walk.number('boostShort', this.boostShort);
    this.boostLong = walk.number('boostLong', this.boostLong);
    this.betaOfDay = walk.number('beta', this.betaOfDay);
    this.cut = walk.number('cut', this.cut);
    const status = walk.code('mcStatus', this.mc.status, MC_STATUSES);
    const scale = walk.number('mcScale', this.mc.scale);
    if (walk.isReading) this.mc = { status, scale };
  }

  private warnings(): string[] {
    const warnings: string[] = [];
    if (this.forewarner === NULL_FOREWARNER) {
      warnings.push('No MC-Forewarner model: its size factor is 1 and its gate is open.');
    }
    const permitted = this.volatilityDetector.permissiveBars;
    if (permitted > 0) {
      warnings.push(`The volatility detector let ${permitted} bars pass before it had enough history.`);
    }
    warnings.push(...this.operator.notes());
    return warnings;
  }

  private lastMoment(): EventMoment {
    return { day: this.lastDay, nsOfDay: this.lastNsOfDay };
  }

  /** Venue time of the last frame, scan or bar. */
  private lastFrameMoment(): EventMoment {
    const { day, lastDay, lastNsOfDay, lastBarNsOfDay } = this;
    if (lastDay === day) return { day, nsOfDay: Math.max(lastNsOfDay, lastBarNsOfDay) };
    const hasBarToday = lastBarNsOfDay > Number.NEGATIVE_INFINITY;
    return hasBarToday ? { day, nsOfDay: lastBarNsOfDay } : this.lastMoment();
  }

  /** A bar that closes a position opens none; nor does the last of a day on which it would have to be left at once. */
  private mayOpenOn(scan: FrameView): boolean {
    if (this.desk.isClosingBar) return false;
    const isLastOfDay = this.routed !== null && (scan.flags & FLAG_LAST_OF_DAY) !== 0;
    return !(isLastOfDay && this.params.config.close_at_day_end);
  }

  /** A trade of an earlier day has closed: it is in that day's pnl, and in the capital from there on. */
  private amendDay(day: number, pnl: number): void {
    const { days } = this;
    const date = dateFromDay(day);
    for (let i = days.length - 1; i >= 0; i--) {
      const result = days[i]!;
      const isItsDay = result.date === date;
      const capital = result.capital + pnl;
      days[i] = isItsDay
        ? { ...result, capital, pnl: result.pnl + pnl, trades: result.trades + 1 }
        : { ...result, capital };
      if (isItsDay) return;
    }
  }

  private recordDay(): DayResult {
    const result: DayResult = {
      date: dateFromDay(this.day),
      pnl: this.capital - this.desk.capitalAtDayStart,
      trades: this.tally.trades,
      capital: this.capital,
      bars: this.tally.bars,
      boost: this.boost,
      beta: this.betaOfDay,
      posture: POSTURE_NAMES[this.posture],
      mcStatus: this.mc.status,
      staleState: this.tally.staleStateEvents > 0,
      funnel: this.tally.funnel(),
      counters: this.tally.counters(),
    };
    this.days.push(result);
    return result;
  }

  /** Counts, whatever the posture, a scan without a signal and one that comes after a gap; true after a gap. */
  private countSignalAndGap(scan: FrameView, hasNewSignal: boolean): boolean {
    const { tally, params } = this;
    const hasGlobalSignal = hasNewSignal && (scan.flags & FLAG_ASSET_VEL_DIV) === 0;
    if (hasGlobalSignal && !isVelDivUsable(scan.signals[SIGNAL_VEL_DIV]!)) tally.missingSignals++;
    if (this.barIndex === 0) return false;
    const sinceLastNs = nsBetween(this.lastDay, this.lastNsOfDay, scan.tsEventDay, scan.tsEventNsOfDay);
    const isAfterGap = sinceLastNs > GAP_INTERVALS * params.barIntervalNs;
    if (isAfterGap) tally.gaps++;
    return isAfterGap;
  }

  private countInvalidPrices(prices: Float64Array): number {
    const { included } = this.histories;
    let invalid = 0;
    for (let k = 0; k < included.length; k++) if (!isValidPrice(prices[included[k]!]!)) invalid++;
    return invalid;
  }

  private updateHistories(scan: FrameView, isAfterGap: boolean, hasNewSignal: boolean): void {
    this.tally.invalidPrices += this.histories.append(scan.payload, isAfterGap);
    this.volatilityDetector.onBar();
    if (hasNewSignal && this.params.config.boost_mode === 'proxyB') {
      this.proxyBoost.onBar(scan.signals[SIGNAL_INSTABILITY_50]!, scan.signals[SIGNAL_V750]!);
    }
  }

  private openPosition(scan: FrameView): void {
    const { entry, params, ticket, tally } = this;
    const { config } = params;
    const strength = signedStrength(entry.chosenDirection, entry.chosenVelDiv);
    ticket.direction = entry.chosenDirection;
    ticket.assetIndex = entry.chosenAsset;
    ticket.leverage = this.leverage(entry.chosenDirection, entry.chosenVelDiv, strength);
    ticket.notional = applyCutToPositionSize(this.capital * config.fraction * ticket.leverage, this.cut);
    ticket.bucket = strengthBucket(strength);
    if (!tally.gate(GATE_SIZING, this.capital > 0 && ticket.notional >= config.min_notional)) return;
    if (!entry.chosenHasBook) tally.obMissing++;
    ticket.makerRate = entry.chosenHasBook
      ? this.orderBookFeatures.fillProbability[entry.chosenAsset]!
      : config.sp_maker_entry_rate;
    this.desk.open(ticket, scan, this.lifetimeBar);
  }

  private leverage(direction: number, velDiv: number, strength: number): number {
    const { config } = this.params;
    const boost = direction === SHORT ? this.boostShort : this.boostLong;
    const multiplier = regimeSizeMultiplier(config.vel_div_threshold, velDiv, boost, this.betaOfDay, this.mc.scale);
    const ceiling = leverageCeiling(config.abs_max_leverage, this.posture, this.rm);
    const wanted = signalLeverage(this.leverageParams, strength) * multiplier * this.proxyBoost.factor;
    const floored = Math.max(wanted, config.min_leverage);
    if (floored > ceiling) this.tally.leverageCapped++;
    return Math.min(floored, ceiling);
  }
}

function routedCounts({ position }: RoutedDesk): NonNullable<EngineRun['routed']> {
  return { entriesUnfilled: position.entriesUnfilled, strayFills: position.strayFills };
}
