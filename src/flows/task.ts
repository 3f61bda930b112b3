import type { LogLevel, RunState, TaskState } from '../adapters/run-table/run-record.ts';
import { InputError, InvariantError } from '../model/input-error.ts';

/** Where the attempts of a run's tasks are kept; a RunTable bound to one run. */
export interface RunJournal {
  startTask(name: string, attempt: number): number;
  endTask(taskId: number, state: Exclude<TaskState, 'running'>, durationMs: number, error: string | null): void;
  setState(state: Extract<RunState, 'running' | 'retrying'>, reason: string | null): void;
  log(level: LogLevel, text: string): void;
}

export interface TaskContext {
  readonly journal: RunJournal;
  /** Aborted when the whole run is to end: a signal of the operator, or a claim that was lost. */
  readonly signal: AbortSignal;
  /** Wait before the first retry; doubles with each. */
  readonly retryDelayMs: number;
  /** A person waits for the run, and is told of bad input at once. */
  readonly isAttended: boolean;
  /** Resolves after `ms`, rejects when `signal` is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface TaskOptions {
  readonly name: string;
  /** Attempts after the first. */
  readonly retries: number;
  /** Of one attempt; null for none. */
  readonly timeoutMs: number | null;
  /** True where bad input may mend itself while nobody attends: a file that another program has not finished writing. */
  readonly retriesBadInput?: boolean;
}

/** One attempt did not end in its time. */
export class TaskTimeout extends Error {
  override readonly name = 'TaskTimeout';
}

/** The run was told to end. */
export class RunAborted extends Error {
  override readonly name = 'RunAborted';
}

/**
 * Runs a task of a flow: attempts with their time limit, waits between them, and a line in the run table for each.
 * @param work - has to end soon after its signal is aborted; it is always waited for, so two attempts never overlap.
 * @throws what the last attempt threw; RunAborted when the run is to end. A broken invariant is never retried, bad
 *   input only where it may mend itself.
 */
export async function runTask<T>(
  context: TaskContext,
  options: TaskOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { journal, signal } = context;
  for (let attempt = 1; ; attempt++) {
    requireGoing(signal);
    try {
      return await runAttempt(context, options, attempt, work);
    } catch (error) {
      requireGoing(signal);
      if (attempt > options.retries || !canMend(error, context, options)) throw error;
      const waitMs = context.retryDelayMs * 2 ** (attempt - 1);
      const text = `${options.name}: attempt ${attempt} of ${options.retries + 1} failed: ${messageOf(error)}`;
      journal.log('warning', text);
      journal.setState('retrying', text);
      await context.sleep(waitMs, signal).catch(() => requireGoing(signal));
      journal.setState('running', null);
    }
  }
}

async function runAttempt<T>(
  { journal, signal }: TaskContext,
  { name, timeoutMs }: TaskOptions,
  attempt: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const id = journal.startTask(name, attempt);
  const startMs = performance.now();
  const timeout = timeoutMs === null ? null : AbortSignal.timeout(timeoutMs);
  const either = timeout === null ? signal : AbortSignal.any([signal, timeout]);
  const isLate = () => timeout?.aborted === true && !signal.aborted;
  try {
    const value = await work(either);
    // Work that came to its end in spite of the time limit is done.
    journal.endTask(id, 'completed', performance.now() - startMs, null);
    return value;
  } catch (error) {
    const late = isLate();
    const failure = late ? new TaskTimeout(`${name} did not end within ${(timeoutMs as number) / 1000} s`) : error;
    journal.endTask(id, late ? 'timed out' : 'failed', performance.now() - startMs, messageOf(failure));
    throw failure;
  }
}

function requireGoing(signal: AbortSignal): void {
  if (signal.aborted) throw new RunAborted(messageOf(signal.reason));
}

function canMend(error: unknown, { isAttended }: TaskContext, { retriesBadInput }: TaskOptions): boolean {
  if (error instanceof InvariantError || error instanceof RunAborted) return false;
  return !(error instanceof InputError) || (retriesBadInput === true && !isAttended);
}

/** Text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
