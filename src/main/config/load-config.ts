import type { z } from 'zod';
import { InputError, InvariantError } from '../../model/input-error.ts';
import {
  CHAMPION_PARAM_KEYS,
  createChampionConfig,
  STRATEGY_FACTORIES,
  type StrategyConfig,
  type StrategyName,
} from '../../model/strategy.ts';
import type { ThresholdConfig } from '../../portfolio/metrics-monitor-thresholds.ts';
import { ALERT_KEYS, thresholdsOf } from './alert-keys.ts';
import { CHAMPION_HASH, paramHash, requireFrozenChampion } from './champion-hash.ts';
import { CHAMPION_FILE, readConfigFile, readSettings } from './config-file.ts';
import { MEMORY_KEYS } from './memory-keys.ts';
import { crossKeyProblem, strategySchema } from './schema.ts';
import type { SplitKeys } from './split-keys.ts';

/** A validated strategy with the name that results carry. */
export interface LoadedStrategy {
  /** With its qualifiers: `champion`, `custom`, `champion+direction=both`. */
  readonly name: string;
  readonly baseName: StrategyName;
  readonly config: StrategyConfig;
  /** SHA-256 over the 15 champion parameters. */
  readonly paramHash: string;
}

/**
 * Reads a strategy from a YAML file and `key=value` settings, later ones winning. One of the 15 champion keys that is
 * not what the named strategy has makes it `custom`; any other change is appended to the name.
 *
 * @param file - null for the champion.
 * @param settings - `--set` arguments.
 * @throws InputError naming file or flag, key, value and rule; InvariantError for a drifted champion.
 */
export function loadStrategy(file: string | null, settings: readonly string[]): LoadedStrategy {
  requireFrozenChampion();
  const fromFile = file === null ? CHAMPION_FILE : readConfigFile(file);
  const base = STRATEGY_FACTORIES[fromFile.strategy]();
  const written = { ...base, ...validateKeys(fromFile.keys.strategy, file ?? 'champion') };
  if (fromFile.strategy === 'champion') refuseDrift(written, file ?? 'champion');

  const config = { ...written, ...validateKeys(readSettings(settings).strategy, '--set') };
  const problem = crossKeyProblem(config);
  if (problem !== null) throw new InputError(`${file ?? '--set'}: ${problem}`);
  const isRenamed = CHAMPION_PARAM_KEYS.some((key) => config[key] !== base[key]);
  const baseName = isRenamed ? 'custom' : fromFile.strategy;
  return { name: baseName + changedKeys(base, config), baseName, config, paramHash: paramHash(config) };
}

/**
 * When a run alarms, by the `alert_` keys of the same file and settings, later ones winning; the defaults for the others.
 * @throws InputError naming file or flag, key, value and rule.
 */
export function loadThresholds(file: string | null, settings: readonly string[]): ThresholdConfig {
  const inFile = file === null ? {} : readConfigFile(file).keys.alerts;
  const inSettings = readSettings(settings).alerts;
  const where = Object.keys(inSettings).length > 0 ? '--set' : (file ?? '--set');
  return thresholdsOf({ ...inFile, ...inSettings }, where);
}

/** `champion@60s`: at another bar interval it is no longer the strategy it is called after. */
export function nameWithInterval(name: string, barIntervalMs: number): string {
  return barIntervalMs === createChampionConfig().bar_interval_ms ? name : `${name}@${barIntervalMs / 1000}s`;
}

function validateKeys(keys: SplitKeys['strategy'], where: string): Partial<StrategyConfig> {
  const result = strategySchema.partial().safeParse(keys);
  if (!result.success) throw new InputError(`${where}: ${describeIssue(result.error.issues, keys)}`);
  return result.data as Partial<StrategyConfig>;
}

function describeIssue(issues: readonly z.core.$ZodIssue[], keys: SplitKeys['strategy']): string {
  const issue = issues[0] as z.core.$ZodIssue;
  if (issue.code === 'unrecognized_keys') {
    const known = [...Object.keys(strategySchema.shape), ...ALERT_KEYS, ...MEMORY_KEYS].join(', ');
    return `unknown key "${issue.keys[0]}"; known keys: strategy, ${known}`;
  }
  const key = String(issue.path[0] ?? '');
  return `${issue.path.join('.')} = ${JSON.stringify(keys[key])}: ${issue.message}`;
}

function refuseDrift(config: StrategyConfig, where: string): void {
  const champion = createChampionConfig();
  const drifted = CHAMPION_PARAM_KEYS.filter((key) => config[key] !== champion[key]);
  if (drifted.length === 0) return;
  const lines = drifted.map((key) => `  ${key}: expected ${champion[key]}, found ${config[key]}`);
  throw new InvariantError(
    `${where}: calls itself champion, but its parameters have drifted ` +
      `(hash expected ${CHAMPION_HASH}, found ${paramHash(config)}):\n${lines.join('\n')}\n` +
      'restore them, or name the strategy custom',
  );
}

/** Changes outside the hash, appended to the name; the bar interval has a label of its own. */
function changedKeys(base: StrategyConfig, config: StrategyConfig): string {
  const hashed: ReadonlySet<string> = new Set<string>([...CHAMPION_PARAM_KEYS, 'bar_interval_ms']);
  return (Object.keys(config) as (keyof StrategyConfig)[])
    .filter((key) => !hashed.has(key) && JSON.stringify(config[key]) !== JSON.stringify(base[key]))
    .map((key) => `+${key}=${String(config[key])}`)
    .join('');
}

/**
 * Checks a strategy against the universe of a run.
 * @throws InputError for an asset in `excluded_assets` that the user named and that is not there.
 */
export function checkUniverse(config: StrategyConfig, universe: readonly string[], where: string): void {
  const defaults: readonly string[] = createChampionConfig().excluded_assets;
  const unknown = config.excluded_assets.find((asset) => !universe.includes(asset) && !defaults.includes(asset));
  if (unknown !== undefined) {
    throw new InputError(`${where}: excluded_assets names "${unknown}", which is not in the universe of the data`);
  }
  if (config.excluded_assets.includes(config.reference_asset)) {
    throw new InputError(`${where}: reference_asset "${config.reference_asset}" must not be in excluded_assets`);
  }
}
