/**
 * Time in hot code: a UTC day number and the exact nanoseconds of that day.
 * UNIX nanoseconds do not fit a JS number, and BigInt allocates, so BigInt stays at the edges.
 */

export const NS_PER_MS = 1e6;
export const NS_PER_SECOND = 1e9;
export const MS_PER_DAY = 86_400_000;
export const NS_PER_DAY = 86_400_000_000_000;
const NS_PER_DAY_BIG = 86_400_000_000_000n;

/** UTC day number (days since 1970-01-01) of a UNIX time in ns. Floors, so times before 1970 are right too. */
export function dayOfUnixNs(unixNs: bigint): number {
  const day = unixNs / NS_PER_DAY_BIG;
  return Number(unixNs < 0n && day * NS_PER_DAY_BIG !== unixNs ? day - 1n : day);
}

/** Nanoseconds since 00:00 UTC of the day of a UNIX time in ns; exact, in [0, NS_PER_DAY). */
export function nsOfDayOfUnixNs(unixNs: bigint): number {
  return Number(unixNs - BigInt(dayOfUnixNs(unixNs)) * NS_PER_DAY_BIG);
}

/** UNIX time in ns; for edges only. */
export function unixNsFrom(day: number, nsOfDay: number): bigint {
  return BigInt(day) * NS_PER_DAY_BIG + BigInt(nsOfDay);
}

/** `later - earlier` in ns. Exact within 104 days, beyond that rounded to the nearest double. */
export function nsBetween(earlierDay: number, earlierNsOfDay: number, laterDay: number, laterNsOfDay: number): number {
  return (laterDay - earlierDay) * NS_PER_DAY + (laterNsOfDay - earlierNsOfDay);
}

/** UTC day number of `YYYY-MM-DD`, or NaN when the text is not such a date. */
export function dayFromDate(date: string): number {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  if (match === null) return Number.NaN;
  const [year, month, dayOfMonth] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const day = dayFromCivil(year, month, dayOfMonth);
  return dateFromDay(day) === date ? day : Number.NaN;
}

/** `YYYY-MM-DD` of a UTC day number. */
export function dateFromDay(day: number): string {
  // Howard Hinnant, "chrono-compatible low-level date algorithms": civil_from_days.
  const z = day + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(dayOfMonth, 2)}`;
}

/** ISO 8601 in UTC, with milliseconds, and nanoseconds only where they are not whole milliseconds. */
export function isoFrom(day: number, nsOfDay: number): string {
  const seconds = Math.floor(nsOfDay / NS_PER_SECOND);
  const fractionNs = nsOfDay - seconds * NS_PER_SECOND;
  const isWholeMs = fractionNs % NS_PER_MS === 0;
  const fraction = isWholeMs ? pad(fractionNs / NS_PER_MS, 3) : pad(fractionNs, 9);
  const clock = `${pad(Math.floor(seconds / 3600), 2)}:${pad(Math.floor(seconds / 60) % 60, 2)}:${pad(seconds % 60, 2)}`;
  return `${dateFromDay(day)}T${clock}.${fraction}Z`;
}

function dayFromCivil(year: number, month: number, dayOfMonth: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + dayOfMonth - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
