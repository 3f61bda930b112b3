import type { RunTrack } from '../adapters/run-table/run-record.ts';
import type { RunTable } from '../adapters/run-table/run-table.ts';
import type { CapitalState, PnlResult } from '../model/memory-values.ts';

/** The last completed day of a track in this machine's run history as a capital state; null without one. */
export function historyOf(table: RunTable, track: RunTrack): CapitalState | null {
  const last = table.lastCompleted(track);
  if (last?.result == null) return null;
  const { capital, pnl, paramHash, pnlJson } = last.result;
  const { staleState } = JSON.parse(pnlJson) as Partial<PnlResult>;
  return { capital, date: last.date, pnl, paramHash, isStale: staleState === true };
}

/** Capital, USDT, with which the history's first day after that of `state` began; null without such a day. */
export function continuedFrom(table: RunTable, track: RunTrack, state: CapitalState | null): number | null {
  if (state?.date == null) return null;
  return table.firstCompletedAfter(track, state.date)?.result?.capitalBefore ?? null;
}
