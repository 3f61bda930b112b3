import { INTENT_FIELDS } from '../../../model/execution-tape.ts';
import { type Decision, decodeIntent } from '../payloads.ts';
import type { FrameStep } from './frame-steps.ts';

/** A decision with its asset by name. */
export interface NamedDecision extends Decision {
  readonly asset: string;
}

/** What was decided on a frame and on what came with it; nothing where the frame is not there. */
export function decisionsOf(step: FrameStep | null, universe: readonly string[]): NamedDecision[] {
  return [...(step?.intentsBefore ?? []), ...(step?.item.intents ?? [])].map((payload) => {
    const decision = decodeIntent(payload);
    return { ...decision, asset: universe[decision.assetIndex] ?? `asset ${decision.assetIndex}` };
  });
}

/** Whether the same was decided: all fields of all intents, the asset by its name. */
export function areSameDecisions(a: readonly NamedDecision[], b: readonly NamedDecision[]): boolean {
  return a.length === b.length && a.every((decision, index) => isSame(decision, b[index]!));
}

function isSame(a: NamedDecision, b: NamedDecision): boolean {
  return a.asset === b.asset && INTENT_FIELDS.every((field) => field === 'assetIndex' || Object.is(a[field], b[field]));
}

/** Whether days ended alike: which, with how many bars and trades, and in which state. Hashes that one lacks are not compared. */
export function areSameDayEnds(a: FrameStep | null, b: FrameStep | null): boolean {
  const ofA = a?.item.dayEnds ?? [];
  const ofB = b?.item.dayEnds ?? [];
  return (
    ofA.length === ofB.length &&
    ofA.every((dayEnd, index) => {
      const other = ofB[index]!;
      const isSameDay = dayEnd.day === other.day && dayEnd.bars === other.bars && dayEnd.trades === other.trades;
      return isSameDay && areSameHashes(dayEnd.stateHash, other.stateHash);
    })
  );
}

/** State hashes as recorded; one that was not recorded is like any. */
export function areSameHashes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === 0 || b.length === 0 || String(a) === String(b);
}
