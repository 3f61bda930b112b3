import type { Reading } from '../../adapters/memory/refusals.ts';
import { type StrategyIdentity, strategyDifference } from '../../adapters/memory/strategy-identity.ts';
import type { StampedCapital } from '../../model/memory-values.ts';

/** What the run knew of the capital state when it began. */
export type StateBasis =
  /** It begins with this state; null: there was none. */
  | { readonly kind: 'state'; readonly state: Pick<StampedCapital, 'capital' | 'date'> | null }
  /** The memory could not be asked: only an empty one is this run's to write. */
  | { readonly kind: 'unknown' }
  /** It goes on with a journal: what stands there was written by its earlier life. */
  | { readonly kind: 'resumed' }
  /** The operator has taken over whatever stands there. */
  | { readonly kind: 'adopted' };

/**
 * Why a run may not write over the state that stands in the memory, or null when it may: capital continuity means that a
 * state is only ever followed by one that began with it (spec 1.0 §17.6).
 * @param strategy - that runs.
 */
export function continuityProblem(
  standing: Exclude<Reading<StampedCapital>, { kind: 'unreachable' }>,
  basis: StateBasis,
  strategy: StrategyIdentity,
): string | null {
  if (basis.kind === 'adopted' || standing.kind === 'absent') return null;
  if (standing.kind === 'malformed') return `the capital state is malformed, ${standing.reason}`;
  const { capital, date } = standing.value;
  const difference = strategyDifference(standing.value, strategy);
  if (difference !== null) {
    return `the capital state was made by strategy ${difference.theirs}, this one is ${difference.ours}`;
  }
  if (basis.kind === 'resumed') return null;
  const began = basis.kind === 'state' ? basis.state : null;
  if (began !== null && began.capital === capital && began.date === date) return null;
  return `the memory holds a capital of ${capital} (${date ?? 'no date'}), with which this run did not begin`;
}
