import type { NewRun, RunResult } from '../adapters/run-table/run-record.ts';
import type { RunTable } from '../adapters/run-table/run-table.ts';
import { messageOf, RunAborted, type RunJournal, type TaskContext } from './task.ts';

/** What the body of a flow made of its day. */
export type FlowEnd =
  | { readonly kind: 'completed'; readonly result: RunResult | null; readonly summary: string }
  | { readonly kind: 'skipped'; readonly summary: string };

/** How a run ended; `error` is what the last attempt of its failed task threw. */
export type FlowOutcome =
  | { readonly state: 'completed' | 'skipped'; readonly runId: number; readonly summary: string }
  | { readonly state: 'failed'; readonly runId: number; readonly summary: string; readonly error: unknown };

export interface RunConditions {
  /** Ends the run: a signal of the operator. */
  readonly signal: AbortSignal;
  readonly retryDelayMs: number;
  /** Told of each line that goes to the run's log. */
  readonly onLine?: (level: string, text: string) => void;
  /** A run that waits in the table already. */
  readonly scheduledId?: number;
}

/** What the body of a flow gets. */
export interface FlowContext extends TaskContext {
  readonly runId: number;
  setParamHash(paramHash: string): void;
  /** Ends the run from inside: a claim was lost. */
  abort(reason: string): void;
}

/** Runs the body of a flow as one run of the table: every end of it is written down, also the one by an exception. */
export async function runFlow(
  table: RunTable,
  run: NewRun,
  conditions: RunConditions,
  body: (context: FlowContext) => Promise<FlowEnd>,
): Promise<FlowOutcome> {
  table.markCrashed();
  const runId = conditions.scheduledId ?? table.schedule(run);
  table.start(runId);
  const inner = new AbortController();
  const context: FlowContext = {
    runId,
    journal: journalOf(table, runId, conditions.onLine ?? (() => undefined)),
    signal: AbortSignal.any([conditions.signal, inner.signal]),
    retryDelayMs: conditions.retryDelayMs,
    isAttended: run.trigger === 'manual',
    sleep,
    setParamHash: (paramHash) => table.setParamHash(runId, paramHash),
    abort: (reason) => inner.abort(reason),
  };
  try {
    const end = await body(context);
    context.journal.log('info', end.summary);
    if (end.kind === 'completed') table.complete(runId, end.result);
    else table.end(runId, 'skipped', end.summary);
    return { state: end.kind, runId, summary: end.summary };
  } catch (error) {
    const summary = messageOf(error);
    context.journal.log('error', summary);
    // Ended from outside it says nothing about the day.
    table.end(runId, error instanceof RunAborted ? 'crashed' : 'failed', summary);
    return { state: 'failed', runId, summary, error };
  }
}

function journalOf(table: RunTable, runId: number, onLine: (level: string, text: string) => void): RunJournal {
  return {
    startTask: (name, attempt) => table.startTask(runId, name, attempt),
    endTask: (taskId, state, durationMs, error) => table.endTask(taskId, state, durationMs, error),
    setState: (state, reason) => table.setState(runId, state, reason),
    log: (level, text) => {
      table.log(runId, level, text);
      onLine(level, text);
    },
  };
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new Error('woken by the end of the run'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
