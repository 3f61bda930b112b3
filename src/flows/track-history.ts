import type { RunRecord, RunTrack } from '../adapters/run-table/run-record.ts';
import type { RunTable } from '../adapters/run-table/run-table.ts';
import type { CapitalState, PnlResult } from '../model/memory-values.ts';
import type { OtherMemory } from './capital-handover.ts';
import type { DayToWrite } from './memory-writes.ts';

/** The last completed day of a track in this machine's run history as a capital state; null without one. */
export function historyOf(table: RunTable, track: RunTrack): CapitalState | null {
  return stateOf(table.lastCompleted(track));
}

/** The same of the other memories that the track's flow and deployment were run with; null without one. */
export function historyElsewhere(table: RunTable, track: RunTrack): OtherMemory | null {
  const last = table.lastCompletedElsewhere(track);
  const state = stateOf(last);
  return last === null || state === null ? null : { memory: last.memory, state };
}

function stateOf(run: RunRecord | null): CapitalState | null {
  if (run?.result == null) return null;
  const { capital, pnl, paramHash, pnlJson } = run.result;
  // Results of before the name was kept have none.
  const { staleState, strategy = null } = JSON.parse(pnlJson) as Partial<DayToWrite & PnlResult>;
  return { capital, date: run.date, pnl, strategy, paramHash, isStale: staleState === true };
}

/** Capital, USDT, with which the history's first day after that of `state` began; null without such a day. */
export function continuedFrom(table: RunTable, track: RunTrack, state: CapitalState | null): number | null {
  if (state?.date == null) return null;
  return table.firstCompletedAfter(track, state.date)?.result?.capitalBefore ?? null;
}
