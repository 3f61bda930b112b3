import type { MemoryFeedCounts, StreamFeedCounts } from '../model/feed-counts.ts';

/** Names of the counts of each live source, in the order of their places in shared memory. */
export const STREAM_COUNTS = [
  'taken',
  'duplicates',
  'late',
  'stale',
  'parked',
  'gaps',
] as const satisfies readonly Exclude<keyof StreamFeedCounts, 'source' | 'freshnessMs'>[];
export const MEMORY_COUNTS = [
  'scans',
  'books',
  'duplicates',
  'late',
  'gaps',
  'missed',
] as const satisfies readonly Exclude<keyof MemoryFeedCounts, 'source' | 'dropped'>[];

/** Memory through which a live source tells main what became of what it took, while it runs. */
export function createLiveCounts(names: readonly string[]): SharedArrayBuffer {
  return new SharedArrayBuffer(8 * names.length);
}

/** For the source's thread alone. */
export function storeLiveCounts<Name extends string>(
  buffer: SharedArrayBuffer,
  names: readonly Name[],
  counts: Readonly<Record<Name, number>>,
): void {
  const values = new Float64Array(buffer);
  for (const [i, name] of names.entries()) values[i] = counts[name];
}

/** Any thread; may be as old as the source's last {@link storeLiveCounts}. Allocates. */
export function loadLiveCounts<Name extends string>(
  buffer: SharedArrayBuffer,
  names: readonly Name[],
): Record<Name, number> {
  const values = new Float64Array(buffer);
  return Object.fromEntries(names.map((name, i) => [name, values[i]])) as Record<Name, number>;
}
