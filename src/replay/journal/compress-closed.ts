import type { IoFailure, JournalStore } from './journal-store.ts';
import { listSegments, type Machine } from './segment-name.ts';

/**
 * Compresses every closed segment of a stream that is not yet: all but the last, which its writer may still have open.
 * Takes about a third of a second per segment: for a pool task, never for the thread that writes.
 *
 * @returns the names of the plain files that are gone, and why it stopped early, if it did.
 */
export function compressClosed(
  store: JournalStore,
  machine: Machine,
): { compressed: readonly string[]; failure: IoFailure | null } {
  const compressed: string[] = [];
  for (const { name, isCompressed } of listSegments(store, machine).slice(0, -1)) {
    if (isCompressed) continue;
    const failure = store.compress(name);
    if (failure !== null) return { compressed, failure };
    compressed.push(name);
  }
  return { compressed, failure: null };
}
