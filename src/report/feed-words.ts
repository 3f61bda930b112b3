import type { FeedCounts, MemoryFeedCounts, StreamFeedCounts } from '../model/feed-counts.ts';
import { formatCount } from './number-format.ts';

type Words<Counts> = readonly (readonly [Exclude<keyof Counts, 'source'>, string])[];

const STREAM_WORDS: Words<StreamFeedCounts> = [
  ['taken', 'signals taken'],
  ['duplicates', 'dropped: taken before, told again'],
  ['late', 'dropped: older than what was taken'],
  ['stale', 'too old to be entered on'],
  ['parked', 'not understood, and put aside with a reason'],
  ['gaps', 'times that the stream had lost entries before they were read'],
];
const MEMORY_WORDS: Words<MemoryFeedCounts> = [
  ['scans', 'scans taken'],
  ['books', 'order books taken'],
  ['duplicates', 'dropped: taken before, told again'],
  ['late', 'refused: older than what was taken'],
  ['gaps', 'times that scans were missed: the memory keeps the latest alone'],
  ['missed', 'scans missed, by their numbers'],
  ['dropped', 'not taken: the engine was behind'],
];

/** What a live source brought, a count and its words a row: what was taken, and all that was odd. */
export function feedRows(feed: FeedCounts): [string, string][] {
  return feed.source === 'stream' ? rowsOf(feed, STREAM_WORDS, 1) : rowsOf(feed, MEMORY_WORDS, 2);
}

function rowsOf<Name extends string>(
  counts: Readonly<Record<Name, number>>,
  words: readonly (readonly [Name, string])[],
  taken: number,
): [string, string][] {
  const shown = words.filter(([name], row) => row < taken || counts[name] > 0);
  return shown.map(([name, text]) => [formatCount(counts[name]), text]);
}
