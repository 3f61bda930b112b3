import { InputError, InvariantError } from '../../model/input-error.ts';
import type { StampedCapital } from '../../model/memory-values.ts';
import type { Reading } from './refusals.ts';
import { type StrategyIdentity, strategyDifference } from './strategy-identity.ts';

const USDT = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Capital that a run starts with. */
export interface RestoredCapital {
  readonly capital: number;
  /** Last date that is in it, or null. */
  readonly date: string | null;
  /** False: the store could not be asked, so this must not be written over what it holds. */
  readonly isKnown: boolean;
  /** What an operator should know, in whole sentences. */
  readonly warnings: readonly string[];
}

/** The strategy that is about to run, and what it may do. */
export interface RestoreRules extends StrategyIdentity {
  /** Used when there is no state, USDT. */
  readonly initialCapital: number;
  /** `--adopt`: take the state over from another strategy, or start anew where it cannot be read. */
  readonly adopt: boolean;
}

/**
 * Capital continuity: the capital of the state, else the initial one (spec 1.0 §17.6).
 * @throws InvariantError when another strategy made the state, InputError when it is malformed; neither with `adopt`.
 */
export function restoreCapital(reading: Reading<StampedCapital>, rules: RestoreRules): RestoredCapital {
  const { initialCapital, adopt } = rules;
  const initial = { capital: initialCapital, date: null, isKnown: true, warnings: [] };
  if (reading.kind === 'absent') return initial;
  if (reading.kind === 'unreachable') {
    const warning = `The memory cannot be read (${reading.reason}): starting with ${USDT.format(initialCapital)} USDT, not written until it can.`;
    return { ...initial, isKnown: false, warnings: [warning] };
  }
  if (reading.kind === 'malformed') {
    if (!adopt) throw new InputError(`the capital state is malformed, ${reading.reason}; --adopt starts anew`);
    return {
      ...initial,
      warnings: [`The capital state was malformed (${reading.reason}): started anew, as --adopt says.`],
    };
  }
  const { capital, date, isStale } = reading.value;
  const difference = strategyDifference(reading.value, rules);
  const warnings: string[] = [];
  if (difference !== null) {
    const { theirs, ours } = difference;
    if (!adopt) {
      throw new InvariantError(
        `the capital state was made by strategy ${theirs}, this one is ${ours}: run that one, or take it over with --adopt`,
      );
    }
    warnings.push(`The capital was made by strategy ${theirs} and is taken over by ${ours}, as --adopt says.`);
  }
  if (isStale)
    warnings.push(`The capital state of ${date ?? 'an unknown date'} is flagged stale: DO-NOT-USE its result.`);
  return { capital, date, isKnown: true, warnings };
}
