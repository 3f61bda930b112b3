import { NS_PER_DAY, nsBetween } from '../../model/time.ts';
import type { IoFailure, JournalStore } from './journal-store.ts';
import { decodeSnapshotHead } from './payloads.ts';
import { writePrunedMarker } from './pruned-marker.ts';
import { RECORD_KINDS } from './record-kind.ts';
import { listSegments, type Machine } from './segment-name.ts';
import { type ReadSegment, StreamReader } from './stream-reader.ts';

/** What a prune of one stream would delete. */
export interface PrunePlan {
  readonly machine: Machine;
  /** Sequence of the snapshot that recovery can start from instead; null when none is old enough. */
  readonly snapshot: number | null;
  /** Names, oldest first. */
  readonly deleted: readonly string[];
  readonly deletedBytes: number;
  readonly firstKept: ReadSegment | null;
}

/**
 * Closed segments that nobody needs: those that end before what the newest snapshot older than `keepDays` needs for a
 * recovery, which is that snapshot's own record and every record behind the state in it. Reads the whole stream.
 *
 * @throws JournalCorruption when the stream is not whole: nothing is deleted from a journal that may be needed as
 * evidence.
 */
export function planPrune(
  store: JournalStore,
  machine: Machine,
  keepDays: number,
  nowDay: number,
  nowNsOfDay: number,
): PrunePlan {
  const reader = new StreamReader(store, machine);
  let snapshot: number | null = null;
  let neededFrom = 0;
  for (const { kind, payload, sequence } of reader.records()) {
    if (kind !== RECORD_KINDS.SNAPSHOT) continue;
    const { savedDay, savedNsOfDay, throughSequence } = decodeSnapshotHead(payload);
    if (nsBetween(savedDay, savedNsOfDay, nowDay, nowNsOfDay) < keepDays * NS_PER_DAY) continue;
    snapshot = sequence;
    neededFrom = Math.min(sequence, throughSequence + 1);
  }
  const closed = reader.segments.slice(0, -1).filter(({ lastSequence }) => lastSequence < neededFrom);
  const firstKept = reader.segments[closed.length] ?? null;
  // Left over from a prune that was interrupted.
  const leftOver = listSegments(store, machine).filter(({ number }) => number < reader.firstNumber);
  const files = [...leftOver, ...closed];
  return {
    machine,
    snapshot,
    deleted: files.map(({ name }) => name),
    deletedBytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    firstKept,
  };
}

/** Notes where the stream begins now, then deletes. An interrupted prune is finished by the next one. */
export function prune(store: JournalStore, { machine, deleted, firstKept }: PrunePlan): IoFailure | null {
  if (deleted.length === 0 || firstKept === null) return null;
  const { number, header } = firstKept;
  const previousDigest = new DataView(header.previousDigest.slice().buffer).getUint32(0, true);
  const marker = { segment: number, firstSequence: header.firstSequence, previousDigest };
  let failure = writePrunedMarker(store, machine, marker);
  for (const name of deleted) failure ??= store.remove(name);
  return failure;
}
