import { JournalCorruption } from './corruption.ts';
import type { IoFailure, JournalStore } from './journal-store.ts';
import { type Machine, prunedMarkerName } from './segment-name.ts';

/**
 * Where a stream begins after a prune. Without it a stream whose first segments were deleted on purpose could not be
 * told from one that lost them.
 */
export interface PrunedMarker {
  /** Number of the first segment that was kept; those before it may be deleted whenever they are met. */
  readonly segment: number;
  readonly firstSequence: number;
  /** Digest that the first kept segment follows. */
  readonly previousDigest: number;
}

/** Null when the stream was never pruned. @throws JournalCorruption when the note is none. */
export function readPrunedMarker(store: JournalStore, machine: Machine): PrunedMarker | null {
  const name = prunedMarkerName(machine);
  if (!store.list().some((file) => file.name === name)) return null;
  const marker = parseMarker(new TextDecoder().decode(store.read(name) ?? new Uint8Array()));
  if (marker !== null) return marker;
  throw new JournalCorruption(
    { segment: name, record: Number.NaN, offset: 0, rule: 'pruned-marker' },
    'the note of the last prune must be JSON with the whole numbers segment, firstSequence and previousDigest',
  );
}

/** Durable before anything is deleted. */
export function writePrunedMarker(store: JournalStore, machine: Machine, marker: PrunedMarker): IoFailure | null {
  return store.replace(prunedMarkerName(machine), new TextEncoder().encode(`${JSON.stringify(marker)}\n`));
}

function parseMarker(text: string): PrunedMarker | null {
  try {
    const { segment, firstSequence, previousDigest } = JSON.parse(text) as Partial<PrunedMarker>;
    if (!isWhole(segment) || !isWhole(firstSequence) || !isWhole(previousDigest)) return null;
    return { segment, firstSequence, previousDigest };
  } catch {
    return null;
  }
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
