import { RECORD_KINDS, type RecordKind, recordKindName } from '../../src/replay/journal/record-kind.ts';

/** When a frame was received and published, in its record: of one life of a run, and no input of the machine. */
const STAMPS = { from: 128, to: 144 };

/** A record without what differs between two runs of the same inputs, as text. */
function essenceOf({ kind, payload }: { readonly kind: number; readonly payload: Uint8Array }): string {
  const bytes = new Uint8Array(payload);
  if (kind === RECORD_KINDS.FRAME) bytes.fill(0, STAMPS.from, STAMPS.to);
  return `${recordKindName(kind as RecordKind)} ${Buffer.from(bytes).toString('base64')}`;
}

/** The records of a stream that two runs of the same inputs must have in common: all but the shadow's snapshots. */
export function essencesOf(records: readonly { readonly kind: number; readonly payload: Uint8Array }[]): string[] {
  return records.filter(({ kind }) => kind !== RECORD_KINDS.SNAPSHOT).map(essenceOf);
}

/** The first record in which two streams differ, or `none`: of all that differ a list would be long. */
export function firstDifference(actual: readonly string[], expected: readonly string[]): string {
  for (let i = 0; i < Math.max(actual.length, expected.length); i++) {
    if (actual[i] !== expected[i]) return `record ${i}: ${actual[i]} instead of ${expected[i]}`;
  }
  return 'none';
}
