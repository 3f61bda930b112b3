import { canonicalJson, type JsonValue, parseExact } from '../../adapters/memory/canonical-json.ts';
import { type EntryVerdict, judgeEntry } from '../../adapters/memory/catalogue.ts';

const AGE_UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** An entry as an operator sees it. */
export interface EntryView {
  readonly map: string;
  readonly key: string;
  readonly text: string;
  readonly verdict: EntryVerdict;
  /** Ms since the value's own time; NaN where it has none. Negative: it is ahead of our clock. */
  readonly ageMs: number;
}

/** @param nowMs - wall clock, UNIX ms. */
export function viewOf(map: string, key: string, text: string, nowMs: number): EntryView {
  const verdict = judgeEntry(map, key, text);
  return { map, key, text, verdict, ageMs: verdict.kind === 'valid' ? nowMs - verdict.tsMs : Number.NaN };
}

/**
 * `{"map","key","state","age_ms","reason","value"}` on one line. The value is the stored JSON with every digit of its
 * numbers; a text that is none comes as a text.
 */
export function jsonLine(view: EntryView, withValue: boolean): string {
  const { map, key, verdict, ageMs } = view;
  const head = {
    map,
    key,
    state: verdict.kind,
    age_ms: Number.isNaN(ageMs) ? null : Math.round(ageMs),
    reason: verdict.kind === 'malformed' ? verdict.reason : null,
  };
  const text = JSON.stringify(head);
  return withValue ? `${text.slice(0, -1)},"value":${oneLine(view.text)}}` : text;
}

/** For a terminal: `MAP[key]`, age, what is wrong with it, value. Control characters of other writers are escaped. */
export function plainLine(view: EntryView): string {
  const { map, key, verdict } = view;
  const state = verdict.kind === 'malformed' ? `MALFORMED (${printable(verdict.reason)})` : verdict.kind;
  return `${map}[${printable(key)}]  ${ageText(view.ageMs)}  ${state}  ${oneLine(view.text)}`;
}

/** `3.2 s`, `-` where there is no time. */
export function ageText(ageMs: number): string {
  if (Number.isNaN(ageMs)) return '-';
  const [unit, ms] = AGE_UNITS.find(([, least]) => Math.abs(ageMs) >= least) ?? (['ms', 1] as const);
  return `${unit === 'ms' ? Math.round(ageMs) : (ageMs / ms).toFixed(1)} ${unit}`;
}

/** Letters of a store as they may be shown: quoted where they hold more than visible ones. */
export function printable(text: string): string {
  return /^[\p{L}\p{N}\p{P}\p{S} ]*$/u.test(text) ? text : JSON.stringify(text);
}

function oneLine(text: string): string {
  try {
    return canonicalJson(parseExact(text) as JsonValue);
  } catch {
    return JSON.stringify(text);
  }
}
