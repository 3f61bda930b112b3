import { METRIC_NAMES, type MetricName, type ReportAlert } from '../../model/metric-alert.ts';
import { formatCount, formatRatio, formatShare } from '../number-format.ts';

export const ALERT_TITLES = ['time, UTC', 'metric', 'level', 'value', 'threshold', 'samples'] as const;

/** A metric as people say it, how its values are written. */
interface MetricWords {
  readonly label: string;
  readonly format: (value: number) => string;
}

const METRIC_WORDS: Readonly<Record<MetricName, MetricWords>> = {
  win_rate: { label: 'win rate', format: formatShare },
  profit_factor: { label: 'profit factor', format: factor },
  roi: { label: 'ROI', format: formatShare },
  slippage_bps: { label: 'slippage, bps', format: formatRatio },
  maker_share: { label: 'maker share', format: formatShare },
};

/** An alarm that begins or ends, in the order of {@link ALERT_TITLES}. */
export function alertRow({ ts, metric, level, value, threshold, samples }: ReportAlert): string[] {
  const { label, format } = METRIC_WORDS[metric];
  const at = ts.slice(0, 19).replace('T', ' ');
  return [at, label, level, format(value), format(threshold), formatCount(samples)];
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
