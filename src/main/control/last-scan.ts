import { readWorkerState } from '../../shm/heartbeats.ts';
import type { Region } from '../../shm/region.ts';

/**
 * How old what the engine knows is. A replay is asked in its own time: how far that has gone on behind the frame. Live it is
 * the wall clock's business.
 */
export interface LastScan {
  /** ISO 8601, UTC. */
  readonly eventTime: string;
  readonly clock: 'event time' | 'wall clock';
  /** By that clock; null in a replay without a pace, or at its end: its time goes on with its frames alone. */
  readonly ageSeconds: number | null;
}

/**
 * The frame stepped last; null before the first.
 * @param eventTime - of that frame, ISO 8601.
 * @param speed - event seconds per second of a replay, 0: as fast as it can; null: live.
 * @param frameAgeMs - wall clock since it was stepped; null where no more will come.
 */
export function lastScanOf(eventTime: string | null, speed: number | null, frameAgeMs: number | null): LastScan | null {
  if (eventTime === null) return null;
  if (speed === null) {
    return { eventTime, clock: 'wall clock', ageSeconds: (Date.now() - Date.parse(eventTime)) / 1000 };
  }
  const isPaced = speed > 0 && frameAgeMs !== null;
  return { eventTime, clock: 'event time', ageSeconds: isPaced ? (frameAgeMs / 1000) * speed : null };
}

/** True when the engine will step no more frame. */
export function hasEngineEnded(region: Region): boolean {
  const state = readWorkerState(region, 'ENGINE');
  return state === 'STOPPED' || state === 'FAILED';
}
