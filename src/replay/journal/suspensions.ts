import { FLAG_INTERRUPTED, FRAME_END } from '../../model/frame.ts';
import { SLOT_FLAGS, SLOT_KIND } from '../../shm/layout.ts';
import { RECORD_KINDS } from './record-kind.ts';
import type { JournalRecord } from './stream-reader.ts';

/**
 * The records of an engine's stream without what an operator's stop wrote into it where the run went on behind it: the
 * interrupted END frame and what came of it.
 *
 * @param records - from any frame on; payloads of what is held back are copied.
 * @param isLastKept - true where the stream's last stop is the end of the run, false for a run that goes on behind it.
 */
export function* withoutSuspensions(
  records: Iterable<JournalRecord>,
  isLastKept: boolean,
): Generator<JournalRecord, void> {
  let suspension: JournalRecord[] = [];
  for (const record of records) {
    const isStop = isInterruptedEnd(record);
    if (isStop || !isOfStop(record)) suspension = [];
    if (isStop || suspension.length > 0) suspension.push({ ...record, payload: new Uint8Array(record.payload) });
    else yield record;
  }
  if (isLastKept) yield* suspension;
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
