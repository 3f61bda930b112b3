import { BINANCE_VIP0 } from '../exec/venue/venue-account.ts';
import type { MetricName, ReportAlert } from '../model/metric-alert.ts';
import type { TradeDetail } from '../model/trade.ts';
import type { ThresholdConfig } from '../portfolio/metrics-monitor-thresholds.ts';
import { alertsOf, TradeWatch } from '../portfolio/trade-watch.ts';

/** What is shown as a share. */
const IN_PERCENT: ReadonlySet<MetricName> = new Set(['win_rate', 'roi', 'maker_share']);

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

/** `alarm: win_rate 38.0 % beyond 39.5 % over 100 at 2026-01-05 10:00:00`. */
export function alertLine({ ts, metric, level, value, threshold, samples }: ReportAlert): string {
  const word = level === 'alarm' ? 'beyond' : 'back at';
  const at = ts.replace('T', ' ').replace(/(?:\.\d+)?Z$/, '');
  return `${level}: ${metric} ${shown(metric, value)} ${word} ${shown(metric, threshold)} over ${samples} at ${at}`;
}

function shown(metric: MetricName, value: number): string {
  return IN_PERCENT.has(metric) ? `${(100 * value).toFixed(1)} %` : value.toFixed(2);
}
