import type { RunRecord, RunState, TaskRecord } from '../run-table/run-record.ts';

/** A state as the API takes it (`StateCreate`); without a name the server makes one of the type. */
export interface PrefectState {
  readonly type: 'SCHEDULED' | 'PENDING' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'CRASHED';
  readonly name?: string;
  readonly message?: string;
}

/** What the server's own engine calls the wait before another attempt, and the attempt. */
const AWAITING_RETRY = 'AwaitingRetry';
const RETRYING = 'Retrying';

export const SCHEDULED: PrefectState = { type: 'SCHEDULED' };

/**
 * States that a run has gone through since the one told before, in order; a run begins by being scheduled, which is none of
 * them. `skipped` is CANCELLED: nothing ran.
 */
export function statesOfRun(run: RunRecord, before: RunState | null): PrefectState[] {
  const because = run.reason === null ? {} : { message: run.reason };
  switch (run.state) {
    case 'scheduled':
      return [];
    case 'running':
      if (before === 'retrying') return [{ type: 'RUNNING', name: RETRYING }];
      return [{ type: 'PENDING' }, { type: 'RUNNING' }];
    case 'retrying':
      return [{ type: 'SCHEDULED', name: AWAITING_RETRY, ...because }];
    case 'completed':
      return [{ type: 'COMPLETED', ...resultOf(run) }];
    case 'skipped':
      return [{ type: 'CANCELLED', name: 'Skipped', ...because }];
    case 'failed':
      return [{ type: 'FAILED', ...because }];
    case 'crashed':
      return [{ type: 'CRASHED', ...because }];
  }
}

/** True when nothing comes behind a state. */
export function isLast({ state }: RunRecord): boolean {
  return state !== 'scheduled' && state !== 'running' && state !== 'retrying';
}

/** State of a task whose attempt began, was done, or failed for good. */
export function stateOfTask({ state, attempt, durationMs, error }: TaskRecord): PrefectState {
  if (state === 'running') return attempt === 1 ? { type: 'RUNNING' } : { type: 'RUNNING', name: RETRYING };
  if (state === 'completed') return { type: 'COMPLETED', message: `attempt ${attempt} took ${durationMs} ms` };
  const name = state === 'timed out' ? { name: 'TimedOut' } : {};
  return { type: 'FAILED', ...name, message: `attempt ${attempt} took ${durationMs} ms: ${error}` };
}

/** State of a task whose attempt failed and which is tried again. */
export function stateOfRetry(task: TaskRecord): PrefectState {
  return { ...stateOfTask(task), type: 'SCHEDULED', name: AWAITING_RETRY };
}

function resultOf({ result }: RunRecord): Pick<PrefectState, 'message'> {
  if (result === null) return {};
  const { capitalBefore, capital, pnl, trades } = result;
  return { message: `capital ${capitalBefore} -> ${capital}, pnl ${pnl}, ${trades} trades` };
}
