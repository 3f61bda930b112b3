import { journalItems } from '../replay/journal/journal-steps.ts';
import { describeIoFailure, type JournalStore } from '../replay/journal/journal-store.ts';
import { listSegments } from '../replay/journal/segment-name.ts';
import { StreamReader } from '../replay/journal/stream-reader.ts';
import { JournalMachine, type JournalStanding, type JournalVerdict } from './journal-machine.ts';

export interface SegmentToVerify {
  /** Number of a segment of the engine's stream that nobody writes any more. */
  readonly segment: number;
  /** Where the replay of the segments before ended. */
  readonly from: JournalStanding;
  /** True when no record will follow: then also a frame whose records are not all there is stepped. */
  readonly isLast: boolean;
}

export interface SegmentVerdict extends JournalVerdict {
  /**
   * Behind the last frame whose records are all there. A segment may end between the records of a frame, or between it and
   * the reports in front of it: the next request begins there.
   */
  readonly standing: JournalStanding;
  /** Of the machine behind the last record, an operator's stop not taken back; null where the state is lost. */
  readonly stateHash: string | null;
  /** Why a segment was not compressed, for an operator; null when all were, or were not to be. */
  readonly compressFailure: string | null;
}

/**
 * Steps the records behind a standing to a segment's end on a machine of their own, compares every decision, and
 * compresses the segments up to it. Takes as long as a replay of the segment: for a pool task.
 *
 * @throws JournalCorruption when a record is not as it was written.
 * @throws InputError when the header's inputs are not whole; SnapshotError when the state is of another machine.
 */
export function verifySegment(store: JournalStore, { segment, from, isLast }: SegmentToVerify): SegmentVerdict {
  const reader = new StreamReader(store, 'ENGINE', segment);
  let machine: JournalMachine | null = null;
  for (const item of journalItems(reader.records(from.throughSequence + 1))) {
    machine ??= new JournalMachine(reader.header!, from);
    if (!isLast && 'isWhole' in item && !item.isWhole) break;
    machine.take(item);
  }
  if (!isLast && reader.torn !== null) throw new Error(`${reader.torn.segment} is closed, but ${reader.torn.detail}`);
  const standing = machine?.standing() ?? from;
  return {
    ...(machine?.verdict ?? { steps: 0, agreeing: 0, unverified: 0, firstMismatch: null }),
    standing,
    stateHash: standing.isLost ? null : (machine?.machine.stateHash() ?? null),
    compressFailure: isLast ? null : compress(store, segment),
  };
}

/** Segments before it as well: one of them may have failed to be verified, or be of an earlier life of the run. */
function compress(store: JournalStore, segment: number): string | null {
  for (const { name, number, isCompressed } of listSegments(store, 'ENGINE')) {
    if (isCompressed || number > segment) continue;
    const failure = store.compress(name);
    if (failure !== null) return describeIoFailure(failure);
  }
  return null;
}
