import type { Posture } from '../model/posture.ts';

/** The memory says no posture: it is out of reach, or has none. */
export const NO_POSTURE = -1;

export interface AcbUpdate {
  /** Version of the cell as taken; 0 while nothing was ever published. */
  version: number;
  boost: number;
  beta: number;
  /** Updates that their writer refused since the last take. */
  refusals: number;
  /** False when only refusals are new. */
  hasValue: boolean;
}

/** What the memory says of the survival stack. */
export interface PostureUpdate {
  /** Version of the cell as taken; 0 while nothing was ever published. */
  version: number;
  posture: Posture | typeof NO_POSTURE;
  /** Product of the sensors, in [0, 1]; means nothing without a posture. */
  rm: number;
  /** When it was evaluated: UTC day number and ns of the day, NaN where its writer gave no time. */
  tsDay: number;
  tsNsOfDay: number;
}

/**
 * Values that other threads may replace while the engine runs. Versions only grow. A `take` hands out what came since the
 * last one and its version, set always: a version asked before may be older than the value that is then taken.
 */
export interface LiveCells {
  acbVersion(): number;
  postureVersion(): number;
  mcVersion(): number;
  /** Answers true when a new ACB value or refusal is there, and fills `update` with it. */
  takeAcb(update: AcbUpdate): boolean;
  /** Answers true when the memory has said something new of the posture, and fills `update` with it. */
  takePosture(update: PostureUpdate): boolean;
}

/** No writer anywhere: replay of files. */
export const NO_CELLS: LiveCells = {
  acbVersion: () => 0,
  postureVersion: () => 0,
  mcVersion: () => 0,
  takeAcb: () => false,
  takePosture: () => false,
};

/** A reusable record to take the ACB into. */
export function blankAcbUpdate(): AcbUpdate {
  return { version: 0, boost: 1, beta: 0, refusals: 0, hasValue: false };
}

/** A reusable record to take the posture into: nothing said yet. */
export function blankPostureUpdate(): PostureUpdate {
  return { version: 0, posture: NO_POSTURE, rm: Number.NaN, tsDay: Number.NaN, tsNsOfDay: Number.NaN };
}
