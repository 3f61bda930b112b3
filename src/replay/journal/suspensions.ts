import { FLAG_INTERRUPTED, FRAME_END } from '../../model/frame.ts';
import { SLOT_FLAGS, SLOT_KIND } from '../../shm/layout.ts';
import { RECORD_KINDS } from './record-kind.ts';
import type { JournalRecord } from './stream-reader.ts';

/**
 * The records of an engine's stream without what an operator's stop wrote into it where the run went on behind it: the
 * interrupted END frame, the reports of execution in front of it, and what came of them. Where a life was cut off behind
 * reports whose frame never came, a recovery has put an END behind them: they are left out as well.
 *
 * @param records - from any frame on; payloads of what is held back are copied.
 * @param isLastKept - true where the stream's last stop is the end of the run, false for a run that goes on behind it.
 */
export function* withoutSuspensions(
  records: Iterable<JournalRecord>,
  isLastKept: boolean,
): Generator<JournalRecord, void> {
  /** Reports whose frame is still to come, or a stop with them. */
  let held: JournalRecord[] = [];
  let isStopped = false;
  for (const record of records) {
    if (isStopped && !isOfStop(record)) {
      held = [];
      isStopped = false;
    }
    const isStop = isInterruptedEnd(record) || (held.length > 0 && record.kind === RECORD_KINDS.END);
    const isHeld = isStop || isStopped || isReported(record, held.length > 0);
    if (!isHeld) {
      yield* held;
      held = [];
      yield record;
      continue;
    }
    isStopped ||= isStop;
    held.push({ ...record, payload: new Uint8Array(record.payload) });
  }
  if (isLastKept || !isStopped) yield* held;
}

/** True for a report, and for what was decided on one; states of the journal's own thread stand anywhere. */
export function isReported({ kind }: JournalRecord, isBehindReport: boolean): boolean {
  if (kind === RECORD_KINDS.REPORT) return true;
  return isBehindReport && (kind === RECORD_KINDS.INTENT || kind === RECORD_KINDS.SNAPSHOT);
}

/** What may come of an END frame: the day as it stands, and the end itself. */
function isOfStop({ kind }: JournalRecord): boolean {
  return kind === RECORD_KINDS.DAY_END || kind === RECORD_KINDS.END || kind === RECORD_KINDS.SNAPSHOT;
}

function isInterruptedEnd({ kind, payload }: JournalRecord): boolean {
  if (kind !== RECORD_KINDS.FRAME) return false;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return view.getInt32(SLOT_KIND, true) === FRAME_END && (view.getInt32(SLOT_FLAGS, true) & FLAG_INTERRUPTED) !== 0;
}
