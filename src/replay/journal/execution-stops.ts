import { ABANDON_ALL } from '../../model/execution-tape.ts';
import { decodeEnd } from './payloads.ts';
import { doublesOf } from './record-fields.ts';
import { RECORD_KINDS } from './record-kind.ts';
import type { JournalRecord } from './stream-reader.ts';

const SOURCE_ENDED = 0;

/**
 * The records of execution's stream without what an operator's stop wrote into it where the run went on behind it: the
 * END of that life, and from the last ABANDON of everything, with the ADVANCE to its time, what was done to leave no order
 * working. A decision that was taken behind an ABANDON says that it was none of a stop.
 *
 * @param records - from the first on; payloads of what is held back are copied.
 * @param isLastKept - true where the stream's last stop is the end of the run, false for a run that goes on behind it.
 */
export function* withoutExecutionStops(
  records: Iterable<JournalRecord>,
  isLastKept: boolean,
): Generator<JournalRecord, void> {
  let held: JournalRecord[] = [];
  let isAbandoned = false;
  let isStopped = false;
  for (const record of records) {
    const { kind } = record;
    if (isStopped) [held, isAbandoned, isStopped] = [[], false, false];
    const isAbandon = isAbandonOfAll(record);
    isStopped = isInterruption(record);
    if (isAbandon) {
      const advance = held.at(-1)?.kind === RECORD_KINDS.ADVANCE ? held.pop() : undefined;
      yield* held;
      held = advance === undefined ? [] : [advance];
      isAbandoned = true;
    } else if (!isStopped && (!isAbandoned || kind === RECORD_KINDS.INTENT)) {
      yield* held;
      [held, isAbandoned] = [[], false];
    }
    if (isStopped || isAbandoned || kind === RECORD_KINDS.ADVANCE) {
      held.push({ ...record, payload: new Uint8Array(record.payload) });
    } else yield record;
  }
  if (isLastKept || !isStopped) yield* held;
}

/** True for the record with which a stop begins. */
export function isAbandonOfAll({ kind, payload }: JournalRecord): boolean {
  return kind === RECORD_KINDS.ABANDON && doublesOf(payload)[0] === ABANDON_ALL;
}

function isInterruption({ kind, payload }: JournalRecord): boolean {
  return kind === RECORD_KINDS.END && decodeEnd(payload).reason !== SOURCE_ENDED;
}
