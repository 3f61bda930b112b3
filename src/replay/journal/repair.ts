import { JournalCorruption } from './corruption.ts';
import type { IoFailure, JournalStore } from './journal-store.ts';
import { COMPRESSED_SUFFIX, listSegments, type Machine, prunedMarkerName } from './segment-name.ts';
import { readAligned, StreamReader } from './stream-reader.ts';
import { countReadableRecords } from './torn-tail.ts';

/** A segment that a repair keeps, whole or its first bytes. */
export interface KeptSegment {
  readonly name: string;
  /** Decompressed bytes that are kept. */
  readonly bytes: number;
  /** True when it ends with these bytes already. */
  readonly isWhole: boolean;
}

/** What a repair of one stream would keep and what it would lose. Everything up to the first fault is kept. */
export interface RepairPlan {
  readonly machine: Machine;
  readonly state: 'whole' | 'torn' | 'corrupt';
  /** What is wrong; null when nothing is. */
  readonly fault: string | null;
  readonly corruption: JournalCorruption | null;
  readonly kept: readonly KeptSegment[];
  /** Last sequence that is kept; -1 when none is. */
  readonly lastSequence: number;
  /** Files that lose all of their bytes. */
  readonly removed: readonly string[];
  /** Bytes behind the fault, decompressed where they can be. */
  readonly lostBytes: number;
  /** Records among them that can still be read one by one; an estimate of what is lost. */
  readonly lostRecords: number;
}

/**
 * Reads a stream and says what a repair would do; changes nothing.
 * @throws JournalCorruption when the note of the last prune is unreadable.
 * @throws Error when a file cannot be read.
 */
export function planRepair(store: JournalStore, machine: Machine): RepairPlan {
  const reader = new StreamReader(store, machine);
  const corruption = readUntilCorrupt(reader);
  const kept = keptOf(reader);
  const keptNames = new Map(kept.map((segment) => [segment.name, segment.bytes]));
  const lost = countLost(store, machine, reader, keptNames);
  const { torn } = reader;
  return {
    machine,
    state: corruption !== null ? 'corrupt' : torn !== null ? 'torn' : 'whole',
    fault:
      corruption?.message ??
      (torn === null ? null : `torn tail: ${torn.segment}, offset ${torn.offset}: ${torn.detail}`),
    corruption,
    kept,
    lastSequence: kept.length === 0 ? -1 : reader.nextSequence - 1,
    ...lost,
  };
}

/** Writes the kept part of a stream into an empty place; compressed segments arrive plain. */
export function repairInto(store: JournalStore, plan: RepairPlan, target: JournalStore): IoFailure | null {
  const marker = prunedMarkerName(plan.machine);
  if (plan.kept.length > 0 && store.list().some(({ name }) => name === marker)) {
    const failure = target.replace(marker, store.read(marker)!);
    if (failure !== null) return failure;
  }
  for (const { name, bytes } of plan.kept) {
    const failure = target.replace(plainName(name), store.read(name)!.subarray(0, bytes));
    if (failure !== null) return failure;
  }
  return null;
}

/** Cuts a stream down to its kept part where it lies: the last file first, so that an interruption leaves no hole. */
export function repairInPlace(store: JournalStore, plan: RepairPlan): IoFailure | null {
  for (const name of [...plan.removed].reverse()) {
    const failure = store.remove(name);
    if (failure !== null) return failure;
  }
  const cut = plan.kept.find(({ isWhole }) => !isWhole);
  return cut === undefined ? null : cutSegment(store, cut);
}

function cutSegment(store: JournalStore, { name, bytes }: KeptSegment): IoFailure | null {
  if (!name.endsWith(COMPRESSED_SUFFIX)) return store.truncate(name, bytes);
  return store.replace(plainName(name), store.read(name)!.subarray(0, bytes)) ?? store.remove(name);
}

function readUntilCorrupt(reader: StreamReader): JournalCorruption | null {
  try {
    reader.readAll();
    return null;
  } catch (error) {
    // Without the note of the last prune nothing says where the stream begins: there is no prefix to keep.
    if (error instanceof JournalCorruption && error.rule !== 'pruned-marker') return error;
    throw error;
  }
}

function keptOf({ segments, torn, current, wholeBytes }: StreamReader): KeptSegment[] {
  const kept = segments.map((segment) => ({
    name: segment.name,
    bytes: segment.wholeBytes,
    isWhole: segment.name !== torn?.segment,
  }));
  // The segment in which the reader stopped: its start and the records before the fault.
  if (current !== null && wholeBytes > 0) kept.push({ name: current.name, bytes: wholeBytes, isWhole: false });
  return kept;
}

function countLost(
  store: JournalStore,
  machine: Machine,
  { firstNumber }: StreamReader,
  kept: ReadonlyMap<string, number>,
): Pick<RepairPlan, 'removed' | 'lostBytes' | 'lostRecords'> {
  const removed: string[] = [];
  let lostBytes = 0;
  let lostRecords = 0;
  for (const { name, number, bytes: storedBytes } of listSegments(store, machine)) {
    if (number < firstNumber) continue;
    const keptBytes = kept.get(name) ?? 0;
    if (keptBytes === 0) removed.push(name);
    const bytes = readAligned(store, name);
    lostBytes += bytes === null ? storedBytes : bytes.length - keptBytes;
    if (bytes !== null && bytes.length > keptBytes) lostRecords += countReadableRecords(bytes, keptBytes);
  }
  return { removed, lostBytes, lostRecords };
}

function plainName(name: string): string {
  return name.endsWith(COMPRESSED_SUFFIX) ? name.slice(0, -COMPRESSED_SUFFIX.length) : name;
}
