import {
  TAPE_ABANDON,
  TAPE_ADVANCE,
  TAPE_CANCEL,
  TAPE_CHECK,
  TAPE_FIELDS,
  TAPE_INTENT,
  TAPE_IRREGULAR,
  TAPE_QUERY,
  TAPE_REPORT,
  TAPE_SUBMIT,
  TAPE_TOUCH,
  TAPE_VENUE_EVENT,
  type TapeKind,
} from '../../model/execution-tape.ts';
import { doublesOf, requireDoubles } from './record-fields.ts';
import { RECORD_KINDS, type RecordKind, recordKindName } from './record-kind.ts';

/** The record that each kind of the tape of execution stands in. */
export const TAPE_RECORDS = {
  [TAPE_INTENT]: RECORD_KINDS.INTENT,
  [TAPE_ADVANCE]: RECORD_KINDS.ADVANCE,
  [TAPE_VENUE_EVENT]: RECORD_KINDS.VENUE_EVENT,
  [TAPE_ABANDON]: RECORD_KINDS.ABANDON,
  [TAPE_TOUCH]: RECORD_KINDS.TOUCH,
  [TAPE_CHECK]: RECORD_KINDS.CHECK,
  [TAPE_SUBMIT]: RECORD_KINDS.SUBMIT,
  [TAPE_CANCEL]: RECORD_KINDS.CANCEL,
  [TAPE_QUERY]: RECORD_KINDS.QUERY,
  [TAPE_REPORT]: RECORD_KINDS.REPORT,
  [TAPE_IRREGULAR]: RECORD_KINDS.IRREGULAR,
} as const satisfies Record<TapeKind, RecordKind>;

const TAPE_KINDS = new Map<RecordKind, TapeKind>(
  Object.entries(TAPE_RECORDS).map(([tapeKind, recordKind]) => [recordKind, Number(tapeKind) as TapeKind]),
);

/** The kind of the tape that stands in a record; null for a record that is none of the tape. */
export function tapeKindOf(kind: RecordKind): TapeKind | null {
  return TAPE_KINDS.get(kind) ?? null;
}

/**
 * An entry of the tape as a payload; the bits of every NaN are kept.
 * @param values - its first `TAPE_FIELDS[kind].length` values count.
 */
export function encodeTape(kind: TapeKind, values: Float64Array): Uint8Array {
  return new Uint8Array(values.slice(0, TAPE_FIELDS[kind].length).buffer);
}

/**
 * The values of an entry of the tape: a view of the payload.
 * @throws Error when the payload is too short for its kind.
 */
export function decodeTape(kind: TapeKind, payload: Uint8Array): Float64Array {
  const { length } = TAPE_FIELDS[kind];
  requireDoubles(payload, length, recordKindName(TAPE_RECORDS[kind]));
  return doublesOf(payload).subarray(0, length);
}
