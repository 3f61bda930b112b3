import { Mt19937 } from '../alpha/kernels/mt19937.ts';
import { type ExitParams, exitReason } from '../alpha/layers/exits.ts';
import { drawFee, expectedFee, type FeeSchedule } from '../alpha/layers/smart-placer.ts';
import { DAY_END, EXIT_HIBERNATE, RISK } from '../model/exit-reason.ts';
import type { FrameView } from '../model/frame.ts';
import { createIntent, INTENT_ENTRY, INTENT_EXIT, type IntentSink } from '../model/intent.ts';
import { isValidPrice } from '../model/price.ts';
import { MAX_COUNT, type StateWalk } from '../model/state-walk.ts';
import { nsBetween } from '../model/time.ts';
import { MarkedEquity } from '../portfolio/marked-equity.ts';
import { NextBarPrices } from '../portfolio/next-bar-prices.ts';
import { OpenPosition } from '../portfolio/open-position.ts';
import { TradeLog } from '../portfolio/trade-log.ts';
import { createTradeClose } from '../portfolio/trade-row.ts';
import { CircuitBreakerManager } from '../risk/circuit-breaker.ts';
import type { DayTally } from './day-tally.ts';
import type { Desk, EntryTicket } from './desk.ts';
import type { RunParams } from './run-params.ts';

/**
 * The one position of the engine and the money behind it: analytic fills at the price of the bar, fees, capital, the
 * marked equity, and the breaker that watches it (semantics §4.3, §4.7, §5, §8). Allocates once.
 */
export class PositionDesk implements Desk {
  readonly position = new OpenPosition();
  readonly trades = new TradeLog();
  readonly breaker: CircuitBreakerManager;
  readonly equity: MarkedEquity;
  /** Realised, USDT. */
  capital: number;
  capitalAtDayStart: number;
  /** Intents decided so far, entries and exits. */
  intentCount = 0;
  isClosingBar = false;

  private readonly params: RunParams;
  private readonly intents: IntentSink;
  private readonly tally: DayTally;
  private readonly random: Mt19937;
  private readonly nextBarPrices: NextBarPrices;
  private readonly intent = createIntent();
  private readonly close = createTradeClose();
  private readonly fees: FeeSchedule;
  private readonly exitParams: ExitParams;
  private mustFlatten = false;

  /** @param intents - told of every decided entry and exit. */
  constructor(params: RunParams, intents: IntentSink, tally: DayTally) {
    const { config, universe } = params;
    this.params = params;
    this.intents = intents;
    this.tally = tally;
    this.capital = config.initial_capital;
    this.capitalAtDayStart = config.initial_capital;
    this.equity = new MarkedEquity(config.initial_capital);
    this.random = new Mt19937(config.seed);
    this.breaker = new CircuitBreakerManager({
      dailyLossFrac: config.daily_loss_limit_pct,
      maxConsecutiveLosses: config.max_consecutive_losses,
    });
    this.nextBarPrices = new NextBarPrices(universe.length, this.trades);
    this.fees = { makerFee: config.maker_fee, takerFee: config.taker_fee, isSampled: config.fee_draw === 'sampled' };
    this.exitParams = { takeProfitFrac: config.fixed_tp_pct, stopFrac: config.stop_pct };
  }

  /** Starts a day: breaker and generator anew; capital, trades and a carried position go on. */
  beginDay(): void {
    this.capitalAtDayStart = this.capital;
    this.nextBarPrices.beginDay();
    this.breaker.beginDay(this.capital);
    this.random.reseed(this.params.config.seed);
  }

  get isFlat(): boolean {
    return !this.position.isOpen;
  }

  /** Told of every bar before its decisions: earlier decisions learn the price after theirs. */
  onBar(bar: FrameView): void {
    this.isClosingBar = false;
    this.nextBarPrices.onBar(bar.payload);
  }

  /** Opens the position of a ticket at the price of this bar. */
  open(ticket: EntryTicket, scan: FrameView, lifetimeBar: number): void {
    const { position } = this;
    position.direction = ticket.direction;
    position.assetIndex = ticket.assetIndex;
    position.entryPrice = scan.payload[ticket.assetIndex]!;
    position.lastPrice = position.entryPrice;
    position.lastPriceBar = lifetimeBar;
    position.notional = ticket.notional;
    position.qty = ticket.notional / position.entryPrice;
    position.leverage = ticket.leverage;
    position.entryFee = drawFee(this.fees, ticket.makerRate, this.random);
    position.entryFeeExpected = expectedFee(this.fees, ticket.makerRate);
    position.bucket = ticket.bucket;
    position.entryBar = lifetimeBar;
    position.entryDay = scan.tsEventDay;
    position.entryNsOfDay = scan.tsEventNsOfDay;
    position.barsHeld = 0;
    position.isLateCounted = false;
    position.tradeIndex = this.trades.open();
    this.nextBarPrices.onEntry(position.tradeIndex, ticket.assetIndex);
    this.emitIntent(INTENT_ENTRY, 0, position.entryPrice, scan.tsEventDay, scan.tsEventNsOfDay, lifetimeBar);
  }

  /**
   * Marks the open position at this bar and closes it when it is time.
   * @param isHibernating - closes it at its first valid price, whatever else holds.
   * @param barsPassed - added to the bars held: 0 for a 0.1 s bar between two scans.
   */
  manage(scan: FrameView, lifetimeBar: number, isHibernating: boolean, barsPassed = 1): void {
    const { position } = this;
    position.barsHeld += barsPassed;
    const isOverdue = this.isOverdue(scan);
    const price = scan.payload[position.assetIndex]!;
    if (!isValidPrice(price)) {
      if (isOverdue && !position.isLateCounted) this.countLateExit();
      return;
    }
    position.lastPrice = price;
    position.lastPriceBar = lifetimeBar;
    const change = position.change(price);
    const equity = this.capital + change * position.notional;
    this.equity.latest = equity;
    this.equity.mark();
    const isLossLimitHit = this.breaker.onEquity(equity);
    const ordered = this.mustFlatten ? RISK : isHibernating ? EXIT_HIBERNATE : 0;
    const reason = ordered !== 0 ? ordered : exitReason(this.exitParams, change, isLossLimitHit, isOverdue);
    if (reason !== 0) this.closePosition(reason, price, scan.tsEventDay, scan.tsEventNsOfDay, lifetimeBar);
  }

  /** True while a position waits for the price at which {@link flatten} closes it. */
  get isFlattening(): boolean {
    return this.mustFlatten;
  }

  /** Orders the open position closed at its next valid price, reason RISK, whatever else holds. Flat: nothing. */
  flatten(): void {
    this.mustFlatten = this.position.isOpen;
  }

  /** Closes the open position at its last valid price, on the day's last bar. */
  closeAtDayEnd(lastDay: number, lastNsOfDay: number, lastLifetimeBar: number): void {
    const { position } = this;
    if (!position.isOpen) return;
    if (lastLifetimeBar - position.lastPriceBar > this.params.staleFillBars) this.tally.staleFills++;
    this.closePosition(DAY_END, position.lastPrice, lastDay, lastNsOfDay, lastLifetimeBar);
  }

  walkState(walk: StateWalk): void {
    this.capital = walk.number('capital', this.capital);
    this.capitalAtDayStart = walk.number('capitalAtDayStart', this.capitalAtDayStart);
    this.intentCount = walk.count('intentCount', this.intentCount, MAX_COUNT);
    this.mustFlatten = walk.flag('mustFlatten', this.mustFlatten);
    walk.part('equity', this.equity);
    walk.part('position', this.position);
    walk.part('trades', this.trades);
    walk.part('nextBarPrices', this.nextBarPrices);
    walk.part('breaker', this.breaker);
    walk.part('random', this.random);
  }

  private isOverdue(scan: FrameView): boolean {
    const { position, params } = this;
    if (position.barsHeld >= params.config.max_hold_bars) return true;
    const heldNs = nsBetween(position.entryDay, position.entryNsOfDay, scan.tsEventDay, scan.tsEventNsOfDay);
    return heldNs >= params.maxHoldNs;
  }

  private countLateExit(): void {
    this.position.isLateCounted = true;
    this.tally.lateExits++;
  }

  private closePosition(reason: number, price: number, day: number, nsOfDay: number, lifetimeBar: number): void {
    const { position, close, params } = this;
    const exitRate = params.config.sp_maker_exit_rate;
    const exitFee = drawFee(this.fees, exitRate, this.random);
    const gross = position.direction * (price / position.entryPrice - 1) * position.notional;
    close.fees = position.notional * position.entryFee + position.qty * price * exitFee;
    close.feesExpected =
      position.notional * position.entryFeeExpected + position.qty * price * expectedFee(this.fees, exitRate);
    close.pnl = gross - close.fees;
    this.capital += close.pnl;
    close.capital = this.capital;
    close.day = day;
    close.nsOfDay = nsOfDay;
    close.lifetimeBar = lifetimeBar;
    close.reason = reason;
    close.price = price;
    this.trades.close(position, close);
    this.nextBarPrices.onExit(position.tradeIndex, position.assetIndex);
    this.emitIntent(INTENT_EXIT, reason, price, day, nsOfDay, lifetimeBar);
    position.direction = 0;
    this.isClosingBar = true;
    this.mustFlatten = false;
    this.tally.trades++;
    this.equity.latest = this.capital;
    this.equity.mark();
    this.breaker.onTradeClosed(close.pnl, this.capital);
  }

  private emitIntent(
    kind: number,
    reason: number,
    price: number,
    day: number,
    nsOfDay: number,
    lifetimeBar: number,
  ): void {
    const { intent, position } = this;
    intent.sequence = this.intentCount++;
    intent.kind = kind;
    intent.direction = position.direction;
    intent.reason = reason;
    intent.assetIndex = position.assetIndex;
    intent.tsEventDay = day;
    intent.tsEventNsOfDay = nsOfDay;
    intent.price = price;
    intent.qty = position.qty;
    intent.notional = position.notional;
    intent.leverage = position.leverage;
    intent.lifetimeBar = lifetimeBar;
    this.intents.emit(intent);
  }
}
