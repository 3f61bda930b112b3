import { APEX, type Posture, STALKER } from '../model/posture.ts';
import { NS_PER_SECOND } from '../model/time.ts';

/** Silence of the survival stack after which, live, no better posture than STALKER is believed. */
const CAUTION_AFTER_NS = 30 * NS_PER_SECOND;
/** Silence after which, live, nothing opens. */
const NO_ENTRIES_AFTER_NS = 300 * NS_PER_SECOND;

/** What holds for the engine: posture, Rm, and whether positions may open at all. */
export interface SafetyVerdict {
  readonly posture: Posture;
  readonly rm: number;
  readonly canEnter: boolean;
}

/** A posture with its Rm, as the store or the own stack says it. */
export interface SafetyReading {
  readonly posture: Posture;
  readonly rm: number;
}

/** Replay and paper without a readable posture: full operation, as spec 1.0 says. The caller warns and counts. */
export const UNREADABLE_IN_REPLAY: SafetyVerdict = { posture: APEX, rm: 1, canEnter: true };

/**
 * Live: what holds when the store may be missing, malformed or out of reach (semantics §8). The store's word first, else
 * the own survival stack's; a silent stack is believed only downwards: its last posture, but not better than STALKER.
 *
 * @param stored - what the store says now; null when it cannot be read.
 * @param own - last word of the own stack; null before its first.
 * @param ownSilentNs - time since that word (since the start, before the first).
 */
export function liveSafety(
  stored: SafetyReading | null,
  own: SafetyReading | null,
  ownSilentNs: number,
): SafetyVerdict {
  if (stored !== null) return { posture: stored.posture, rm: stored.rm, canEnter: true };
  const last = own ?? UNREADABLE_IN_REPLAY;
  if (ownSilentNs < CAUTION_AFTER_NS) return { posture: last.posture, rm: last.rm, canEnter: own !== null };
  const posture = last.posture > STALKER ? last.posture : STALKER;
  // NaN fails the comparison: a silence that cannot be measured opens nothing.
  return { posture, rm: last.rm, canEnter: own !== null && ownSilentNs < NO_ENTRIES_AFTER_NS };
}
