import { type ExecutionReport, REPORT_FUNDING } from '../model/execution-report.ts';
import { DAY_END } from '../model/exit-reason.ts';
import type { FrameView } from '../model/frame.ts';
import {
  createIntent,
  INTENT_CANCEL_ENTRY,
  INTENT_EXIT,
  INTENT_HASTEN_EXIT,
  type IntentSink,
} from '../model/intent.ts';
import { isValidPrice } from '../model/price.ts';
import { MAX_COUNT, type StateWalk } from '../model/state-walk.ts';
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
import type { DayTally } from './day-tally.ts';
import type { Desk, EntryTicket } from './desk.ts';
import { type LateTradeSink, RoutedAccount } from './routed-account.ts';
import { RoutedExits } from './routed-exits.ts';
import { entryInto, heldInto, tradingStateInto } from './routed-intents.ts';
import type { RunParams } from './run-params.ts';

const NONE = -1;

/**
 * The one position of the engine where decisions become orders (semantics §11): decides entries and exits, tells execution by
 * intents, and follows its reports. Why it leaves is RoutedExits' to say, what that makes RoutedAccount's to book. Allocates
 * once.
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
  private readonly exits: RoutedExits;
  private readonly intent = createIntent();
  private readonly entry = { intentSequence: 0, assetIndex: 0, direction: 0, price: 0, leverage: 0, bucket: 0 };
  /** Last valid price of the asset, and its lifetime bar. */
  private lastPrice = Number.NaN;
  private lastPriceBar = 0;
  private entryFeeExpected = Number.NaN;
  /** The operator bars entries, and execution was told so. */
  private isReducing = false;
  private isReducingTold = false;
  /** Trade that was closed since the last bar, and when: the bar at that very time is its exit bar. */
  private closedRow = NONE;
  private closedDay = 0;
  private closedNsOfDay = Number.NaN;

  /** @param intents - told of every decision. @param onLateTrade - told of trades that belong to an earlier day. */
  constructor(params: RunParams, intents: IntentSink, tally: DayTally, onLateTrade: LateTradeSink) {
    this.params = params;
    this.intents = intents;
    this.tally = tally;
    this.account = new RoutedAccount(params, tally, onLateTrade);
    this.nextBarPrices = new NextBarPrices(params.universe.length, this.account.trades);
    this.exits = new RoutedExits(params, this.position, tally);
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
    return this.exits.mustFlatten;
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
    this.exits.begin();
    entryInto(this.intent, position, price, ticket.notional);
    this.emit(scan.tsEventDay, scan.tsEventNsOfDay, lifetimeBar);
  }

  manage(bar: FrameView, lifetimeBar: number, isHibernating: boolean, barsPassed = 1): void {
    const { position, exits } = this;
    const { tsEventDay, tsEventNsOfDay } = bar;
    this.countBar(bar, lifetimeBar, barsPassed);
    const price = bar.payload[position.assetIndex]!;
    const isPriced = isValidPrice(price);
    if (isPriced) {
      this.lastPrice = price;
      this.lastPriceBar = lifetimeBar;
    }
    const ordered = exits.ordered(isHibernating);
    // What cancels a working entry waits neither for a fill nor for a price.
    if (ordered !== 0 && position.state === POSITION_ENTERING) {
      this.decide(ordered, tsEventDay, tsEventNsOfDay, lifetimeBar);
    }
    if (!position.isHeld) return;
    const isOverdue = exits.isOverdue(bar);
    if (!isPriced) {
      if (isOverdue) exits.countLate();
      return;
    }
    const isLossLimitHit = this.account.mark(position, price, exits.isOf(this.account.day));
    const reason = exits.reasonOf(ordered, price, isLossLimitHit, isOverdue);
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
    this.exits.mustFlatten = !this.isFlat;
  }

  closeAtDayEnd(lastDay: number, lastNsOfDay: number, lastLifetimeBar: number): void {
    if (this.isFlat) return;
    const isStale = lastLifetimeBar - this.lastPriceBar > this.params.staleFillBars;
    if (isStale && this.position.isHeld && !this.exits.isDayOver) this.tally.staleFills++;
    this.exits.endDay(this.account.day);
    this.decide(DAY_END, lastDay, lastNsOfDay, lastLifetimeBar);
  }

  /** The data is at its end and no order works any more: what is still held is marked at its last valid price. */
  closeAtEnd(lastDay: number, lastNsOfDay: number, lastLifetimeBar: number): void {
    if (this.isFlat) return;
    this.exits.decidedOn(this.account.day);
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
    this.exits.walkState(walk);
  }

  /** The bar at the time of the first fill is the bar of the entry; every later one is held. */
  private countBar(bar: FrameView, lifetimeBar: number, barsPassed: number): void {
    const { position } = this;
    if (!position.isHeld) return;
    const isEntryBar = position.entryNsOfDay === bar.tsEventNsOfDay && position.entryDay === bar.tsEventDay;
    if (isEntryBar) position.entryBar = lifetimeBar;
    else position.onBar(barsPassed);
  }

  private decide(reason: number, day: number, nsOfDay: number, lifetimeBar: number): void {
    const { position } = this;
    this.exits.decidedOn(this.account.day);
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
    this.isReducingTold = this.isReducing;
    tradingStateInto(this.intent, this.isReducing);
    this.emit(tsEventDay, tsEventNsOfDay, lifetimeBar);
  }

  private emitForHeld(kind: number, day: number, nsOfDay: number, lifetimeBar: number): void {
    heldInto(this.intent, kind, this.position, this.lastPrice);
    this.emit(day, nsOfDay, lifetimeBar);
  }

  private emit(day: number, nsOfDay: number, lifetimeBar: number): void {
    const { intent } = this;
    intent.sequence = this.intentCount++;
    intent.tsEventDay = day;
    intent.tsEventNsOfDay = nsOfDay;
    intent.lifetimeBar = lifetimeBar;
    this.intents.emit(intent);
  }

  private book(lifetimeBar: number): void {
    const { position } = this;
    this.account.book(position, this.exits.closeDay, lifetimeBar, this.entryFeeExpected);
    this.exits.mustFlatten = false;
    this.closedRow = position.tradeIndex;
    this.closedDay = position.exitDay;
    this.closedNsOfDay = position.exitNsOfDay;
  }

  private abandonEntry(): void {
    this.trades.abandon();
    this.exits.mustFlatten = false;
  }
}
