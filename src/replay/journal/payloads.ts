import type { ExecutionReport } from '../../model/execution-report.ts';
import { INTENT_FIELDS, REPORT_FIELDS } from '../../model/execution-tape.ts';
import { CELL_FIELDS, CELL_NAMES, type CellName } from '../../shm/layout.ts';
import type { RecordCodec } from '../../shm/records/codec.ts';
import { COMMAND_CODEC, type CommandRecord } from '../../shm/records/command.ts';
import { decodeFields, doublesOf, encodeFields, type Fields, requireDoubles } from './record-fields.ts';

/*
 * What lies in the payload of each kind. All numbers are doubles, little-endian, at multiples of 8.
 *
 *   FRAME      a slot of the bar ring, byte for byte (shm/layout.ts): the bits of every NaN are kept; the step's one
 *              clock reading, tsTake, is in it
 *   CELLS      per cell taken: its index in CELL_NAMES, the version taken, its values in the order of TAKEN_FIELDS
 *   COMMAND    the 3 fields of shm/records/command.ts
 *   INTENT     INTENT_FIELDS of model/execution-tape.ts, which are the decision; its stamps are left out
 *   STEP       STEP_FIELDS
 *   GAP        sequences missing, why (gap.ts)
 *   SNAPSHOT   SNAPSHOT_FIELDS, then the state's bytes
 *   DAY_END    DAY_END_FIELDS, then the 32 bytes of the state's hash, or none
 *   END        END_FIELDS, then the same
 *   REPORT     REPORT_FIELDS of model/execution-tape.ts; ADVANCE to ABANDON by its TAPE_FIELDS (tape-records.ts)
 */

/**
 * Fields of a STEP: the frame that it took, whether a cell changed while it was taken (0, 1), the intents decided since
 * the frame was taken, the close at a day's end among them, and the engine's lifetimeBar behind it: bars so far.
 */
export const STEP_FIELDS = ['frameSequence', 'cellsChanged', 'intents', 'lifetimeBar'] as const;
/** Fields in front of a snapshot: it holds the state behind record `throughSequence`, and was made at this time. */
export const SNAPSHOT_FIELDS = ['throughSequence', 'savedDay', 'savedNsOfDay'] as const;
export const DAY_END_FIELDS = ['day', 'bars', 'trades'] as const;
/** `reason`: 0 the source ended, 1 stopped by the operator. */
export const END_FIELDS = ['reason'] as const;

export type StepRecord = Fields<typeof STEP_FIELDS>;
export type SnapshotHead = Fields<typeof SNAPSHOT_FIELDS>;
export type DayEndRecord = Fields<typeof DAY_END_FIELDS>;
export type EndRecord = Fields<typeof END_FIELDS>;

/**
 * Values of each cell as a step takes them. Of the ACB that is whether its value is new (0, 1), the value, and how many
 * updates its writer refused since the last take: a machine needs none of the steps before to understand it.
 */
export const TAKEN_FIELDS = {
  ...CELL_FIELDS,
  acb: ['hasValue', 'boost', 'beta', 'refusals'],
} as const satisfies Record<CellName, readonly string[]>;

/** One cell as a step took it. */
export interface CellTaken {
  readonly cell: CellName;
  readonly version: number;
  /** In the order of TAKEN_FIELDS. */
  readonly values: Float64Array;
}

const COMMAND_VALUES = 3;
/** An intent without its place in the event stream and its stamps. */
export type Decision = Fields<typeof INTENT_FIELDS>;

/** A decision as a payload: two runs of the same inputs give the same bytes. */
export function encodeIntent(intent: Decision): Uint8Array {
  return encodeFields(INTENT_FIELDS, intent);
}

export function decodeIntent(payload: Uint8Array): Decision {
  return decodeFields(INTENT_FIELDS, payload, 'INTENT');
}

export function encodeReport(report: ExecutionReport): Uint8Array {
  return encodeFields(REPORT_FIELDS, report);
}

export function decodeReport(payload: Uint8Array): ExecutionReport {
  return decodeFields(REPORT_FIELDS, payload, 'REPORT');
}

export function encodeCommand(command: CommandRecord): Uint8Array {
  return encodeWith(COMMAND_CODEC, command, COMMAND_VALUES);
}

export function decodeCommand(payload: Uint8Array): CommandRecord {
  return decodeWith(COMMAND_CODEC, payload, COMMAND_VALUES, 'COMMAND');
}

export function encodeStep(step: StepRecord): Uint8Array {
  return encodeFields(STEP_FIELDS, step);
}

export function decodeStep(payload: Uint8Array): StepRecord {
  return decodeFields(STEP_FIELDS, payload, 'STEP');
}

/** @param state - copied behind the head; opaque. */
export function encodeSnapshot(head: SnapshotHead, state: Uint8Array): Uint8Array {
  return encodeFields(SNAPSHOT_FIELDS, head, state);
}

export function decodeSnapshotHead(payload: Uint8Array): SnapshotHead {
  return decodeFields(SNAPSHOT_FIELDS, payload, 'SNAPSHOT');
}

/** View of the state's bytes, as long as they were. */
export function snapshotState(payload: Uint8Array): Uint8Array {
  return payload.subarray(8 * SNAPSHOT_FIELDS.length);
}

/** @param stateHash - 32 bytes, or none. */
export function encodeDayEnd(dayEnd: DayEndRecord, stateHash: Uint8Array): Uint8Array {
  return encodeFields(DAY_END_FIELDS, dayEnd, stateHash);
}

export function decodeDayEnd(payload: Uint8Array): DayEndRecord & { stateHash: Uint8Array } {
  const stateHash = payload.subarray(8 * DAY_END_FIELDS.length);
  return { ...decodeFields(DAY_END_FIELDS, payload, 'DAY_END'), stateHash };
}

/** @param stateHash - 32 bytes, or none. */
export function encodeEnd(end: EndRecord, stateHash: Uint8Array): Uint8Array {
  return encodeFields(END_FIELDS, end, stateHash);
}

export function decodeEnd(payload: Uint8Array): EndRecord & { stateHash: Uint8Array } {
  return { ...decodeFields(END_FIELDS, payload, 'END'), stateHash: payload.subarray(8 * END_FIELDS.length) };
}

export function encodeCells(cells: readonly CellTaken[]): Uint8Array {
  const doubles = cells.flatMap(({ cell, version, values }) => [CELL_NAMES.indexOf(cell), version, ...values]);
  return new Uint8Array(Float64Array.from(doubles).buffer);
}

/** @throws Error when the payload names a cell that this version does not know, or ends within one. */
export function decodeCells(payload: Uint8Array): CellTaken[] {
  const doubles = doublesOf(payload);
  const cells: CellTaken[] = [];
  for (let at = 0; at < doubles.length; ) {
    const cell = CELL_NAMES[doubles[at]!];
    const end = at + 2 + (cell === undefined ? 0 : TAKEN_FIELDS[cell].length);
    if (cell === undefined || end > doubles.length) {
      throw new Error(`CELLS must hold whole cells of ${CELL_NAMES.join(', ')}, had index ${doubles[at]}`);
    }
    cells.push({ cell, version: doubles[at + 1]!, values: doubles.slice(at + 2, end) });
    at = end;
  }
  return cells;
}

function encodeWith<R extends { sequence: number }>(codec: RecordCodec<R>, record: R, values: number): Uint8Array {
  const doubles = new Float64Array(values);
  codec.write(doubles, 0, record, record.sequence);
  return new Uint8Array(doubles.buffer);
}

function decodeWith<R extends { sequence: number }>(
  codec: RecordCodec<R>,
  payload: Uint8Array,
  values: number,
  kind: string,
): R {
  requireDoubles(payload, values, kind);
  const record = codec.blank();
  codec.read(doublesOf(payload), 0, record);
  return record;
}
