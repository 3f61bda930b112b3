import { z } from 'zod';
import { InputError } from '../../model/input-error.ts';
import { createThresholdConfig, type ThresholdConfig } from '../../portfolio/metrics-monitor-thresholds.ts';

/** What the names of all of them begin with. */
export const ALERT_PREFIX = 'alert_';
/** Where an alarm begins, and where it ends; null watches nothing. */
const band = z
  .tuple([z.number(), z.number()])
  .transform(([alarmAt, clearAt]) => ({ alarmAt, clearAt }))
  .nullable();

/** Keys of a config file, or of `--set`, that say when a run alarms. They decide nothing, and name no strategy. */
const alertSchema = z.strictObject({
  alert_win_rate: band,
  alert_profit_factor: band,
  alert_roi: band,
  alert_slippage_bps: band,
  alert_maker_share: band,
  alert_window: z.int(),
  alert_min_samples: z.int(),
});

/** The names of all of them. */
export const ALERT_KEYS: readonly string[] = Object.keys(alertSchema.shape);

type Keys = Readonly<Record<string, unknown>>;

/**
 * Thresholds with the changes of some alert keys, each as `[alarm, clear]`.
 * @param where - file or flag, for messages.
 * @throws InputError naming the key, its value and the rule.
 */
export function thresholdsOf(alerts: Keys, where: string): ThresholdConfig {
  const parsed = alertSchema.partial().safeParse(alerts);
  if (!parsed.success)
    throw new InputError(`${where}: ${describe(parsed.error.issues[0] as z.core.$ZodIssue, alerts)}`);
  const changes = Object.entries(parsed.data).map(([key, value]) => [thresholdKey(key), value]);
  try {
    return createThresholdConfig(Object.fromEntries(changes) as Partial<ThresholdConfig>);
  } catch (error) {
    throw new InputError(
      `${where}: ${ALERT_PREFIX}${(error as InputError).message.replace('minSamples', 'min_samples')}`,
    );
  }
}

function thresholdKey(alertKey: string): string {
  const name = alertKey.slice(ALERT_PREFIX.length);
  return name === 'min_samples' ? 'minSamples' : name;
}

function describe(issue: z.core.$ZodIssue, keys: Keys): string {
  if (issue.code === 'unrecognized_keys') return `unknown key "${issue.keys[0]}"; known: ${ALERT_KEYS.join(', ')}`;
  const key = String(issue.path[0] ?? '');
  return `${key} = ${JSON.stringify(keys[key])}: ${issue.message}`;
}
