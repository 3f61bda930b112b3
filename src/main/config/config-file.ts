import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { InputError } from '../../model/input-error.ts';
import { STRATEGY_FACTORIES, type StrategyName } from '../../model/strategy.ts';
import { type MemoryKeys, memoryKeysOf } from './memory-keys.ts';
import { type SplitKeys, splitKeys } from './split-keys.ts';

/** A config file: the strategy that it names, and its keys. */
export interface ConfigFile {
  readonly strategy: StrategyName;
  /** Those of strategy and alerts are checked by whoever uses them. */
  readonly keys: SplitKeys;
  /** Checked, whichever command reads the file. */
  readonly memory: MemoryKeys;
}

/** What stands for a file where none is named. */
export const CHAMPION_FILE: ConfigFile = {
  strategy: 'champion',
  keys: splitKeys({}),
  memory: { memory: null, deployment: null },
};

/** Reads a config file. @throws InputError naming the file, and key, value and rule of what is wrong in it. */
export function readConfigFile(file: string): ConfigFile {
  const { strategy = 'custom', ...rest } = readMap(file);
  if (typeof strategy !== 'string' || !Object.hasOwn(STRATEGY_FACTORIES, strategy)) {
    const known = Object.keys(STRATEGY_FACTORIES).join(', ');
    throw new InputError(`${file}: strategy must be one of ${known}, was ${JSON.stringify(strategy)}`);
  }
  const keys = splitKeys(rest);
  return { strategy: strategy as StrategyName, keys, memory: memoryKeysOf(keys.memory, file) };
}

/**
 * Reads `--set key=value`, the value as YAML would: numbers, booleans, null, lists in brackets, else text. The last one of
 * a key holds.
 * @throws InputError for a setting that is none, and for a key that only a config file has.
 */
export function readSettings(settings: readonly string[]): SplitKeys {
  const keys: Record<string, unknown> = {};
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1) throw new InputError(`--set: must be key=value, was "${setting}"`);
    keys[setting.slice(0, at).trim()] = parseYaml(setting.slice(at + 1));
  }
  const split = splitKeys(keys);
  const [misplaced] = Object.keys(split.memory);
  if (misplaced === undefined) return split;
  throw new InputError(`--set: ${misplaced} is no key of a strategy: say --${misplaced}, or put it into a config file`);
}

function readMap(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new InputError(`config file cannot be read: ${(error as Error).message}`);
  }
  let document: unknown;
  try {
    document = parseYaml(text);
  } catch (error) {
    throw new InputError(`${file}: is not valid YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new InputError(`${file}: must be a map of keys to values`);
  }
  return document as Record<string, unknown>;
}
