import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../model/input-error.ts';
import { dayFromDate } from '../../model/time.ts';
import { holdsScanFiles } from '../json-scans/scan-folder.ts';

const PARQUET = '.parquet';
const DAY_FILE = /^(\d{4}-\d{2}-\d{2})\.parquet$/;
const DAY_FOLDER = /^\d{4}-\d{2}-\d{2}$/;

/** A folder of days, and optionally the first and last date to take (inclusive, `YYYY-MM-DD`). */
export interface DayRange {
  readonly dir: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A day's file, or its folder of JSON scans where there is no file; and its order-book and 0.1 s bar files when there are such. */
export interface DayFile {
  /** `YYYY-MM-DD.parquet`, or `YYYY-MM-DD` for a folder of scans. */
  readonly name: string;
  readonly path: string;
  readonly date: string;
  /** UTC day number. */
  readonly day: number;
  readonly bookPath: string | null;
  readonly barsPath: string | null;
}

/**
 * Day files of a folder that lie in the range, ascending by date.
 * @throws InputError for a bad date, an unreadable folder, or none in the range (naming what is there).
 */
export function listDayFiles({ dir, from, to }: DayRange): DayFile[] {
  const firstDay = boundary('--from', from, Number.NEGATIVE_INFINITY);
  const lastDay = boundary('--to', to, Number.POSITIVE_INFINITY);
  if (firstDay > lastDay)
    throw new InputError(`--from ${from} lies after --to ${to}, must be the same date or earlier`);
  const names = readFolder(dir);
  const parquet = names.filter((name) => DAY_FILE.test(name));
  const all = [...parquet, ...scanFolders(dir, names, new Set(parquet))].map((name) => dayFile(dir, name));
  all.sort((a, b) => a.day - b.day);
  const files = all.filter(({ day }) => day >= firstDay && day <= lastDay);
  if (files.length === 0) throw new InputError(noFile({ dir, from, to }, names, all));
  return files;
}

function readFolder(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (cause) {
    throw new InputError(`${dir}: cannot be read as a folder (${cause instanceof Error ? cause.message : cause})`, {
      cause,
    });
  }
}

/** Folders of JSON scans of the days without a Parquet file: they are read in its place and never beside it. */
function scanFolders(dir: string, names: readonly string[], parquet: ReadonlySet<string>): string[] {
  const dates = names.filter((name) => DAY_FOLDER.test(name) && !parquet.has(`${name}${PARQUET}`));
  return dates.filter((name) => statSync(join(dir, name)).isDirectory() && holdsScanFiles(join(dir, name)));
}

function dayFile(dir: string, name: string): DayFile {
  const date = name.replace(PARQUET, '');
  const path = join(dir, name);
  const day = dayFromDate(date);
  if (Number.isNaN(day)) throw new InputError(`${path}: ${date} is no date, a day file is named YYYY-MM-DD.parquet`);
  return {
    name,
    path,
    date,
    day,
    bookPath: present(join(dir, 'ob', `${date}${PARQUET}`)),
    barsPath: present(join(dir, 'bars', `${date}${PARQUET}`)),
  };
}

function present(path: string): string | null {
  return existsSync(path) ? path : null;
}

function boundary(option: string, date: string | undefined, absent: number): number {
  if (date === undefined) return absent;
  const day = dayFromDate(date);
  if (Number.isNaN(day)) throw new InputError(`${option} ${JSON.stringify(date)} must be a date YYYY-MM-DD`);
  return day;
}

function noFile({ dir, from, to }: DayRange, names: readonly string[], all: readonly DayFile[]): string {
  const rule = 'day files are named YYYY-MM-DD.parquet';
  if (all.length > 0) {
    const range = [from === undefined ? '' : `from ${from} `, to === undefined ? '' : `to ${to}`].join('').trim();
    return `${dir}: no day file in the range ${range}; the folder holds ${all.length}, ${all[0]?.date} to ${all.at(-1)?.date}`;
  }
  if (names.length === 0) return `${dir}: the folder is empty, ${rule}`;
  const shown = names.toSorted().slice(0, 5).join(', ');
  return `${dir}: no day file among its ${names.length} entries (${shown}${names.length > 5 ? ', ...' : ''}), ${rule}`;
}
