import { dayOfUnixNs, nsOfDayOfUnixNs } from '../../model/time.ts';

/** Units that a source may declare, in ns. */
export const TIME_UNIT_NS = { s: 1_000_000_000n, ms: 1_000_000n, us: 1000n, ns: 1n } as const;
export type TimeUnit = keyof typeof TIME_UNIT_NS;
export const TIME_UNITS = ['s', 'ms', 'us', 'ns'] as const satisfies readonly TimeUnit[];

/** UNIX seconds between which a stamp is believed: [earliest, latest). */
export interface PlausibleSpan {
  readonly earliestSeconds: number;
  readonly latestSeconds: number;
}

/**
 * 2017-01-01 to 2100-01-01: before its begin there was no such market. Its end is 2.8 times its begin and units are 1000
 * apart, so that no number is plausible in two of them.
 */
export const PLAUSIBLE_SPAN: PlausibleSpan = { earliestSeconds: 1_483_228_800, latestSeconds: 4_102_444_800 };

/** A UTC day number and the exact ns of that day. */
export interface EventTime {
  readonly day: number;
  readonly nsOfDay: number;
}

/**
 * Reads a stamp of outside: a decimal number of s, ms, us or ns since 1970, or ISO 8601 with its zone.
 *
 * A declared unit wins over every guess. Without one the unit is the only one of the four in which the number is
 * plausible; a number that is plausible in none is refused, never scaled.
 *
 * @param stamp - a number that is not exact as a double (ns since 1970) has to come as text.
 * @param unit - as the source declares it, undefined where it does not. ISO 8601 has none.
 * @param span - a stamp outside of it is refused whatever its unit.
 * @returns the time, or why it is none, as the end of a sentence that begins with the stamp.
 */
export function eventTimeOf(
  stamp: string | number,
  unit: TimeUnit | undefined,
  span: PlausibleSpan = PLAUSIBLE_SPAN,
): EventTime | string {
  if (typeof stamp === 'number' && Math.abs(stamp) > Number.MAX_SAFE_INTEGER)
    return 'is a number that a double cannot hold exactly, must be given as text';
  const text = String(stamp);
  if (/^\d{4}-\d{2}-\d{2}T/.test(text)) return fromIso(text, unit, span);
  const decimal = /^(\d{1,19})(?:\.(\d{1,9}))?$/.exec(text);
  if (decimal === null) return 'must be a decimal number without sign or exponent, or ISO 8601 with its zone';
  const ns = (candidate: TimeUnit) => scaled(decimal[1] as string, decimal[2] ?? '', TIME_UNIT_NS[candidate]);
  if (unit !== undefined) {
    const declared = ns(unit);
    return isPlausible(declared, span) ? timeOf(declared) : `is ${unit} outside of ${spanText(span)}`;
  }
  const plausible = TIME_UNITS.map(ns).filter((candidate) => isPlausible(candidate, span));
  if (plausible.length === 1) return timeOf(plausible[0] as bigint);
  const found = plausible.length === 0 ? 'in no unit' : 'in more than one unit';
  return `states no unit and lies ${found} of ${TIME_UNITS.join(', ')} within ${spanText(span)}; declare timestamp_unit`;
}

/** Digits beyond a nanosecond are cut off. */
function scaled(whole: string, fraction: string, unitNs: bigint): bigint {
  return BigInt(whole) * unitNs + (BigInt(fraction.padEnd(9, '0')) * unitNs) / 1_000_000_000n;
}

function fromIso(text: string, unit: TimeUnit | undefined, span: PlausibleSpan): EventTime | string {
  if (unit !== undefined) return `is ISO 8601, which has no unit ${unit}`;
  const parts = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/.exec(text);
  const ms = parts === null ? Number.NaN : Date.parse(`${parts[1]}${parts[3]}`);
  if (Number.isNaN(ms)) return 'must be ISO 8601 with its zone: 2026-01-05T00:00:05.000Z';
  const ns = BigInt(ms) * TIME_UNIT_NS.ms + BigInt((parts?.[2] ?? '').padEnd(9, '0'));
  return isPlausible(ns, span) ? timeOf(ns) : `is outside of ${spanText(span)}`;
}

function isPlausible(unixNs: bigint, { earliestSeconds, latestSeconds }: PlausibleSpan): boolean {
  return unixNs >= BigInt(earliestSeconds) * TIME_UNIT_NS.s && unixNs < BigInt(latestSeconds) * TIME_UNIT_NS.s;
}

function timeOf(unixNs: bigint): EventTime {
  return { day: dayOfUnixNs(unixNs), nsOfDay: nsOfDayOfUnixNs(unixNs) };
}

function spanText({ earliestSeconds, latestSeconds }: PlausibleSpan): string {
  const iso = (seconds: number) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  return `${iso(earliestSeconds)} to ${iso(latestSeconds)}`;
}
