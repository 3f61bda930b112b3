import { dayOfUnixNs, nsOfDayOfUnixNs } from '../../model/time.ts';

const NS_PER_MS = 1_000_000n;
/** A bare number is told by its size: up to 1e11 seconds (year 5138), then ms, us, ns. */
const SECONDS_BELOW = 1e11;
const MS_BELOW = 1e14;
const US_BELOW = 1e17;

/**
 * UNIX ns of what a writer put into a time field, or null when it is no time: a number in s, ms, us or ns, told apart by
 * its size, or ISO 8601. ISO without a zone is UTC, as Python's `utcnow().isoformat()` leaves it out.
 */
export function unixNsOf(stamp: unknown): bigint | null {
  if (typeof stamp === 'bigint') return stamp > 0n ? scaled(Number(stamp), stamp) : null;
  if (typeof stamp === 'number') return Number.isFinite(stamp) && stamp > 0 ? scaled(stamp, null) : null;
  if (typeof stamp !== 'string' || !/^\d{4}-\d{2}-\d{2}/.test(stamp)) return null;
  const hasZone = !stamp.includes(':') || /(?:Z|[+-]\d{2}:?\d{2})$/i.test(stamp);
  const ms = Date.parse(hasZone ? stamp : `${stamp}Z`);
  return Number.isNaN(ms) ? null : BigInt(ms) * NS_PER_MS;
}

/** UNIX ms of a time field, NaN when it is none. */
export function unixMsOf(stamp: unknown): number {
  const ns = unixNsOf(stamp);
  return ns === null ? Number.NaN : Number(ns / 1000n) / 1000;
}

/** Day and ns of day of a time field, or null when it is none. */
export function dayTimeOf(stamp: unknown): { readonly day: number; readonly nsOfDay: number } | null {
  const ns = unixNsOf(stamp);
  return ns === null ? null : { day: dayOfUnixNs(ns), nsOfDay: nsOfDayOfUnixNs(ns) };
}

/** ISO 8601 in UTC of UNIX ms, undefined for NaN: as `ts` fields are written. */
export function isoOfMs(tsMs: number): string | undefined {
  return Number.isNaN(tsMs) ? undefined : new Date(tsMs).toISOString();
}

function scaled(value: number, exact: bigint | null): bigint {
  if (value < SECONDS_BELOW) return BigInt(Math.round(value * 1e6)) * 1000n;
  if (value < MS_BELOW) return BigInt(Math.round(value * 1e3)) * 1000n;
  if (value < US_BELOW) return BigInt(Math.round(value)) * 1000n;
  return exact ?? BigInt(Math.round(value));
}
