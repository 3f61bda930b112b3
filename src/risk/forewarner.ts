import type { McStatus } from '../model/day-result.ts';

/** What a forewarner says for a day. */
export interface ForewarnerVerdict {
  readonly status: McStatus;
  /** Size factor in [0.5, 1.5]. */
  readonly scale: number;
}

/** Port of the MC-Forewarner: a model that judges the regime before a day is traded (semantics §6.3). */
export interface Forewarner {
  assess(day: number): ForewarnerVerdict;
}

/** No model: scale 1, gate open, status OFF. */
export const NULL_FOREWARNER: Forewarner = { assess: () => ({ status: 'OFF', scale: 1 }) };

/** A verdict with its scale brought into the range that the engine accepts; a scale that is no number counts as 1. */
export function clampScale(verdict: ForewarnerVerdict): ForewarnerVerdict {
  const scale = Number.isNaN(verdict.scale) ? 1 : Math.min(1.5, Math.max(0.5, verdict.scale));
  return { status: verdict.status, scale };
}

/** RED closes the gate for new positions. */
export function isMcGateOpen(verdict: ForewarnerVerdict): boolean {
  return verdict.status !== 'RED';
}
