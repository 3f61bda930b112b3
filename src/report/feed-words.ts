import type { FeedCounts, MemoryFeedCounts, StreamFeedCounts } from '../model/feed-counts.ts';
import { formatCount, formatInterval } from './number-format.ts';
import { plural } from './words.ts';

type Words<Counts> = readonly (readonly [Exclude<keyof Counts, 'source' | 'freshnessMs'>, string])[];

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

/**
 * What a live source brought, a count and its words a row: what was taken, and all that was odd.
 * @param isResumed - the run went on behind an interruption: nobody counts what came before.
 */
export function feedRows(feed: FeedCounts, isResumed: boolean): [string, string][] {
  const since = isResumed ? ' since the resume' : '';
  return feed.source === 'stream' ? rowsOf(feed, STREAM_WORDS, 1, since) : rowsOf(feed, MEMORY_WORDS, 2, since);
}

/** Of signals most of which came too old; undefined of others. */
export function ageWords(feed: FeedCounts): string | undefined {
  if (feed.source !== 'stream' || feed.stale * 2 <= feed.taken) return undefined;
  const { stale, taken, freshnessMs } = feed;
  const old = freshnessMs === undefined ? 'too old' : `older than ${formatInterval(freshnessMs)}`;
  return (
    `Live rules: ${formatCount(stale)} of ${plural(taken, 'signal')} were ${old} when they came, nothing was entered on them. ` +
    'Recorded days want --rules replay.'
  );
}

function rowsOf<Name extends string>(
  counts: Readonly<Record<Name, number>>,
  words: readonly (readonly [Name, string])[],
  taken: number,
  since: string,
): [string, string][] {
  const told = words.map(([name, text], row) => [name, row < taken ? text + since : text] as const);
  const shown = told.filter(([name], row) => row < taken || counts[name] > 0);
  return shown.map(([name, text]) => [formatCount(counts[name]), text]);
}
