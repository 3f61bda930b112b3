import { type StrategyIdentity, strategyDifference } from '../adapters/memory/strategy-identity.ts';
import type { CapitalState, PnlPart } from '../model/memory-values.ts';

/** Where the capital of a day comes from. */
export type CapitalSource = 'memory' | 'history' | 'initial';

/** The last completed day that the flow handed on in another memory. */
export interface OtherMemory {
  /** As the run table names it. */
  readonly memory: string;
  readonly state: CapitalState;
}

/** What memory and run history say before a day, and the strategy that is to trade it. */
export interface HandoverInputs extends StrategyIdentity {
  /** `YYYY-MM-DD` of the day to be traded. */
  readonly date: string;
  readonly initialCapital: number;
  /** Capital state of the track; null when the memory holds none, `unreachable` when it does not answer. */
  readonly state: CapitalState | null | 'unreachable';
  /** The track's result of `date` in the memory, or null. */
  readonly written: PnlPart | null;
  /** Last completed day of this machine's run history, or null. */
  readonly history: CapitalState | null;
  /** Name of the memory, as the run table has it. */
  readonly memory: string;
  /** Of this machine's run history with other memories of the same flow and deployment, or null. */
  readonly elsewhere: OtherMemory | null;
  /** Capital with which the history's first day after the state's date began, or null: no such day. */
  readonly continuedFrom: number | null;
  /** Other machines write the same memory: this one's history may not be the whole of it. */
  readonly isShared: boolean;
  /** The operator takes over a state of another strategy, a flagged or a lost one. */
  readonly adopt: boolean;
}

export type Handover =
  /** Trade the day with this capital. */
  | DayToTrade
  /** Its result is in the memory, the state behind it is not: only that is left to write. */
  | { readonly kind: 'finish'; readonly result: PnlPart; readonly capitalBefore: number }
  /** The day is in the capital, or before what is. */
  | { readonly kind: 'done'; readonly reason: string }
  /** Nobody but the operator can say what to do. */
  | { readonly kind: 'refuse'; readonly reason: string };

/** A day that is to be traded. */
export interface DayToTrade {
  readonly kind: 'run';
  /** USDT. */
  readonly capital: number;
  readonly from: CapitalSource;
  /** Last date that is in the capital; null: none is. */
  readonly after: string | null;
  readonly notes: readonly string[];
}

/** Sums of the same trades in another order differ by less. */
const SUM_TOLERANCE = 1e-9;

/**
 * Decides how a day gets its capital, so that each day is in the capital once: the date in the state, which is written in
 * one compare-and-set with the capital, is the one proof that a day was traded (spec 1.0 §17.6, docs/adr/0017).
 */
export function handOver(inputs: HandoverInputs): Handover {
  const { state, history, elsewhere, adopt, date } = inputs;
  const known = state === 'unreachable' ? null : state;
  const notes: string[] = [];
  let standing = known;
  let from: CapitalSource = 'memory';
  if (history?.date != null && (known?.date == null || known.date < history.date)) {
    const problem = state === 'unreachable' ? null : historyProblem(inputs, known);
    if (problem !== null) return { kind: 'refuse', reason: problem };
    standing = history;
    from = 'history';
    notes.push(historyNote(inputs, history.date));
  }
  if (state === null && standing === null && elsewhere !== null) {
    const problem = elsewhereProblem(inputs, elsewhere);
    if (!adopt) return { kind: 'refuse', reason: `${problem}; --adopt begins from that` };
    standing = elsewhere.state;
    from = 'history';
    notes.push(`${problem}; adopted`);
  }
  if (standing === null) {
    const why = state === 'unreachable' ? 'the memory is out of reach and this machine has no history' : 'no state yet';
    const notes = [`${why}: initial capital`];
    return { kind: 'run', capital: inputs.initialCapital, from: 'initial', after: null, notes };
  }
  if (standing.date !== null && date <= standing.date) {
    const where =
      standing.date === date ? 'is in the capital already' : `lies before ${standing.date}, the last traded`;
    return { kind: 'done', reason: `${date} ${where}` };
  }
  const problem = stateProblem(standing, inputs);
  if (problem !== null && !adopt) return { kind: 'refuse', reason: `${problem}; --adopt goes on with it` };
  if (problem !== null) notes.push(`${problem}; adopted`);
  if (from === 'memory' && isFinished(inputs, standing)) {
    return { kind: 'finish', result: inputs.written as PnlPart, capitalBefore: standing.capital };
  }
  return { kind: 'run', capital: standing.capital, from, after: standing.date, notes };
}

/** A memory that is behind: an outage of ours, a store that lost its state, or, where it is shared, who knows. */
function historyProblem(inputs: HandoverInputs, known: CapitalState | null): string | null {
  const { isShared, adopt, history } = inputs;
  if (adopt) return null;
  if (!isShared) return branchProblem(inputs, known);
  const there = known?.date == null ? 'has no state' : `ends with ${known.date}`;
  return (
    `the memory ${there}, but this machine has completed ${history?.date}: other machines may have gone on since, so ` +
    'its history is not taken for the whole; --adopt takes it'
  );
}

/** A history that begins from another capital than the state has: days were traded while it could not be read. */
function branchProblem({ continuedFrom, history }: HandoverInputs, known: CapitalState | null): string | null {
  if (known?.date == null || continuedFrom === null || isSameSum(continuedFrom, known.capital)) return null;
  return (
    `the memory ends with ${known.date} at ${known.capital} USDT, but this machine went on to ${history?.date} from ` +
    `${continuedFrom} USDT, while it could not read the memory; --adopt takes its history`
  );
}

function historyNote({ state }: HandoverInputs, date: string): string {
  if (state === 'unreachable') return `the memory is out of reach: capital of this machine's history, after ${date}`;
  return `the memory has not got ${date}: capital of this machine's history, the memory is brought up to date`;
}

/** Another `--memory` than before: its capital would begin anew. */
function elsewhereProblem({ memory }: HandoverInputs, elsewhere: OtherMemory): string {
  const { date, capital } = elsewhere.state;
  return `${memory} has no state, and this machine has completed ${date} with ${elsewhere.memory}, at ${capital} USDT`;
}

function stateProblem(state: CapitalState, own: StrategyIdentity): string | null {
  if (state.isStale) return `the state of ${state.date} is marked DO-NOT-USE`;
  const difference = strategyDifference(state, own);
  if (difference === null) return null;
  return `the state of ${state.date} is of strategy ${difference.theirs}, this one is ${difference.ours}`;
}

/** A process that ended between its two writes leaves a result that fits exactly on the state. */
function isFinished({ written, paramHash, date }: HandoverInputs, state: CapitalState): boolean {
  if (written === null || written.isStale || written.paramHash !== paramHash) return false;
  if (written.date !== null && written.date !== date) return false;
  return isSameSum(written.capital, state.capital + written.pnl);
}

function isSameSum(capital: number, expected: number): boolean {
  return Math.abs(capital - expected) <= SUM_TOLERANCE * Math.abs(expected);
}
