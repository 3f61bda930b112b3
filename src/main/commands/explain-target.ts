import { InputError } from '../../model/input-error.ts';
import type { Report } from '../../model/report.ts';
import { dayFromDate, isoFrom, NS_PER_MS, NS_PER_SECOND } from '../../model/time.ts';
import type { DayBlock } from '../../shm/day-block.ts';

/** What `--at` asks for: a lifetime bar, or a moment. */
export type AskedTime =
  | { readonly kind: 'bar'; readonly bar: number }
  | { readonly kind: 'time'; readonly day: number; readonly nsOfDay: number };

/** The bar to explain. */
export interface TargetBar {
  /** Lifetime index. */
  readonly bar: number;
  /** Index of its day among the report's days, and of the bar within that day. */
  readonly dayIndex: number;
  readonly barOfDay: number;
  /** What the reader must know when it is not exactly what was asked for; null otherwise. */
  readonly note: string | null;
}

/** Decoded day of an index among the report's days. */
export type DayReader = (dayIndex: number) => Promise<DayBlock>;

/**
 * Reads `--at`: `bar:1234`, `2026-01-05T12:00:00Z` or `2026-01-05 12:00:00`, UTC, seconds with a fraction if need be.
 * @throws InputError for anything else.
 */
export function parseAt(text: string): AskedTime {
  const bar = /^bar:(\d+)$/.exec(text)?.[1];
  if (bar !== undefined) return { kind: 'bar', bar: Number(bar) };
  const match = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?Z?$/.exec(text);
  const [, date = '', hour, minute, second, fraction = ''] = match ?? [];
  const day = dayFromDate(date);
  if (Number.isNaN(day) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) {
    throw new InputError(
      `--at: must be a time in UTC (2026-01-05T12:00:00Z, "2026-01-05 12:00:00") or a lifetime bar (bar:1234), was "${text}"`,
    );
  }
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  return { kind: 'time', day, nsOfDay: seconds * NS_PER_SECOND + Number(fraction.padEnd(9, '0')) };
}

/**
 * Finds the bar that was asked for; for a moment between two bars the nearest earlier one.
 * @throws InputError naming the first and the last bar when it lies outside the run.
 */
export async function findTarget(report: Report, asked: AskedTime, read: DayReader): Promise<TargetBar> {
  if (asked.kind === 'bar') return await targetOfBar(report, asked.bar, read);
  const days = report.days.map(({ date }) => dayFromDate(date));
  const dayIndex = days.findLastIndex((day) => day <= asked.day);
  if (dayIndex < 0) throw await outside(report, isoFrom(asked.day, asked.nsOfDay), read);
  const block = await read(dayIndex);
  const nsAsked = days[dayIndex] === asked.day ? asked.nsOfDay : Number.POSITIVE_INFINITY;
  const barOfDay = lastBarUntil(block, nsAsked, (report.days[dayIndex] as Report['days'][number]).bars);
  if (barOfDay < 0) return await lastBarBefore(report, asked, dayIndex, block, read);
  await refuseAfterEnd(report, asked, dayIndex, barOfDay, block, read);
  return {
    bar: firstBarOf(report, dayIndex) + barOfDay,
    dayIndex,
    barOfDay,
    note: noteOf(asked, days[dayIndex] as number, block, barOfDay),
  };
}

/** Rows of a day that the replay takes as bars: those whose scan number is greater than that of the last one taken. */
export function acceptedRows(block: DayBlock): Int32Array {
  let last = Number.NEGATIVE_INFINITY;
  const rows: number[] = [];
  for (let row = 0; row < block.rows; row++) {
    const number = block.scanNumbers[row] as number;
    if (!(number > last)) continue;
    last = number;
    rows.push(row);
  }
  return Int32Array.from(rows);
}

async function targetOfBar(report: Report, bar: number, read: DayReader): Promise<TargetBar> {
  let first = 0;
  for (const [dayIndex, { bars }] of report.days.entries()) {
    if (bar < first + bars) return { bar, dayIndex, barOfDay: bar - first, note: null };
    first += bars;
  }
  throw await outside(report, `bar ${bar}`, read);
}

async function lastBarBefore(
  report: Report,
  asked: AskedTime & { kind: 'time' },
  dayIndex: number,
  block: DayBlock,
  read: DayReader,
): Promise<TargetBar> {
  const bar = firstBarOf(report, dayIndex) - 1;
  if (bar < 0) throw await outside(report, isoFrom(asked.day, asked.nsOfDay), read, block);
  const before = report.days.findLastIndex(({ bars }, index) => index < dayIndex && bars > 0);
  const { date, bars } = report.days[before] as Report['days'][number];
  const earlier = await read(before);
  return { bar, dayIndex: before, barOfDay: bars - 1, note: noteOf(asked, dayFromDate(date), earlier, bars - 1) };
}

/** Beyond one bar interval after the last bar there is nothing that it could still stand for. */
async function refuseAfterEnd(
  report: Report,
  asked: AskedTime & { kind: 'time' },
  dayIndex: number,
  barOfDay: number,
  block: DayBlock,
  read: DayReader,
): Promise<void> {
  const { date, bars } = report.days[dayIndex] as Report['days'][number];
  if (dayIndex < report.days.length - 1 || barOfDay < bars - 1) return;
  const lastNs = stampOf(block, barOfDay) + report.barIntervalMs * NS_PER_MS;
  if (dayFromDate(date) === asked.day && asked.nsOfDay < lastNs) return;
  throw await outside(report, isoFrom(asked.day, asked.nsOfDay), read);
}

async function outside(report: Report, what: string, read: DayReader, firstBlock?: DayBlock): Promise<InputError> {
  const total = firstBarOf(report, report.days.length);
  if (total === 0) return new InputError(`--at: ${what} cannot be explained, the run has no bar`);
  const firstDay = report.days.findIndex(({ bars }) => bars > 0);
  const lastDay = report.days.findLastIndex(({ bars }) => bars > 0);
  const first = isoOfBar(report, firstDay, firstBlock ?? (await read(firstDay)), 0);
  const last = isoOfBar(
    report,
    lastDay,
    await read(lastDay),
    (report.days[lastDay] as Report['days'][number]).bars - 1,
  );
  return new InputError(`--at: ${what} lies outside the run, which has bar 0 (${first}) to bar ${total - 1} (${last})`);
}

function noteOf(asked: AskedTime & { kind: 'time' }, day: number, block: DayBlock, barOfDay: number): string | null {
  const stamp = stampOf(block, barOfDay);
  if (day === asked.day && stamp === asked.nsOfDay) return null;
  const askedText = isoFrom(asked.day, asked.nsOfDay);
  const repeated = day === asked.day ? block.nsOfDay.indexOf(asked.nsOfDay) : -1;
  const why =
    repeated < 0
      ? `there is no bar at ${askedText}`
      : `the scan at ${askedText} repeats a number (${block.scanNumbers[repeated]}) and was skipped`;
  return `${why}; this is the nearest earlier bar, ${isoFrom(day, stamp)}`;
}

function lastBarUntil(block: DayBlock, nsOfDay: number, bars: number): number {
  const rows = acceptedRows(block).subarray(0, bars);
  return rows.findLastIndex((row) => (block.nsOfDay[row] as number) <= nsOfDay);
}

function stampOf(block: DayBlock, barOfDay: number): number {
  return block.nsOfDay[acceptedRows(block)[barOfDay] as number] as number;
}

function isoOfBar(report: Report, dayIndex: number, block: DayBlock, barOfDay: number): string {
  const { date } = report.days[dayIndex] as Report['days'][number];
  return isoFrom(dayFromDate(date), stampOf(block, barOfDay));
}

function firstBarOf(report: Report, dayIndex: number): number {
  return report.days.slice(0, dayIndex).reduce((total, { bars }) => total + bars, 0);
}
