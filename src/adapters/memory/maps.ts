/** Names of maps and keys, as spec 1.0 §10 and §16 have them: other programs read and write the same ones. */

export const SAFETY_MAP = 'DOLPHIN_SAFETY';
export const SAFETY_KEY = 'latest';
export const FEATURES_MAP = 'DOLPHIN_FEATURES';
export const ACB_KEY = 'acb_boost';
export const SCAN_KEY = 'latest_eigen_scan';
export const HEARTBEAT_MAP = 'DOLPHIN_HEARTBEAT';
export const HEARTBEAT_KEY = 'nautilus_flow_heartbeat';
/** Ours, not of spec 1.0: who may write a state, one key per state. */
export const LEASE_MAP = 'DOLPHIN_LEASE';

export const DEPLOYMENTS = ['blue', 'green'] as const;
export type Deployment = (typeof DEPLOYMENTS)[number];

/** Capital tracks: the paper flow's and the supervisor's. */
export type Track = 'paper' | 'nautilus';
export const TRACK_KEYS: Readonly<Record<Track, string>> = { paper: 'latest', nautilus: 'latest_nautilus' };

/** Map of results, key = `YYYY-MM-DD`. */
export function pnlMap(deployment: Deployment): string {
  return `DOLPHIN_PNL_${deployment.toUpperCase()}`;
}

/** Map of capital states, keys of {@link TRACK_KEYS}. */
export function stateMap(deployment: Deployment): string {
  return `DOLPHIN_STATE_${deployment.toUpperCase()}`;
}

/** Key of the lease on one track's state, such as `DOLPHIN_STATE_BLUE/latest`. */
export function leaseKey(deployment: Deployment, track: Track): string {
  return `${stateMap(deployment)}/${TRACK_KEYS[track]}`;
}

export const SHARD_COUNT = 10;

/** Shard of a symbol: the sum of its code points mod 10. Spec 1.0 §16. */
export function shardOf(symbol: string): number {
  let sum = 0;
  for (const character of symbol) sum += character.codePointAt(0) as number;
  return sum % SHARD_COUNT;
}

/** Map of a shard in [0, SHARD_COUNT), such as `DOLPHIN_FEATURES_SHARD_07`. */
export function shardMap(shard: number): string {
  return `DOLPHIN_FEATURES_SHARD_${String(shard).padStart(2, '0')}`;
}
