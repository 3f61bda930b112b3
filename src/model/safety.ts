import type { Posture } from './posture.ts';

/** One row of `safety.csv`: what the survival stack said at the start of its day. Semantics §1. */
export interface SafetyRow {
  /** UTC day number. */
  readonly day: number;
  readonly posture: Posture;
  /** Product of the sensors, in [0, 1]. */
  readonly rm: number;
}
