import { dateFromDay, dayFromDate, MS_PER_DAY } from '../model/time.ts';

/** What becomes of days whose schedule passed while nobody ran: `catch-up` trades them in order, `skip` passes them over. */
export const MISSED_POLICIES = ['catch-up', 'skip'] as const;
export type MissedPolicy = (typeof MISSED_POLICIES)[number];

export interface DueInputs {
  /** UNIX ms. */
  readonly nowMs: number;
  /** Time of day, UTC, at which the schedule fires. */
  readonly atMs: number;
  /** 1: the flow works on the day before (trading flows); 0: on the day itself (factors of that morning). */
  readonly daysBehind: 0 | 1;
  /** Last date that needs nothing more, or null: nothing was ever done. */
  readonly lastDate: string | null;
  /** When the deployment was registered, UNIX ms: nothing before its next firing is due without a last date. */
  readonly registeredMs: number;
}

/** Dates that are due, ascending; the last one may be of a firing that is only just past, the others were missed. */
export function dueDates({ nowMs, atMs, daysBehind, lastDate, registeredMs }: DueInputs): string[] {
  const newest = lastFiringDay(nowMs, atMs) - daysBehind;
  const first = lastDate === null ? lastFiringDay(registeredMs, atMs) + 1 - daysBehind : dayFromDate(lastDate) + 1;
  const dates: string[] = [];
  for (let day = first; day <= newest; day++) dates.push(dateFromDay(day));
  return dates;
}

/** UTC day number of the last firing at or before an instant. */
function lastFiringDay(unixMs: number, atMs: number): number {
  return Math.floor((unixMs - atMs) / MS_PER_DAY);
}
