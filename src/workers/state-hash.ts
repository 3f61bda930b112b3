import { createHash } from 'node:crypto';
import type { Rules } from '../engine/actor.ts';
import type { RunParams } from '../engine/run-params.ts';
import type { SnapshotIdentity } from '../engine/snapshot.ts';

/**
 * SHA-256, lower-case hex, of a machine's whole state.
 * @param snapshot - as writeSnapshot made it; every NaN in it is the same one.
 */
export function stateHash(snapshot: Uint8Array): string {
  return sha256(snapshot);
}

/** The same as its 32 bytes, as journals carry it. */
export function stateHashBytes(snapshot: Uint8Array): Uint8Array {
  return createHash('sha256').update(snapshot).digest();
}

/** What snapshots of a machine with these parameters and rules belong to. */
export function snapshotIdentity(params: RunParams, rules: Rules): SnapshotIdentity {
  const { config, barIntervalNs, universe, fills } = params;
  const settings = Object.entries(config).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    rules,
    configHash: sha256(JSON.stringify([settings, barIntervalNs, ...(fills === 'routed' ? [fills] : [])])),
    universeHash: sha256(JSON.stringify(universe)),
  };
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
