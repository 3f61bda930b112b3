import { JournalCorruption } from './corruption.ts';
import { describeIoFailure, type IoFailure, type JournalStore } from './journal-store.ts';
import type { JournalPosition } from './journal-writer.ts';
import { differenceOf, type StreamIdentity } from './segment-links.ts';
import type { Machine } from './segment-name.ts';
import { StreamReader, type TornTail } from './stream-reader.ts';

/** A stream that a writer can go on with. */
export interface Recovery {
  /** Where it goes on: a new segment behind the last whole record. */
  readonly position: JournalPosition;
  /** Whose records these are; null when there is not one whole segment. */
  readonly identity: StreamIdentity | null;
  /** What was cut off; null when the stream ended whole. */
  readonly cut: TornTail | null;
}

/**
 * Verifies a stream from its first record to its last and cuts off a torn tail, durably. Whatever it keeps is durable
 * afterwards.
 *
 * @param expected - the run that wants to go on; null for whichever it was.
 * @throws JournalCorruption when anything else is wrong, or the journal is another run's; nothing is changed then.
 * @throws Error when a file cannot be read or cut.
 */
export function recoverStream(store: JournalStore, machine: Machine, expected: StreamIdentity | null): Recovery {
  const reader = new StreamReader(store, machine);
  reader.readAll();
  if (expected !== null) requireRun(reader, expected);
  makeDurable(store, reader);
  // A segment whose very start was torn is made again.
  const segment = reader.nextNumber - (reader.torn?.offset === 0 ? 1 : 0);
  return {
    position: { segment, nextSequence: reader.nextSequence, chain: reader.chain },
    identity: reader.header,
    cut: reader.torn,
  };
}

/** Refuses the stream of another run, config, universe or version; `reader` has read it. @throws JournalCorruption. */
export function requireRun({ header, segments }: StreamReader, expected: StreamIdentity): void {
  if (header === null) return;
  const difference = differenceOf(header, expected);
  if (difference === null) return;
  const site = { segment: segments[0]!.name, record: Number.NaN, offset: 0, rule: difference.rule };
  throw new JournalCorruption(site, difference.detail);
}

/** Cuts a torn tail off; what stands before it is synced by the same call. */
export function cutTail(store: JournalStore, torn: TornTail): IoFailure | null {
  return torn.offset === 0 ? store.remove(torn.segment) : store.truncate(torn.segment, torn.offset);
}

function makeDurable(store: JournalStore, { torn, segments }: StreamReader): void {
  const last = segments.at(-1);
  if (torn !== null) requireDone(cutTail(store, torn));
  // A process that was killed left bytes that the system holds but the disk may not.
  if (last !== undefined && last.name !== torn?.segment && !last.isCompressed) {
    requireDone(store.truncate(last.name, last.wholeBytes));
  }
}

function requireDone(failure: IoFailure | null): void {
  if (failure !== null) throw new Error(`journal not recovered: ${describeIoFailure(failure)}`);
}
