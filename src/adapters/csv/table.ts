import { readFileSync } from 'node:fs';
import { InputError } from '../../model/input-error.ts';
import { dayFromDate } from '../../model/time.ts';

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** One data line: where it stands, and its cells in the order of the asked columns. */
export interface CsvLine {
  readonly path: string;
  /** 1-based line of the file, the header being line 1. */
  readonly line: number;
  readonly columns: readonly string[];
  readonly cells: readonly string[];
}

/**
 * Reads a small comma-separated file whose first line names exactly `columns`, in any order. Cells are trimmed (a byte-order
 * mark goes with that), blank lines skipped; there is no quoting, as no date, number or posture needs it.
 *
 * @throws InputError for an unreadable or empty file, an unknown, missing or repeated column, a line of another length.
 */
export function readCsv(path: string, columns: readonly string[]): CsvLine[] {
  const lines = readText(path).split(/\r?\n/);
  const names = splitLine(lines[0] ?? '');
  const places = placesOf(path, names, columns);
  const result: CsvLine[] = [];
  for (const [i, text] of lines.entries()) {
    if (i === 0 || text.trim() === '') continue;
    const cells = splitLine(text);
    if (cells.length !== names.length) {
      throw new InputError(`${path}: line ${i + 1}: has ${cells.length} cells, must have ${names.length}`);
    }
    result.push({ path, line: i + 1, columns, cells: places.map((place) => cells[place] ?? '') });
  }
  return result;
}

/** UTC day number of a cell `YYYY-MM-DD`. @throws InputError for anything else. */
export function dayCell(line: CsvLine, column: string): number {
  const text = cell(line, column);
  const day = dayFromDate(text);
  if (Number.isNaN(day)) throw cellError(line, column, 'must be a date YYYY-MM-DD');
  return day;
}

/** Number of a cell, NaN when it is empty. @throws InputError for anything but a finite decimal number. */
export function optionalNumberCell(line: CsvLine, column: string): number {
  const text = cell(line, column);
  if (text === '') return Number.NaN;
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw cellError(line, column, 'must be a finite number, or empty where it is missing');
  return value;
}

/** Text of a cell. */
export function cell(line: CsvLine, column: string): string {
  return line.cells[line.columns.indexOf(column)] ?? '';
}

/** The error for a cell: file, line, column, value, rule. */
export function cellError(line: CsvLine, column: string, rule: string): InputError {
  return new InputError(
    `${line.path}: line ${line.line}, column ${column}: ${JSON.stringify(cell(line, column))} ${rule}`,
  );
}

/**
 * Sorts rows by day.
 * @throws InputError when a day is there twice; `lines[i]` is the line of `rows[i]`.
 */
export function sortedByDay<T extends { readonly day: number }>(rows: readonly T[], lines: readonly CsvLine[]): T[] {
  const lineOf = new Map<number, number>();
  for (const [i, row] of rows.entries()) {
    const line = lines[i] as CsvLine;
    const first = lineOf.get(row.day);
    if (first !== undefined)
      throw cellError(line, 'date', `is there twice (first on line ${first}), a date may have one line`);
    lineOf.set(row.day, line.line);
  }
  return rows.toSorted((a, b) => a.day - b.day);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InputError(`${path}: cannot be read (${cause instanceof Error ? cause.message : cause})`, { cause });
  }
}

function splitLine(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}

function placesOf(path: string, names: readonly string[], columns: readonly string[]): number[] {
  const rule = `the first line must name ${columns.join(',')}`;
  for (const [i, name] of names.entries()) {
    if (!columns.includes(name))
      throw new InputError(`${path}: line 1: unknown column ${JSON.stringify(name)}, ${rule}`);
    if (names.indexOf(name) !== i) throw new InputError(`${path}: line 1: column ${name} is there twice, ${rule}`);
  }
  return columns.map((column) => {
    const place = names.indexOf(column);
    if (place < 0) throw new InputError(`${path}: line 1: column ${column} is missing, ${rule}`);
    return place;
  });
}
