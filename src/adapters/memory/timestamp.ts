import { MS_PER_DAY, NS_PER_MS } from '../../model/time.ts';
import { type EventTime, eventTimeOf, type TimeUnit } from '../json-scans/event-time.ts';

/**
 * The time that a writer put into a field, or why it is none, as the end of a sentence that begins with the field's value
 * (docs/audit.md 1a): a number in a declared unit, or in the only one of s, ms, us and ns in which it lies within 2017 to
 * 2100; or ISO 8601 with its zone. A local time is nobody's time: without a zone it is none.
 *
 * Read as well are forms that programs of an existing cluster write: Python's `str(datetime)` and `strftime('%z')` (a blank
 * before the clock, an offset without a colon), and `time.time() * 1e9`, a float that is exact to 256 ns.
 *
 * @param stamp - as parseExact returns it: an integer beyond 2^53 is a bigint.
 * @param unit - as the field's name declares it; undefined where it declares none.
 */
export function timeOf(stamp: unknown, unit?: TimeUnit): EventTime | string {
  if (typeof stamp === 'string') return eventTimeOf(isoOf(stamp), isDigits(stamp) ? unit : undefined);
  if (typeof stamp === 'bigint') return eventTimeOf(stamp.toString(), unit);
  if (typeof stamp !== 'number') return 'is no time';
  const isWholeFloat = Number.isInteger(stamp) && !Number.isSafeInteger(stamp);
  return eventTimeOf(isWholeFloat ? BigInt(stamp).toString() : stamp, unit);
}

/** UNIX ms of a time field without a declared unit, NaN when it is none. */
export function unixMsOf(stamp: unknown): number {
  const time = timeOf(stamp);
  return typeof time === 'string' ? Number.NaN : time.day * MS_PER_DAY + time.nsOfDay / NS_PER_MS;
}

/** ISO 8601 in UTC of UNIX ms, undefined for NaN: as `ts` fields are written. */
export function isoOfMs(tsMs: number): string | undefined {
  return Number.isNaN(tsMs) ? undefined : new Date(tsMs).toISOString();
}

function isDigits(text: string): boolean {
  return /^\d+(?:\.\d+)?$/.test(text);
}

function isoOf(text: string): string {
  return text.replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T').replace(/([+-]\d{2})(\d{2})$/, '$1:$2');
}
