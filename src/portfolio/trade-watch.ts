import { METRIC_NAMES, type ReportAlert } from '../model/metric-alert.ts';
import type { TradeDetail } from '../model/trade.ts';
import { type MetricAlert, MetricsMonitor } from './metrics-monitor.ts';
import type { ThresholdConfig } from './metrics-monitor-thresholds.ts';

/** What a venue takes of a notional, fractions. */
export interface PaidRates {
  readonly makerFee: number;
  readonly takerFee: number;
}

/** Where alerts of a run go. */
export type AlertListener = (alert: ReportAlert) => void;

/** A trade with orders behind it, from a report or a run. */
type WatchedTrade = Pick<
  TradeDetail,
  'exitTs' | 'reason' | 'pnl' | 'capital' | 'direction' | 'entry' | 'exit' | 'routed'
>;

/**
 * Watches the trades of a run in the order in which they are booked, and says at which of them a metric went beyond its
 * threshold and came back. A function of the trades alone, so a journal, and a run that went on, gives the same alerts.
 *
 * A trade is one sample of win rate, profit factor and return. Routed, each of its ends is one of slippage and maker share; a
 * position that was marked at the end of the data (UNFILLED_END) is no outcome and has no second end.
 */
export class TradeWatch {
  private readonly monitor: MetricsMonitor;
  private readonly rates: PaidRates;
  /** Event time of the trade that is taken. */
  private ts = '';

  /**
   * @param initialCapital - USDT, what the return is measured against.
   * @param rates - of routed fills: what was made follows from what was paid, exactly, while every fill pays one of the two.
   * @throws RangeError when the two rates are one.
   */
  constructor(thresholds: ThresholdConfig, initialCapital: number, rates: PaidRates, onAlert: AlertListener) {
    if (rates.makerFee === rates.takerFee) {
      throw new RangeError(`makerFee and takerFee must differ, were both ${rates.makerFee}: fees would tell nothing`);
    }
    this.rates = rates;
    this.monitor = new MetricsMonitor(thresholds, initialCapital, {
      emit: (alert) => onAlert(this.told(alert)),
    });
  }

  /** Takes the next booked trade. Its `routed` part is there as a whole or not at all. */
  onTrade(trade: WatchedTrade): void {
    this.ts = trade.exitTs;
    const isMarked = trade.reason === 'UNFILLED_END';
    if (trade.routed !== undefined) this.onEnds(trade, trade.routed, isMarked);
    if (!isMarked) this.monitor.onTradeClosed(trade.pnl, trade.capital);
  }

  private onEnds(trade: WatchedTrade, routed: NonNullable<TradeDetail['routed']>, isMarked: boolean): void {
    const { direction, entry, exit } = trade;
    const { qty, entryDecision, exitDecision, feesEntry, feesExit } = routed;
    this.onEnd(direction * (entry / entryDecision - 1), qty * entry, feesEntry);
    if (!isMarked) this.onEnd(-direction * (exit / exitDecision - 1), qty * exit, feesExit);
  }

  /** @param costFrac - of the average fill against the decision price, positive a cost. */
  private onEnd(costFrac: number, notional: number, fees: number): void {
    const { makerFee, takerFee } = this.rates;
    const made = (takerFee * notional - fees) / (takerFee - makerFee);
    // Roundings leave the range by a few bits.
    this.monitor.onFilled(costFrac * 1e4, notional, Math.min(Math.max(made, 0), notional));
  }

  private told({ metric, isRaised, value, limit, samples }: MetricAlert): ReportAlert {
    const level = isRaised ? 'alarm' : 'clear';
    return { ts: this.ts, metric: METRIC_NAMES[metric]!, level, value, threshold: limit, samples };
  }
}

/** Every alert of a run, in order. @param trades - all of them, in the order in which they were booked. */
export function alertsOf(
  trades: readonly TradeDetail[],
  initialCapital: number,
  thresholds: ThresholdConfig,
  rates: PaidRates,
): ReportAlert[] {
  const alerts: ReportAlert[] = [];
  const watch = new TradeWatch(thresholds, initialCapital, rates, (alert) => alerts.push(alert));
  for (const trade of trades) watch.onTrade(trade);
  return alerts;
}
