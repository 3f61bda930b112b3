/**
 * When the journal asks the disk to keep what was written.
 *
 * | policy     | a killed process loses | a power loss loses                      |
 * |------------|------------------------|-----------------------------------------|
 * | `always`   | nothing written        | nothing written                         |
 * | `interval` | nothing written        | at most the last 50 ms and one flush    |
 * | `never`    | nothing written        | whatever the system had not yet stored  |
 */
export const FSYNC_POLICIES = ['always', 'interval', 'never'] as const;
export type FsyncPolicy = (typeof FSYNC_POLICIES)[number];

/** Longest time between a write and its sync under `interval`, ms. */
export const FSYNC_INTERVAL_MS = 50;

/** Whether a sync is due, given that something written is not durable yet. Times in ms of one clock. */
export function isSyncDue(policy: FsyncPolicy, oldestUnsyncedMs: number, nowMs: number): boolean {
  if (policy === 'never') return false;
  // A clock that was set back must not put the sync off.
  return policy === 'always' || nowMs >= oldestUnsyncedMs + FSYNC_INTERVAL_MS || nowMs < oldestUnsyncedMs;
}
