import { BINANCE_VIP0 } from '../exec/venue/venue-account.ts';
import type { ReportAlert } from '../model/metric-alert.ts';
import type { TradeDetail } from '../model/trade.ts';
import type { ThresholdConfig } from '../portfolio/metrics-monitor-thresholds.ts';
import { alertsOf, TradeWatch } from '../portfolio/trade-watch.ts';
import { alertLine } from '../report/watch/alert-rows.ts';

/** Alerts of a run: a line while it runs, at every booked trade at which an alarm begins or ends, and all of them for its report. */
export class RunAlerts {
  private readonly thresholds: ThresholdConfig;
  private readonly initialCapital: number;
  private readonly watch: TradeWatch;

  /** @param say - takes a line for the operator. */
  constructor(thresholds: ThresholdConfig, initialCapital: number, say: (line: string) => void) {
    this.thresholds = thresholds;
    this.initialCapital = initialCapital;
    this.watch = new TradeWatch(thresholds, initialCapital, BINANCE_VIP0, (alert) => say(alertLine(alert)));
  }

  /** Told of trades as they are booked, in order, each once. */
  onTrades(trades: readonly TradeDetail[]): void {
    for (const trade of trades) this.watch.onTrade(trade);
  }

  /** The alerts of the whole run, whatever was told of it. @param trades - all of them, in order. */
  ofRun(trades: readonly TradeDetail[]): ReportAlert[] {
    return alertsOf(trades, this.initialCapital, this.thresholds, BINANCE_VIP0);
  }
}
