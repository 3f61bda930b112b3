import type { RunTable } from '../adapters/run-table/run-table.ts';
import { InputError } from '../model/input-error.ts';
import type { PnlPart } from '../model/memory-values.ts';
import { type Handover, type HandoverInputs, handOver } from './capital-handover.ts';
import type { DayMemory } from './day-memory.ts';
import type { DayRequest } from './day-request.ts';
import type { FlowStrategy } from './day-runner.ts';
import { continuedFrom, historyElsewhere, historyOf } from './track-history.ts';

/** What memory and history say of the day. */
export interface Standing {
  /** `behind`: this machine's history is ahead of a memory that answers. */
  readonly kind: 'level' | 'behind';
  readonly handover: Exclude<Handover, { readonly kind: 'refuse' }>;
  /** The day's result in the memory; null without one, or without a memory. */
  readonly written: PnlPart | null;
}

/**
 * Reads the standing of a day from memory and history, or from history alone while the memory is out of reach.
 * @throws InputError when nobody but the operator can say what to do; MemoryLost when the memory is lost meanwhile.
 */
export async function readStanding(
  { track, date, adopt, isShared }: DayRequest,
  { name, paramHash, initialCapital }: FlowStrategy,
  memory: DayMemory,
  table: RunTable,
): Promise<Standing> {
  const history = historyOf(table, track);
  const state = memory.isReachable ? await memory.readState() : 'unreachable';
  const written = memory.isReachable ? await memory.readWritten() : null;
  const inputs: HandoverInputs = {
    date,
    strategy: name,
    paramHash,
    initialCapital,
    state,
    written,
    history,
    memory: track.memory,
    elsewhere: historyElsewhere(table, track),
    continuedFrom: state === 'unreachable' ? null : continuedFrom(table, track, state),
    isShared,
    adopt,
  };
  const handover = handOver(inputs);
  if (handover.kind === 'refuse') throw new InputError(`${memory.stateMap}: ${handover.reason}`);
  const isBehind = state !== 'unreachable' && history?.date != null && (state?.date ?? '') < history.date;
  return { kind: isBehind ? 'behind' : 'level', handover, written };
}
