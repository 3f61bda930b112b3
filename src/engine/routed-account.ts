import { expectedFee, type FeeSchedule } from '../alpha/layers/smart-placer.ts';
import type { Stateful, StateWalk } from '../model/state-walk.ts';
import { MarkedEquity } from '../portfolio/marked-equity.ts';
import type { RoutedPosition } from '../portfolio/routed-position.ts';
import { TradeLog } from '../portfolio/trade-log.ts';
import { createTradeClose } from '../portfolio/trade-row.ts';
import { CircuitBreakerManager } from '../risk/circuit-breaker.ts';
import type { DayTally } from './day-tally.ts';
import type { RunParams } from './run-params.ts';

/** Told of a trade that closed after the day that it belongs to. @param pnl - USDT. */
export type LateTradeSink = (day: number, pnl: number) => void;

/**
 * The money of routed fills: realised capital moves with whole trades alone, at the pnl that their fills made. A trade belongs
 * to the day on which its exit was decided; one that closes later than that changes neither the pnl nor the breaker of the day
 * on which it does (semantics §11). Allocates once.
 */
export class RoutedAccount implements Stateful {
  readonly trades = new TradeLog(true);
  readonly breaker: CircuitBreakerManager;
  readonly equity: MarkedEquity;
  /** Realised, USDT. */
  capital: number;
  /** Late trades of the days before are in it. */
  capitalAtDayStart: number;
  /** UTC day number. */
  day = Number.NaN;
  private readonly tally: DayTally;
  private readonly onLateTrade: LateTradeSink;
  private readonly fees: FeeSchedule;
  private readonly exitRate: number;
  private readonly close = createTradeClose();

  constructor({ config }: RunParams, tally: DayTally, onLateTrade: LateTradeSink) {
    this.tally = tally;
    this.onLateTrade = onLateTrade;
    this.capital = config.initial_capital;
    this.capitalAtDayStart = config.initial_capital;
    this.equity = new MarkedEquity(config.initial_capital);
    this.breaker = new CircuitBreakerManager({
      dailyLossFrac: config.daily_loss_limit_pct,
      maxConsecutiveLosses: config.max_consecutive_losses,
    });
    this.fees = { makerFee: config.maker_fee, takerFee: config.taker_fee, isSampled: false };
    this.exitRate = config.sp_maker_exit_rate;
  }

  beginDay(day: number): void {
    this.day = day;
    this.capitalAtDayStart = this.capital;
    this.breaker.beginDay(this.capital);
  }

  /** Fee of an entry as the analytic account expects it, as a fraction. @param makerRate - in [0, 1]. */
  entryFeeExpected(makerRate: number): number {
    return expectedFee(this.fees, makerRate);
  }

  /**
   * Marks a held position at a price.
   * @param isOfToday - false for one whose exit belongs to an earlier day: the breaker is not asked.
   * @returns true when the day's loss is at its limit.
   */
  mark(position: RoutedPosition, price: number, isOfToday: boolean): boolean {
    const equity = this.capital + position.markedPnl(price);
    this.equity.latest = equity;
    this.equity.mark();
    return isOfToday && this.breaker.onEquity(equity);
  }

  /**
   * Books a closed trade into its row.
   * @param day - that it belongs to. @param lifetimeBar - of the last bar at or before its last exit fill.
   */
  book(position: RoutedPosition, day: number, lifetimeBar: number, entryFeeExpected: number): void {
    const { close, trades } = this;
    const { notional, exitNotional, pnl } = position;
    this.capital += pnl;
    close.day = day;
    close.nsOfDay = position.exitNsOfDay;
    close.lifetimeBar = lifetimeBar;
    close.reason = position.exitReason;
    close.price = position.exitPrice;
    close.fees = position.feesEntry + position.feesExit;
    close.feesExpected = notional * entryFeeExpected + exitNotional * expectedFee(this.fees, this.exitRate);
    close.pnl = pnl;
    close.capital = this.capital;
    trades.close(position, close);
    trades.setRouted(position.tradeIndex, position);
    this.equity.latest = this.capital;
    this.equity.mark();
    if (day === this.day) this.bookToday(pnl);
    else this.bookLate(day, pnl);
  }

  walkState(walk: StateWalk): void {
    this.capital = walk.number('capital', this.capital);
    this.capitalAtDayStart = walk.number('capitalAtDayStart', this.capitalAtDayStart);
    this.day = walk.number('day', this.day);
    walk.part('equity', this.equity);
    walk.part('trades', this.trades);
    walk.part('breaker', this.breaker);
  }

  private bookToday(pnl: number): void {
    this.tally.trades++;
    this.breaker.onTradeClosed(pnl, this.capital);
  }

  private bookLate(day: number, pnl: number): void {
    this.capitalAtDayStart += pnl;
    this.breaker.moveDayStart(this.capitalAtDayStart);
    this.onLateTrade(day, pnl);
  }
}
