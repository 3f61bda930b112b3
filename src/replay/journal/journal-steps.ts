import { gapReason, gapSpan } from './gap.ts';
import type { FrameItem, InputItem, JournalItem } from './journal-item.ts';
import {
  decodeCommand,
  decodeDayEnd,
  decodeEnd,
  decodeReport,
  decodeSnapshotHead,
  decodeStep,
  snapshotState,
} from './payloads.ts';
import { RECORD_KINDS } from './record-kind.ts';
import type { JournalRecord } from './stream-reader.ts';

/*
 * What an engine's stream says, in the units in which a machine takes it:
 *
 *   COMMAND   REPORT [INTENT ...]   FRAME [CELLS ...] [INTENT ...] [DAY_END] STEP   FRAME   FRAME ...   END
 *   ├───────┤ ├─────────────────┤   ├───────────────────────────────────────────┤   ├───┤
 *    command   a report, with what   one frame: a scan or a bar, with its STEP       a book, an end: as far as the next
 *              was decided on it                                                     frame, command or report
 */

/**
 * Groups the records of an engine's stream. Snapshots that stand between the records of an input come behind it: the
 * journal's own thread puts them in wherever it is. A frame that a gap cuts off is left out.
 *
 * @param records - from any sequence at which a group begins; payloads are copied.
 */
export function* journalItems(records: Iterable<JournalRecord>): Generator<JournalItem, void> {
  let open: InputItem | null = null;
  let held: JournalItem[] = [];
  for (const record of records) {
    if (open !== null) {
      if (record.kind === RECORD_KINDS.SNAPSHOT) {
        held.push(itemOf(record));
        continue;
      }
      const isPart = joins(open, record);
      if (isPart && record.kind !== RECORD_KINDS.STEP) continue;
      if (record.kind !== RECORD_KINDS.GAP || open.kind !== 'frame') yield { ...open, isWhole: true };
      yield* held;
      open = null;
      held = [];
      if (isPart) continue;
    }
    open = inputOf(record);
    if (open === null) yield itemOf(record);
  }
  if (open !== null) yield open;
  yield* held;
}

/** Adds a record to the input that it came of; false when it is none of such. */
function joins(open: InputItem, record: JournalRecord): boolean {
  const isJoined = open.kind === 'frame' ? joinsFrame(open, record) : record.kind === RECORD_KINDS.INTENT;
  if (!isJoined) return false;
  if (record.kind === RECORD_KINDS.INTENT) open.intents.push(copyOf(record.payload));
  open.lastSequence = record.sequence;
  return true;
}

function joinsFrame(open: FrameItem, { kind, payload }: JournalRecord): boolean {
  switch (kind) {
    case RECORD_KINDS.CELLS:
      open.cells = open.cells === null ? copyOf(payload) : joined(open.cells, payload);
      return true;
    case RECORD_KINDS.INTENT:
      return true;
    case RECORD_KINDS.DAY_END:
      open.dayEnds.push(decodeDayEnd(copyOf(payload)));
      return true;
    case RECORD_KINDS.STEP:
      open.step = decodeStep(payload);
      return true;
    default:
      return false;
  }
}

/** The input that begins with a record; null when none does. */
function inputOf(record: JournalRecord): InputItem | null {
  const { kind, sequence, payload } = record;
  const told = { sequence, lastSequence: sequence, intents: [], isWhole: false };
  if (kind === RECORD_KINDS.FRAME) return frameItem(record);
  if (kind === RECORD_KINDS.COMMAND) return { kind: 'command', ...told, command: decodeCommand(payload) };
  return kind === RECORD_KINDS.REPORT ? { kind: 'report', ...told, report: decodeReport(payload) } : null;
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

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

/** Memory of its own, 8-aligned: the slice of a Buffer would be a view. */
function copyOf(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
