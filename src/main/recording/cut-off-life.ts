import { isAbandonOfAll } from '../../replay/journal/execution-stops.ts';
import { describeIoFailure, type JournalStore } from '../../replay/journal/journal-store.ts';
import { type JournalPosition, JournalWriter } from '../../replay/journal/journal-writer.ts';
import { encodeEnd } from '../../replay/journal/payloads.ts';
import { RECORD_KINDS } from '../../replay/journal/record-kind.ts';
import type { StreamIdentity } from '../../replay/journal/segment-links.ts';
import { type JournalRecord, StreamReader } from '../../replay/journal/stream-reader.ts';
import { isReported } from '../../replay/journal/suspensions.ts';

const INTERRUPTED = 1;

/**
 * Ends a stream of a routed run that was cut off in the middle of a stop: behind reports whose frame never came, or behind
 * an abandonment of all orders. The run that goes on does not come to them, so an END says where that life ended.
 *
 * @param position - behind the last record.
 * @returns where the stream goes on.
 * @throws Error when the disk refuses.
 */
export function closeCutOffLife(
  store: JournalStore,
  identity: StreamIdentity,
  position: JournalPosition,
): JournalPosition {
  if (!isCutOff(store, identity)) return position;
  const writer = new JournalWriter(store, { identity, fsync: 'always', position });
  writer.add(RECORD_KINDS.END, encodeEnd({ reason: INTERRUPTED }, new Uint8Array()));
  const { failure } = writer.close(Date.now());
  if (failure !== null) throw new Error(`journal not recovered: ${describeIoFailure(failure)}`);
  const reader = new StreamReader(store, identity.machine);
  reader.readAll();
  return { segment: reader.nextNumber, nextSequence: reader.nextSequence, chain: reader.chain };
}

function isCutOff(store: JournalStore, { machine }: StreamIdentity): boolean {
  let isOpen = false;
  for (const record of new StreamReader(store, machine).records()) {
    if (machine === 'ENGINE') isOpen = isReported(record, isOpen);
    else isOpen = isAbandonOfAll(record) || (isOpen && !endsStop(record));
  }
  return isOpen;
}

/** A decision that was taken says that it was no stop. */
function endsStop({ kind }: JournalRecord): boolean {
  return kind === RECORD_KINDS.INTENT || kind === RECORD_KINDS.END;
}
