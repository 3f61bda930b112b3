import { InputError } from '../model/input-error.ts';
import { METRIC_NAMES } from '../model/metric-alert.ts';

/** Codes of the metrics that are watched: places in METRIC_NAMES. */
export const METRIC_WIN_RATE = 0;
export const METRIC_PROFIT_FACTOR = 1;
export const METRIC_ROI = 2;
export const METRIC_SLIPPAGE_BPS = 3;
export const METRIC_MAKER_SHARE = 4;
export const METRICS = 5;

/** When a metric alarms, and how far it must come back before the alarm ends: between the two nothing changes. */
export interface Threshold {
  /** The alarm begins beyond this value. */
  readonly alarmAt: number;
  /** It ends at this value or better. Must be on the good side of `alarmAt`. */
  readonly clearAt: number;
}

/** Limits of the monitor. A metric with null is not watched. Shares and ROI are fractions, slippage is in bps. */
export interface ThresholdConfig {
  readonly win_rate: Threshold | null;
  readonly profit_factor: Threshold | null;
  readonly roi: Threshold | null;
  readonly slippage_bps: Threshold | null;
  readonly maker_share: Threshold | null;
  /** Trades, and filled ends of trades, that a figure is taken over; the return alone counts from the start. */
  readonly window: number;
  /** With fewer of them a figure is luck and does not alarm. */
  readonly minSamples: number;
}

/** Metrics of which more is worse. */
const IS_UPPER_LIMIT: readonly boolean[] = [false, false, false, true, false];

/**
 * Ours, uncalibrated. Over 100 trades a win rate of 49.5 % has a standard error of 5 points: the alarm is two below it.
 * A maker share of 62 % in and 50 % out is what fees are drawn with; at 40 % the fee model no longer holds.
 */
const DEFAULTS: ThresholdConfig = {
  win_rate: { alarmAt: 0.395, clearAt: 0.43 },
  profit_factor: { alarmAt: 0.8, clearAt: 0.9 },
  roi: { alarmAt: -0.1, clearAt: -0.08 },
  slippage_bps: { alarmAt: 5, clearAt: 4 },
  maker_share: { alarmAt: 0.4, clearAt: 0.45 },
  window: 100,
  minSamples: 30,
};

/**
 * The defaults with some limits replaced.
 * @throws InputError naming the key, its value and the rule.
 */
export function createThresholdConfig(changes: Partial<ThresholdConfig> = {}): ThresholdConfig {
  const config = { ...DEFAULTS, ...changes };
  METRIC_NAMES.forEach((name, metric) => {
    requireBand(name, config[name], IS_UPPER_LIMIT[metric]!);
  });
  requireCount('window', config.window, 1);
  requireCount('minSamples', config.minSamples, 1);
  if (config.minSamples > config.window) {
    throw new InputError(`minSamples must be at most window (${config.window}), was ${config.minSamples}`);
  }
  return config;
}

/** True when a value is beyond the limit of its metric; NaN is not. */
export function isBeyond(metric: number, value: number, limit: number): boolean {
  return IS_UPPER_LIMIT[metric] ? value > limit : value < limit;
}

function requireBand(name: string, threshold: Threshold | null, isUpper: boolean): void {
  if (threshold === null) return;
  const { alarmAt, clearAt } = threshold;
  const isBand = isUpper ? clearAt < alarmAt : clearAt > alarmAt;
  if (Number.isFinite(alarmAt) && Number.isFinite(clearAt) && isBand) return;
  const side = isUpper ? 'below' : 'above';
  throw new InputError(`${name}.clearAt must be ${side} alarmAt (${alarmAt}), was ${clearAt}: else alarms chatter`);
}

function requireCount(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new InputError(`${name} must be a whole number of at least ${least}, was ${value}`);
}
