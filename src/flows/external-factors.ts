import { dayCell, optionalNumberCell, readCsv, sortedByDay } from '../adapters/csv/table.ts';
import type { FactorRow } from '../model/factors.ts';
import { dateFromDay } from '../model/time.ts';

/** Days from the date of a source's row to the first date whose trading may know it. */
const PUBLICATION_LAG_DAYS = 1;

/** Daily tables as their publishers have them: a row holds what is known of its date when that date is over. */
export interface ExternalSources {
  /** `date,funding_mean,funding_abs`: mean of the day's 8 h funding rates, a fraction. */
  readonly funding: string;
  /** `date,dvol_btc`: annualised percent. */
  readonly dvol: string;
  /** `date,fng`: 0 to 100. */
  readonly fearGreed: string;
}

/** A value of a date, NaN = missing. */
export interface DatedValue {
  readonly day: number;
  readonly value: number;
}

/**
 * Rows of `factors.csv` from published daily tables, without a look ahead: the row of a date holds the sources' rows of the date
 * before. Funding is the mean of the whole of its day and DVOL may be its close; fear and greed appears about 00:00 UTC of
 * its date, which is not before (semantics §6.1).
 * @param w750 - daily mean of the 750-bar velocity by the date of the scans; shifted alike.
 * @returns ascending, one row for every date that any source reaches.
 * @throws InputError naming file, line, column, value and rule.
 */
export function readExternalFactors(sources: ExternalSources, w750: readonly DatedValue[] = []): FactorRow[] {
  const columns = {
    fundingBtc: readColumn(sources.funding, ['date', 'funding_mean', 'funding_abs'], 'funding_mean'),
    dvolBtc: readColumn(sources.dvol, ['date', 'dvol_btc'], 'dvol_btc'),
    fearGreed: readColumn(sources.fearGreed, ['date', 'fng'], 'fng'),
    w750Velocity: w750,
  };
  const rows = new Map<number, FactorRow>();
  for (const [name, values] of Object.entries(columns)) {
    for (const { day, value } of values) {
      const at = day + PUBLICATION_LAG_DAYS;
      rows.set(at, { ...(rows.get(at) ?? missingRow(at)), [name]: value });
    }
  }
  return [...rows.values()].sort((a, b) => a.day - b.day);
}

/** `factors.csv` of semantics §1; a missing value is an empty cell. */
export function factorsCsv(rows: readonly FactorRow[]): string {
  const lines = rows.map(({ day, fundingBtc, dvolBtc, fearGreed, w750Velocity }) =>
    [dateFromDay(day), ...[fundingBtc, dvolBtc, fearGreed, w750Velocity].map(cellOf)].join(','),
  );
  return `${['date,funding_btc,dvol_btc,fear_greed,w750_velocity', ...lines].join('\n')}\n`;
}

function readColumn(path: string, columns: readonly string[], column: string): DatedValue[] {
  const lines = readCsv(path, columns);
  const rows = lines.map((line) => ({ day: dayCell(line, 'date'), value: optionalNumberCell(line, column) }));
  return sortedByDay(rows, lines);
}

function missingRow(day: number): FactorRow {
  const { NaN: missing } = Number;
  return { day, fundingBtc: missing, dvolBtc: missing, fearGreed: missing, w750Velocity: missing };
}

function cellOf(value: number): string {
  return Number.isNaN(value) ? '' : String(value);
}
