import { replayExecution } from '../workers/replay-execution.ts';
import type { ReplayRunOptions } from './run-options.ts';
import { type RunOutcome, WorkerFailure } from './supervisor.ts';

/**
 * What a run's orders came to: in the replay of a journal stepped again from their own stream, and with a warning where the
 * engine could not book what was filled.
 * @throws WorkerFailure when the orders of a journal are not what its execution does.
 */
export function withRouted(outcome: RunOutcome, options: ReplayRunOptions): RunOutcome {
  return withStrayFills(withJournalledOrders(outcome, options));
}

/** As far as the engine has come with its decisions, where the run, or its replay, was stopped. */
function withJournalledOrders(outcome: RunOutcome, { inputs, origin }: ReplayRunOptions): RunOutcome {
  if (inputs.routed === undefined || origin.kind !== 'journal') return outcome;
  const { entries, exits } = outcome.execution;
  const { difference, outcome: routed } = replayExecution(origin.journalled.dir, entries + exits);
  if (difference !== null)
    throw new WorkerFailure(`execution, stepped again from its stream, does otherwise: ${difference}`);
  return { ...outcome, execution: { ...outcome.execution, routed } };
}

/** Fills that the engine could book on no position mean one at the venue that nobody watches: no counter is loud enough. */
function withStrayFills(outcome: RunOutcome): RunOutcome {
  const { execution, engine } = outcome;
  const strayFills = engine.run.routed?.strayFills ?? 0;
  if (execution.routed === null || strayFills === 0) return outcome;
  const warning =
    `${strayFills} fills or funding payments met no position of the engine: what is held at the venue is not what was ` +
    'decided, and the result leaves them out';
  const routed = { ...execution.routed, warnings: [...execution.routed.warnings, warning] };
  return { ...outcome, execution: { ...execution, routed } };
}
