import { isGoneFromHere } from '../memory/process-identity.ts';
import type { RunRecord, RunState } from './run-record.ts';

/** States of a run that has not ended. */
export const OPEN_STATES: readonly RunState[] = ['scheduled', 'running', 'retrying'];
/** Why a run whose process is gone has crashed. */
export const GONE_REASON = 'its process ended without saying so';

/** True for an open run of this host whose process is gone. */
export function isGone({ state, host, pid }: RunRecord): boolean {
  return OPEN_STATES.includes(state) && isGoneFromHere({ owner: '', host, pid });
}

/** A run as it stands: one whose process is gone has crashed, though nobody has written that down yet. */
export function asItStands(run: RunRecord): RunRecord {
  return isGone(run) ? { ...run, state: 'crashed', reason: GONE_REASON } : run;
}
