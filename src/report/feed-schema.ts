import { z } from 'zod';
import { count } from './schema-parts.ts';

/** What a live source brought: `FeedCounts`. */
export const feedSchema = z.discriminatedUnion('source', [
  z.object({
    source: z.literal('stream'),
    freshnessMs: z.number().positive().optional(),
    taken: count,
    duplicates: count,
    late: count,
    stale: count,
    parked: count,
    gaps: count,
  }),
  z.object({
    source: z.literal('memory'),
    scans: count,
    books: count,
    duplicates: count,
    late: count,
    gaps: count,
    missed: count,
    dropped: count,
  }),
]);
