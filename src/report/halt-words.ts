import type { Report } from '../model/report.ts';

/* The operator's halts, which the engine notes among its warnings, one sentence each. */

const HALT = /^Operator (?<order>halt|flatten): no entries from (?<from>.+) to (?<to>.+)\.$/;
/** A halt from this long on is a condition of the whole result. */
const LONG_MS = 3_600_000;

/** Halts that lasted for an hour of event time, or to the end: what a reader must know before any figure. */
export function haltNotes({ warnings, source }: Pick<Report, 'warnings' | 'source'>): string[] {
  return warnings.flatMap((warning) => longHaltWords(warning, source.from) ?? []);
}

/** The warnings that {@link haltNotes} does not say. */
export function warningsBehind({ warnings, source }: Pick<Report, 'warnings' | 'source'>): string[] {
  return warnings.filter((warning) => longHaltWords(warning, source.from) === undefined);
}

function longHaltWords(warning: string, firstDate: string): string | undefined {
  const { order, from, to } = HALT.exec(warning)?.groups ?? {};
  if (from === undefined || to === undefined) return undefined;
  const isLong = to === 'the end' || msOf(to, firstDate) - msOf(from, firstDate) >= LONG_MS;
  return isLong ? `Entries were barred from ${from} to ${to} (operator ${order}).` : undefined;
}

/** Of `2026-01-05 10:00:00.000` in UTC; `the start` is that of the first day. */
function msOf(moment: string, firstDate: string): number {
  return Date.parse(moment === 'the start' ? firstDate : `${moment.replace(' ', 'T')}Z`);
}
