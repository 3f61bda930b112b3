import type { LogLevel } from '../adapters/run-table/run-record.ts';
import { POSTURE_NAMES, postureFromName } from '../model/posture.ts';
import type { SafetyRow } from '../model/safety.ts';
import { dayFromDate } from '../model/time.ts';
import type { SafetyReading } from './memory-reads.ts';

/** A posture and the line that says where it came from. */
export interface PostureChoice {
  /** Null: APEX and 1. */
  readonly safety: SafetyRow | null;
  readonly note: { readonly level: LogLevel; readonly text: string };
}

/**
 * Posture of a past day. What was recorded for the date wins, so that a day caught up a week later, or replayed, is traded as
 * it would have been; else what the survival stack says now (spec 1.0 §7); else APEX with a warning (semantics §8).
 * @param recorded - row of `safety.csv`, or null.
 * @param reading - `DOLPHIN_SAFETY["latest"]`, or null when the memory does not answer.
 */
export function choosePosture(date: string, recorded: SafetyRow | null, reading: SafetyReading | null): PostureChoice {
  if (recorded !== null) return chosen(recorded, 'safety.csv');
  if (reading?.kind === 'ok') {
    const { posture, rm } = reading.value;
    const code = postureFromName(posture);
    if (code >= 0) {
      return chosen({ day: dayFromDate(date), posture: code as SafetyRow['posture'], rm }, 'DOLPHIN_SAFETY');
    }
  }
  const why =
    reading === null ? 'out of reach' : reading.kind === 'malformed' ? `malformed (${reading.reason})` : 'absent';
  return { safety: null, note: { level: 'warning', text: `posture APEX, Rm 1: DOLPHIN_SAFETY is ${why}` } };
}

function chosen(safety: SafetyRow, from: string): PostureChoice {
  const text = `posture ${POSTURE_NAMES[safety.posture]}, Rm ${safety.rm} (${from})`;
  return { safety, note: { level: 'info', text } };
}
