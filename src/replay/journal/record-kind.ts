/**
 * Kinds of journal records. What lies in the payload of each is written down in payloads.ts; FRAME and SNAPSHOT carry
 * bytes as they were. Codes are stored: never renumber.
 */
export const RECORD_KINDS = {
  FRAME: 1, // a frame as the machine consumed it
  CELLS: 2, // versions and values of cells taken
  COMMAND: 3, // an operator's command obeyed
  INTENT: 4, // a decision to open or close a position
  STEP: 5, // what one step took and decided
  GAP: 6, // sequences that never reached the journal
  SNAPSHOT: 7, // the machine's state
  DAY_END: 8,
  END: 9,
  REPORT: 10, // what execution told the engine, in either stream
  ADVANCE: 11, // from here on the tape of execution (model/execution-tape.ts): time moved on
  VENUE_EVENT: 12,
  TOUCH: 13, // best bid and ask, as asked for
  CHECK: 14, // what the pre-trade check said of an order
  SUBMIT: 15,
  CANCEL: 16,
  QUERY: 17,
  IRREGULAR: 18,
  ABANDON: 19, // working orders were abandoned
} as const;

export type RecordKindName = keyof typeof RECORD_KINDS;
export type RecordKind = (typeof RECORD_KINDS)[RecordKindName];

const NAMES = Object.keys(RECORD_KINDS) as RecordKindName[];
export const LAST_KIND = NAMES.length;

/** True for a code that this version writes: there are no holes among them. */
export function isRecordKind(code: number): code is RecordKind {
  return code >= 1 && code <= LAST_KIND;
}

/** Name of a kind's code. */
export function recordKindName(kind: RecordKind): RecordKindName {
  return NAMES[kind - 1]!;
}
