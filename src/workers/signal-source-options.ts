import type { BridgeCounts } from '../adapters/redis/signal-bridge.ts';
import type { WorkerBase } from './messages.ts';

/** What the signal source gets at its start. Credentials are not in it: it reads its own environment. */
export interface SignalSourceOptions extends WorkerBase {
  readonly universe: readonly string[];
  /** As `redisSettings` takes it. */
  readonly url: string;
  readonly stream: string;
  /** File of the position; null begins with the stream's first entry every time. */
  readonly positionPath: string | null;
  /** Greatest age of a fresh signal, ms; null in a replay. */
  readonly freshnessLimitMs: number | null;
  /** Made by {@link createSharedCounts}. */
  readonly counts: SharedArrayBuffer;
}

const COUNT_NAMES = [
  'taken',
  'duplicates',
  'late',
  'stale',
  'parked',
  'gaps',
] as const satisfies readonly (keyof BridgeCounts)[];

/** Memory through which the source tells main what became of the signals, while it runs. */
export function createSharedCounts(): SharedArrayBuffer {
  return new SharedArrayBuffer(8 * COUNT_NAMES.length);
}

/** Source only. */
export function storeCounts(buffer: SharedArrayBuffer, counts: BridgeCounts): void {
  const values = new Float64Array(buffer);
  for (const [i, name] of COUNT_NAMES.entries()) values[i] = counts[name];
}

/** Any thread; may be {@link storeCounts}'s interval old while the source runs. */
export function loadCounts(buffer: SharedArrayBuffer): BridgeCounts {
  const values = new Float64Array(buffer);
  return Object.fromEntries(COUNT_NAMES.map((name, i) => [name, values[i]])) as unknown as BridgeCounts;
}
