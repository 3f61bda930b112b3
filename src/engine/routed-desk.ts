import { type ExitParams, exitReason } from '../alpha/layers/exits.ts';
import { type ExecutionReport, REPORT_FUNDING } from '../model/execution-report.ts';
import { DAY_END, EXIT_HIBERNATE, RISK } from '../model/exit-reason.ts';
import type { FrameView } from '../model/frame.ts';
import {
  createIntent,
  INTENT_CANCEL_ENTRY,
  INTENT_ENTRY,
  INTENT_EXIT,
  INTENT_HASTEN_EXIT,
  INTENT_TRADING_STATE,
  type IntentSink,
} from '../model/intent.ts';
import { isValidPrice } from '../model/price.ts';
import { MAX_COUNT, type StateWalk } from '../model/state-walk.ts';
import { nsBetween } from '../model/time.ts';
import type { MarkedEquity } from '../portfolio/marked-equity.ts';
import { NextBarPrices } from '../portfolio/next-bar-prices.ts';
import {
  POSITION_ENTERING,
  ROUTED_CANCEL_ENTRY,
  ROUTED_CLOSED,
  ROUTED_EXIT,
  ROUTED_HASTEN_EXIT,
  ROUTED_UNFILLED,
  RoutedPosition,
} from '../portfolio/routed-position.ts';
import type { TradeLog } from '../portfolio/trade-log.ts';
import type { CircuitBreakerManager } from '../risk/circuit-breaker.ts';
import { TRADING_ACTIVE, TRADING_REDUCING } from '../risk/pre-trade-gate.ts';
import type { DayTally } from './day-tally.ts';
import type { Desk, EntryTicket } from './desk.ts';
import { type LateTradeSink, RoutedAccount } from './routed-account.ts';
import type { RunParams } from './run-params.ts';

const NONE = -1;

/**
 * The one position of the engine where decisions become orders (semantics §11): decides entries and exits, tells execution by
 * intents, and follows its reports. The same exits as PositionDesk (§4.7), asked from the first fill on against the average of
 * the entry. Allocates once.
 */
export class RoutedDesk implements Desk {
  readonly position = new RoutedPosition();
  intentCount = 0;
  isClosingBar = false;

  private readonly params: RunParams;
  private readonly intents: IntentSink;
  private readonly tally: DayTally;
  private readonly account: RoutedAccount;
  private readonly nextBarPrices: NextBarPrices;
  private readonly exitParams: ExitParams;
  private readonly intent = createIntent();
  private readonly entry = { intentSequence: 0, assetIndex: 0, direction: 0, price: 0, leverage: 0, bucket: 0 };
  /** Last valid price of the asset, and its lifetime bar. */
  private lastPrice = Number.NaN;
  private lastPriceBar = 0;
  private entryFeeExpected = Number.NaN;
  private isLateCounted = false;
  private mustFlatten = false;
  /** The operator bars entries, and execution was told so. */
  private isReducing = false;
  private isReducingTold = false;
  /** Day that the last decided exit belongs to; NONE before the first. */
  private closeDay = NONE;
  /** Its day has ended: it is left as soon as it can be, and belongs to that day. */
  private isDayOver = false;
  /** Trade that was closed since the last bar, and when: the bar at that very time is its exit bar. */
  private closedRow = NONE;
  private closedDay = 0;
  private closedNsOfDay = Number.NaN;

  /** @param intents - told of every decision. @param onLateTrade - told of trades that belong to an earlier day. */
  constructor(params: RunParams, intents: IntentSink, tally: DayTally, onLateTrade: LateTradeSink) {
    const { config, universe } = params;
    this.params = params;
    this.intents = intents;
    this.tally = tally;
    this.account = new RoutedAccount(params, tally, onLateTrade);
    this.nextBarPrices = new NextBarPrices(universe.length, this.account.trades);
    this.exitParams = { takeProfitFrac: config.fixed_tp_pct, stopFrac: config.stop_pct };
  }

  get trades(): TradeLog {
    return this.account.trades;
  }

  get breaker(): CircuitBreakerManager {
    return this.account.breaker;
  }

  get equity(): MarkedEquity {
    return this.account.equity;
  }

  get capital(): number {
    return this.account.capital;
  }

  get capitalAtDayStart(): number {
    return this.account.capitalAtDayStart;
  }

  get isFlat(): boolean {
    return this.position.isFlat;
  }

  get isFlattening(): boolean {
    return this.mustFlatten;
  }

  beginDay(day: number): void {
    this.account.beginDay(day);
    this.nextBarPrices.beginDay();
  }

  onBar(bar: FrameView, lifetimeBar: number): void {
    if (this.isReducing !== this.isReducingTold) this.tellTradingState(bar, lifetimeBar);
    this.isClosingBar = this.closedRow !== NONE;
    if (this.isClosingBar && this.closedNsOfDay === bar.tsEventNsOfDay && this.closedDay === bar.tsEventDay) {
      this.trades.setExitBar(this.closedRow, lifetimeBar);
    }
    this.closedRow = NONE;
    this.nextBarPrices.onBar(bar.payload);
  }

  open(ticket: EntryTicket, scan: FrameView, lifetimeBar: number): void {
    const { entry, position } = this;
    const price = scan.payload[ticket.assetIndex]!;
    entry.intentSequence = this.intentCount;
    entry.assetIndex = ticket.assetIndex;
    entry.direction = ticket.direction;
    entry.price = price;
    entry.leverage = ticket.leverage;
    entry.bucket = ticket.bucket;
    position.enter(entry);
    position.tradeIndex = this.trades.open();
    this.nextBarPrices.onEntry(position.tradeIndex, ticket.assetIndex);
    this.lastPrice = price;
    this.lastPriceBar = lifetimeBar;
    this.entryFeeExpected = this.account.entryFeeExpected(ticket.makerRate);
    this.isLateCounted = false;
    this.mustFlatten = false;
    this.closeDay = NONE;
    this.isDayOver = false;
    const { intent } = this;
    intent.qty = ticket.notional / price;
    intent.notional = ticket.notional;
    this.emit(INTENT_ENTRY, scan.tsEventDay, scan.tsEventNsOfDay, lifetimeBar);
  }

  manage(bar: FrameView, lifetimeBar: number, isHibernating: boolean, barsPassed = 1): void {
    const { position } = this;
    const { tsEventDay, tsEventNsOfDay } = bar;
    this.countBar(bar, lifetimeBar, barsPassed);
    const price = bar.payload[position.assetIndex]!;
    const isPriced = isValidPrice(price);
    if (isPriced) {
      this.lastPrice = price;
      this.lastPriceBar = lifetimeBar;
    }
    const ordered = this.mustFlatten ? RISK : isHibernating ? EXIT_HIBERNATE : 0;
    // What cancels a working entry waits neither for a fill nor for a price.
    if (ordered !== 0 && position.state === POSITION_ENTERING) {
      this.decide(ordered, tsEventDay, tsEventNsOfDay, lifetimeBar);
    }
    if (!position.isHeld) return;
    const isOverdue = this.isOverdue(bar);
    if (!isPriced) {
      if (isOverdue && !this.isLateCounted) this.countLateExit();
      return;
    }
    const isLossLimitHit = this.account.mark(
      position,
      price,
      this.isLeaving ? this.closeDay === this.account.day : true,
    );
    const reason = this.reasonOf(ordered, price, isLossLimitHit, isOverdue);
    if (reason !== 0) this.decide(reason, tsEventDay, tsEventNsOfDay, lifetimeBar);
  }

  /**
   * Takes a report of execution, before the frame of its step.
   * @param report - reusable; not kept. @param lifetimeBar - of the last bar.
   */
  onReport(report: ExecutionReport, lifetimeBar: number): void {
    const { position } = this;
    if (report.kind === REPORT_FUNDING) {
      position.onFunding(report.assetIndex, report.fee);
      return;
    }
    const answer = position.onReport(report, lifetimeBar);
    if (answer === ROUTED_EXIT) this.sendExit(report.tsEventDay, report.tsEventNsOfDay, lifetimeBar);
    else if (answer === ROUTED_CLOSED) this.book(lifetimeBar);
    else if (answer === ROUTED_UNFILLED) this.abandonEntry();
  }

  /**
   * The operator bars entries, or lets them be again. Execution is told with the next bar, before its decisions: it then cancels
   * a working entry, whose fills stay, and its gate lets nothing through that increases a position.
   */
  setReducing(isReducing: boolean): void {
    this.isReducing = isReducing;
  }

  flatten(): void {
    this.mustFlatten = !this.isFlat;
  }

  closeAtDayEnd(lastDay: number, lastNsOfDay: number, lastLifetimeBar: number): void {
    if (this.isFlat) return;
    const isStale = lastLifetimeBar - this.lastPriceBar > this.params.staleFillBars;
    if (isStale && this.position.isHeld && !this.isDayOver) this.tally.staleFills++;
    if (!this.isLeaving) this.closeDay = this.account.day;
    this.isDayOver = true;
    this.decide(DAY_END, lastDay, lastNsOfDay, lastLifetimeBar);
  }

  /** The data is at its end and no order works any more: what is still held is marked at its last valid price. */
  closeAtEnd(lastDay: number, lastNsOfDay: number, lastLifetimeBar: number): void {
    if (this.isFlat) return;
    if (!this.isLeaving) this.closeDay = this.account.day;
    const answer = this.position.closeAtEnd(this.lastPrice, lastDay, lastNsOfDay);
    if (answer === ROUTED_CLOSED) this.book(lastLifetimeBar);
    else this.abandonEntry();
  }

  walkState(walk: StateWalk): void {
    this.intentCount = walk.count('intentCount', this.intentCount, MAX_COUNT);
    this.isReducing = walk.flag('isReducing', this.isReducing);
    this.isReducingTold = walk.flag('isReducingTold', this.isReducingTold);
    walk.part('account', this.account);
    walk.part('nextBarPrices', this.nextBarPrices);
    walk.part('position', this.position);
    this.closedRow = walk.integer('closedRow', this.closedRow);
    if (this.closedRow !== NONE) {
      this.closedDay = walk.integer('closedDay', this.closedDay);
      this.closedNsOfDay = walk.number('closedNsOfDay', this.closedNsOfDay);
    }
    if (this.isFlat) return;
    this.lastPrice = walk.number('lastPrice', this.lastPrice);
    this.lastPriceBar = walk.count('lastPriceBar', this.lastPriceBar, MAX_COUNT);
    this.entryFeeExpected = walk.number('entryFeeExpected', this.entryFeeExpected);
    this.isLateCounted = walk.flag('isLateCounted', this.isLateCounted);
    this.mustFlatten = walk.flag('mustFlatten', this.mustFlatten);
    this.closeDay = walk.integer('closeDay', this.closeDay);
    this.isDayOver = walk.flag('isDayOver', this.isDayOver);
  }

  /** True from the decision to leave until it has ended short; for good when the day of the position is over. */
  private get isLeaving(): boolean {
    return this.isDayOver || this.position.exitReason !== 0;
  }

  /** The bar at the time of the first fill is the bar of the entry; every later one is held. */
  private countBar(bar: FrameView, lifetimeBar: number, barsPassed: number): void {
    const { position } = this;
    if (!position.isHeld) return;
    const isEntryBar = position.entryNsOfDay === bar.tsEventNsOfDay && position.entryDay === bar.tsEventDay;
    if (isEntryBar) position.entryBar = lifetimeBar;
    else position.onBar(barsPassed);
  }

  private isOverdue(bar: FrameView): boolean {
    const { position, params } = this;
    if (position.barsHeld >= params.config.max_hold_bars) return true;
    const heldNs = nsBetween(position.entryDay, position.entryNsOfDay, bar.tsEventDay, bar.tsEventNsOfDay);
    return heldNs >= params.maxHoldNs;
  }

  /** A decided exit is replaced by an order to leave or by the loss limit alone, so nothing else is asked. */
  private reasonOf(ordered: number, price: number, isLossLimitHit: boolean, isOverdue: boolean): number {
    const { position } = this;
    if (ordered !== 0) return ordered;
    if (position.exitReason !== 0) return isLossLimitHit ? RISK : 0;
    if (this.isDayOver) return DAY_END;
    return exitReason(this.exitParams, position.change(price), isLossLimitHit, isOverdue);
  }

  private countLateExit(): void {
    this.isLateCounted = true;
    this.tally.lateExits++;
  }

  private decide(reason: number, day: number, nsOfDay: number, lifetimeBar: number): void {
    const { position } = this;
    if (!this.isLeaving) this.closeDay = this.account.day;
    const answer = position.decideExit(reason);
    if (answer === ROUTED_EXIT) this.sendExit(day, nsOfDay, lifetimeBar);
    else if (answer === ROUTED_CANCEL_ENTRY) this.emitForHeld(INTENT_CANCEL_ENTRY, day, nsOfDay, lifetimeBar);
    else if (answer === ROUTED_HASTEN_EXIT) this.emitForHeld(INTENT_HASTEN_EXIT, day, nsOfDay, lifetimeBar);
  }

  private sendExit(day: number, nsOfDay: number, lifetimeBar: number): void {
    const { position } = this;
    this.trades.setExitNextBar(position.tradeIndex, Number.NaN);
    this.nextBarPrices.onExit(position.tradeIndex, position.assetIndex);
    position.onExitSent(this.intentCount, this.lastPrice);
    this.emitForHeld(INTENT_EXIT, day, nsOfDay, lifetimeBar);
  }

  private tellTradingState({ tsEventDay, tsEventNsOfDay }: FrameView, lifetimeBar: number): void {
    const { intent } = this;
    this.isReducingTold = this.isReducing;
    intent.sequence = this.intentCount++;
    intent.kind = INTENT_TRADING_STATE;
    intent.reason = this.isReducing ? TRADING_REDUCING : TRADING_ACTIVE;
    intent.direction = 0;
    intent.assetIndex = NONE;
    intent.price = 0;
    intent.qty = 0;
    intent.notional = 0;
    intent.leverage = 0;
    intent.tsEventDay = tsEventDay;
    intent.tsEventNsOfDay = tsEventNsOfDay;
    intent.lifetimeBar = lifetimeBar;
    this.intents.emit(intent);
  }

  private emitForHeld(kind: number, day: number, nsOfDay: number, lifetimeBar: number): void {
    const { intent, position } = this;
    intent.qty = position.qtyOpen;
    intent.notional = position.isHeld ? position.qtyOpen * position.entryPrice : 0;
    this.emit(kind, day, nsOfDay, lifetimeBar);
  }

  private emit(kind: number, day: number, nsOfDay: number, lifetimeBar: number): void {
    const { intent, position } = this;
    intent.sequence = this.intentCount++;
    intent.kind = kind;
    intent.direction = position.direction;
    intent.reason = position.exitReason;
    intent.assetIndex = position.assetIndex;
    intent.tsEventDay = day;
    intent.tsEventNsOfDay = nsOfDay;
    intent.price = this.lastPrice;
    intent.leverage = position.leverage;
    intent.lifetimeBar = lifetimeBar;
    this.intents.emit(intent);
  }

  private book(lifetimeBar: number): void {
    const { position } = this;
    this.account.book(position, this.closeDay, lifetimeBar, this.entryFeeExpected);
    this.mustFlatten = false;
    this.closedRow = position.tradeIndex;
    this.closedDay = position.exitDay;
    this.closedNsOfDay = position.exitNsOfDay;
  }

  private abandonEntry(): void {
    this.trades.abandon();
    this.mustFlatten = false;
  }
}
