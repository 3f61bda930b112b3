import type { CommandRecord } from '../../shm/records/command.ts';
import { gapReason, gapSpan } from './gap.ts';
import {
  decodeCommand,
  decodeDayEnd,
  decodeEnd,
  decodeSnapshotHead,
  decodeStep,
  type SnapshotHead,
  type StepRecord,
  snapshotState,
} from './payloads.ts';
import { RECORD_KINDS } from './record-kind.ts';
import type { JournalRecord } from './stream-reader.ts';

/*
 * What an engine's stream says, in the units in which a machine takes it:
 *
 *   COMMAND   FRAME [CELLS] [INTENT ...] [DAY_END] STEP   FRAME   FRAME ...   END
 *   ├───────┤ ├───────────────────────────────────────┤   ├───┤
 *    command   one frame: a scan or a bar, with its STEP   a book, an end: as far as the next frame or command
 */

/** A frame that the machine took, and everything that came of it. */
export interface FrameItem {
  readonly kind: 'frame';
  /** Of the FRAME record. */
  readonly sequence: number;
  /** Of the last record that belongs to it. */
  lastSequence: number;
  /** Payload of the FRAME record: {@link readFramePayload}. */
  readonly frame: Uint8Array;
  /** Payload of the CELLS record; null when nothing was taken. */
  cells: Uint8Array | null;
  /** Payloads of the INTENT records, in order. */
  readonly intents: Uint8Array[];
  readonly dayEnds: ReturnType<typeof decodeDayEnd>[];
  /** Null for a book and an end, which have none, and for a group that was cut off. */
  step: StepRecord | null;
  /** False when the records may end within it: more could have come of the frame. */
  readonly isWhole: boolean;
}

/** A record that stands for itself, or a frame with all that belongs to it. */
export type JournalItem =
  | FrameItem
  | {
      readonly kind: 'command';
      readonly sequence: number;
      readonly lastSequence: number;
      readonly command: CommandRecord;
    }
  | {
      readonly kind: 'gap';
      readonly sequence: number;
      /** Last of the sequences that are missing. */
      readonly lastSequence: number;
      readonly missing: number;
      readonly reason: number;
    }
  | {
      readonly kind: 'snapshot';
      readonly sequence: number;
      readonly lastSequence: number;
      readonly head: SnapshotHead;
      readonly state: Uint8Array;
    }
  | {
      readonly kind: 'end';
      readonly sequence: number;
      readonly lastSequence: number;
      readonly end: ReturnType<typeof decodeEnd>;
    }
  /** What came of a frame that is not there: its FRAME lies in a gap, or the stream is none. */
  | { readonly kind: 'orphan'; readonly sequence: number; readonly lastSequence: number; readonly isStep: boolean };

/**
 * Groups the records of an engine's stream. Snapshots that stand between the records of a frame come behind it: the
 * journal's own thread puts them in wherever it is. A frame that a gap cuts off is left out.
 *
 * @param records - from any sequence at which a group begins; payloads are copied.
 */
export function* journalItems(records: Iterable<JournalRecord>): Generator<JournalItem, void> {
  let open: FrameItem | null = null;
  let held: JournalItem[] = [];
  for (const record of records) {
    const { kind } = record;
    if (open === null) {
      if (kind === RECORD_KINDS.FRAME) open = frameItem(record);
      else yield itemOf(record);
      continue;
    }
    if (kind === RECORD_KINDS.SNAPSHOT) {
      held.push(itemOf(record));
      continue;
    }
    const isPart = joins(open, record);
    if (isPart && kind !== RECORD_KINDS.STEP) continue;
    if (kind !== RECORD_KINDS.GAP) yield { ...open, isWhole: true };
    open = kind === RECORD_KINDS.FRAME ? frameItem(record) : null;
    yield* held;
    held = [];
    if (!isPart && open === null) yield itemOf(record);
  }
  if (open !== null) yield open;
  yield* held;
}

/** Adds a record to the frame that it came of; false when it is none of such. */
function joins(open: FrameItem, { kind, payload, sequence }: JournalRecord): boolean {
  switch (kind) {
    case RECORD_KINDS.CELLS:
      open.cells = copyOf(payload);
      break;
    case RECORD_KINDS.INTENT:
      open.intents.push(copyOf(payload));
      break;
    case RECORD_KINDS.DAY_END:
      open.dayEnds.push(decodeDayEnd(copyOf(payload)));
      break;
    case RECORD_KINDS.STEP:
      open.step = decodeStep(payload);
      break;
    default:
      return false;
  }
  open.lastSequence = sequence;
  return true;
}

function frameItem({ sequence, payload }: JournalRecord): FrameItem {
  return {
    kind: 'frame',
    sequence,
    lastSequence: sequence,
    frame: copyOf(payload),
    cells: null,
    intents: [],
    dayEnds: [],
    step: null,
    isWhole: false,
  };
}

function itemOf({ kind, sequence, payload }: JournalRecord): JournalItem {
  const at = { sequence, lastSequence: sequence };
  switch (kind) {
    case RECORD_KINDS.COMMAND:
      return { kind: 'command', ...at, command: decodeCommand(payload) };
    case RECORD_KINDS.GAP: {
      const missing = gapSpan(payload);
      return { kind: 'gap', sequence, lastSequence: sequence + missing - 1, missing, reason: gapReason(payload) };
    }
    case RECORD_KINDS.SNAPSHOT:
      return { kind: 'snapshot', ...at, head: decodeSnapshotHead(payload), state: copyOf(snapshotState(payload)) };
    case RECORD_KINDS.END:
      return { kind: 'end', ...at, end: decodeEnd(copyOf(payload)) };
    default:
      return { kind: 'orphan', ...at, isStep: kind === RECORD_KINDS.STEP };
  }
}

/** Memory of its own, 8-aligned: the slice of a Buffer would be a view. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
