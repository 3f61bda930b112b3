import type { CapitalTrack } from '../adapters/memory/capital-track.ts';
import type { OfferOutcome } from '../adapters/memory/latest-writer.ts';
import type { Ownership } from '../adapters/memory/ownership.ts';
import type { RunRecord } from '../adapters/run-table/run-record.ts';
import type { CapitalState, PnlPart, PnlResult } from '../model/memory-values.ts';
import { MemoryLost } from './memory-lost.ts';

/** A result of this run, or one that an earlier run left in the memory. */
export type DayToWrite = (PnlResult | (PnlPart & { readonly date: string; readonly paramHash: string })) & {
  /** Name of the strategy that made it. */
  readonly strategy: string;
};

/**
 * Writes a day under a claim: its result, then the state with date and capital, whose compare-and-set makes the day count.
 * @throws MemoryLost when one of them is not known to be written; Error when a newer claim or value was seen.
 */
export async function writeDay(track: CapitalTrack, ownership: Ownership, day: DayToWrite): Promise<void> {
  // A result that is there already is only left without its state: it stays as it was written.
  if ('bars' in day) requireWritten(`result of ${day.date}`, await track.writePnl(ownership, day));
  requireWritten(`state of ${day.date}`, await track.writeState(ownership, stateAfter(day)));
}

/**
 * Brings a memory up to this machine's history: results that it has not got, then the state.
 * @returns ids of the runs whose results it has now.
 * @throws as {@link writeDay}.
 */
export async function publishHistory(
  track: CapitalTrack,
  ownership: Ownership,
  unpublished: readonly RunRecord[],
  history: CapitalState,
): Promise<number[]> {
  const ids: number[] = [];
  for (const { id, date, result } of unpublished) {
    if (result === null) continue;
    const pnl = JSON.parse(result.pnlJson) as DayToWrite;
    if ('bars' in pnl) requireWritten(`result of ${date}`, await track.writePnl(ownership, pnl));
    ids.push(id);
  }
  requireWritten(`state of ${history.date}`, await track.writeState(ownership, history));
  return ids;
}

function stateAfter(day: DayToWrite): CapitalState {
  const isStale = 'staleState' in day ? day.staleState : day.isStale;
  const { capital, date, pnl, strategy, paramHash } = day;
  return { capital, date, pnl, strategy, paramHash, isStale };
}

function requireWritten(what: string, outcome: OfferOutcome): void {
  if (outcome.kind === 'ok') return;
  const why = outcome.kind === 'fenced' ? `claimed by ${outcome.owner} (epoch ${outcome.epoch})` : outcome.kind;
  const reason = 'reason' in outcome ? `: ${outcome.reason}` : '';
  const isLost = outcome.kind === 'unreachable' || outcome.kind === 'unknown';
  throw new (isLost ? MemoryLost : Error)(`${what} was not written, ${why}${reason}`);
}
