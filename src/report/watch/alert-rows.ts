import { METRIC_NAMES, type MetricName, type ReportAlert } from '../../model/metric-alert.ts';
import { formatCount, formatRatio, formatShare } from '../number-format.ts';
import { plural } from '../words.ts';

export const ALERT_TITLES = ['time, UTC', 'metric', 'level', 'value', 'threshold', 'samples'] as const;

/** A metric as people say it, how its values are written, which side is bad and what it is taken over. */
interface MetricWords {
  readonly label: string;
  readonly format: (value: number) => string;
  readonly badSide: 'below' | 'above';
  readonly sample: string;
}

const METRIC_WORDS: Readonly<Record<MetricName, MetricWords>> = {
  win_rate: { label: 'win rate', format: formatShare, badSide: 'below', sample: 'trade' },
  profit_factor: { label: 'profit factor', format: factor, badSide: 'below', sample: 'trade' },
  roi: { label: 'ROI', format: formatShare, badSide: 'below', sample: 'trade' },
  slippage_bps: { label: 'slippage, bps', format: formatRatio, badSide: 'above', sample: 'filled end' },
  maker_share: { label: 'maker share', format: formatShare, badSide: 'below', sample: 'filled end' },
};

/** An alarm that begins or ends, in the order of {@link ALERT_TITLES}. */
export function alertRow({ ts, metric, level, value, threshold, samples }: ReportAlert): string[] {
  const { label, format } = METRIC_WORDS[metric];
  const at = ts.slice(0, 19).replace('T', ' ');
  return [at, label, level, format(value), format(threshold), formatCount(samples)];
}

/**
 * The same as a line while the run goes on: `alarm: profit factor 0.60 below 0.80 over 30 trades, 2026-01-05 08:42:05 UTC`; one
 * that clears is `back at` its threshold.
 */
export function alertLine(alert: ReportAlert): string {
  const { label, badSide, sample } = METRIC_WORDS[alert.metric];
  const [at, , level, value, threshold] = alertRow(alert);
  const side = alert.level === 'alarm' ? badSide : 'back at';
  return `${level}: ${label} ${value} ${side} ${threshold} over ${plural(alert.samples, sample)}, ${at} UTC`;
}

/** What the samples of an alert are. */
export const SAMPLE_WORDS = 'Samples are trades; of slippage and maker share, filled ends of trades.';

/** Which alarms still stood at the end of the run, in words. */
export function standingWords(alerts: readonly ReportAlert[]): string {
  const standing = METRIC_NAMES.filter((name) => alerts.findLast(({ metric }) => metric === name)?.level === 'alarm');
  if (standing.length === 0) return 'Every alarm has cleared.';
  return `Not cleared by the end: ${standing.map((name) => METRIC_WORDS[name].label).join('; ')}.`;
}

function factor(value: number): string {
  return value === Number.POSITIVE_INFINITY ? 'no losses' : formatRatio(value);
}
