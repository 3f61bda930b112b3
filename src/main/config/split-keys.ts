import { ALERT_PREFIX } from './alert-keys.ts';
import { MEMORY_KEYS } from './memory-keys.ts';

type Keys = Readonly<Record<string, unknown>>;

/** Keys of a config file, or of `--set`, by what they are about. Only those of the strategy decide anything. */
export interface SplitKeys {
  readonly strategy: Keys;
  /** When a run alarms. */
  readonly alerts: Keys;
  /** Where results and capital are kept. */
  readonly memory: Keys;
}

/** Sorts keys by what they are about; unknown ones count as the strategy's, whose rules refuse them. */
export function splitKeys(keys: Keys): SplitKeys {
  const of = (owner: keyof SplitKeys) =>
    Object.fromEntries(Object.entries(keys).filter(([key]) => ownerOf(key) === owner));
  return { strategy: of('strategy'), alerts: of('alerts'), memory: of('memory') };
}

function ownerOf(key: string): keyof SplitKeys {
  if (key.startsWith(ALERT_PREFIX)) return 'alerts';
  return (MEMORY_KEYS as readonly string[]).includes(key) ? 'memory' : 'strategy';
}
