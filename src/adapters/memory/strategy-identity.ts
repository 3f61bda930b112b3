import type { CapitalState } from '../../model/memory-values.ts';

/** What tells the strategy of a run from another one's. */
export interface StrategyIdentity {
  /** Its name with its overrides, such as `champion+max_hold_bars=60`; no bar interval is in it. */
  readonly strategy: string;
  /** SHA-256 over the 15 champion parameters: strategies that differ in others, such as direction, share it. */
  readonly paramHash: string;
}

const HASH_CHARACTERS = 12;

/**
 * How a capital state and a run name their strategies where these are two: by name, or by the begin of the hash where the name
 * is the same or was not written. Null where they are one as far as the state says.
 */
export function strategyDifference(
  state: Pick<CapitalState, 'strategy' | 'paramHash'>,
  own: StrategyIdentity,
): { readonly theirs: string; readonly ours: string } | null {
  if (state.strategy !== null && state.strategy !== own.strategy) return { theirs: state.strategy, ours: own.strategy };
  if (state.paramHash === null || state.paramHash === own.paramHash) return null;
  return { theirs: state.paramHash.slice(0, HASH_CHARACTERS), ours: own.paramHash.slice(0, HASH_CHARACTERS) };
}
