import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import type { FactorRow } from '../../model/factors.ts';
import { InputError } from '../../model/input-error.ts';
import type { Resolution } from '../../model/resolution.ts';
import type { SafetyRow } from '../../model/safety.ts';
import { readFactorsCsv } from '../csv/factors-csv.ts';
import { readSafetyCsv } from '../csv/safety-csv.ts';
import { outlineScanDay } from '../json-scans/read-scan-day.ts';
import { withFile } from '../parquet/byte-source.ts';
import { bookColumns, scanColumns } from '../parquet/day-columns.ts';
import { openParquet } from '../parquet/parquet-file.ts';
import { openBarFile } from '../parquet/read-bars.ts';
import { acceptedNsOfDay, readNsOfDay, readScanNumbers } from '../parquet/stamps.ts';
import { requireSameUniverse } from '../parquet/universe.ts';
import { chooseBarIntervalMs, measureBarIntervalMs } from './bar-interval.ts';
import { type DayFile, type DayRange, listDayFiles } from './list.ts';

export interface ReplayPlanOptions extends DayRange {
  /** Milliseconds in place of the config's value, or `auto` to adopt the measured interval; default the config's. */
  readonly barInterval?: number | 'auto' | undefined;
  readonly configBarIntervalMs: number;
  /** Must be one of the universe. */
  readonly referenceAsset: string;
  /** Default `5s`, at which 0.1 s bars are not looked at; any other needs a file of them for every day. */
  readonly resolution?: Resolution | undefined;
}

/** A day file of a plan, with what its footer says. Its `barsPath` is null where bars are not asked for. */
export interface PlannedDay extends DayFile {
  readonly rows: number;
  /** 0.1 s bars of the day; 0 where they are not asked for. */
  readonly barRows: number;
  /** False when the scanner has to compute the signals. */
  readonly hasSignals: boolean;
  /** Every scan brings a divergence per asset; only a folder of JSON scans can. */
  readonly hasAssetVelDivs: boolean;
}

/** What a replay of a folder will read, checked as far as footers and timestamps tell. */
export interface ReplayPlan {
  readonly dir: string;
  /** Ascending by date, at least one. */
  readonly files: readonly PlannedDay[];
  /** Symbols in index order: the order of the first file's columns. */
  readonly universe: readonly string[];
  /** Interval that the run uses. */
  readonly barIntervalMs: number;
  /** Median timestamp step; NaN when no file holds two rows. */
  readonly measuredBarIntervalMs: number;
  /** All rows of `factors.csv`, ascending, also those before the first day; empty without the file. */
  readonly factors: readonly FactorRow[];
  /** All rows of `safety.csv`, ascending; empty without the file. */
  readonly safety: readonly SafetyRow[];
  /** The folder carries the mark that its days were made, not recorded. */
  readonly synthetic: boolean;
}

/** A file of this name marks a folder of made-up days. */
export const SYNTHETIC_MARK = 'SYNTHETIC';

/** What a footer and the timestamps of one day file tell. */
export interface InspectedDay extends PlannedDay {
  /** Asset columns in file order. */
  readonly assets: readonly string[];
  /** Of the accepted scans, file order; repeated rows are left out. */
  readonly nsOfDay: Float64Array;
}

/**
 * Opens every day file of the range, reads footers and timestamps, and the tables beside them. Semantics §1.
 *
 * @throws InputError for an unreadable folder, no day file in the range, a file without the columns that it must
 *   have or with unknown ones, stamps of another date, another universe on a later day, 0 or more than 400 assets, a
 *   reference asset that is not there, a bar interval that is not the config's, and, where the resolution asks for 0.1 s
 *   bars, a day without them or with a file that is not of such.
 */
export async function planReplay(options: ReplayPlanOptions): Promise<ReplayPlan> {
  const files: PlannedDay[] = [];
  const stamps: Float64Array[] = [];
  let universe: readonly string[] = [];
  for (const file of listDayFiles(options)) {
    const { assets, nsOfDay, ...planned } = inspectDay(file, files.length === 0 ? null : universe);
    if (files.length === 0) universe = assets;
    files.push({ ...planned, ...planBars(file, universe, options.resolution ?? '5s') });
    stamps.push(nsOfDay);
    await yieldToEvents(); // reads are synchronous: a year of files must not hold up a signal
  }
  requireReferenceAsset(options.dir, options.referenceAsset, universe);
  const measuredBarIntervalMs = measureBarIntervalMs(stamps);
  const asked = options.barInterval ?? options.configBarIntervalMs;
  return {
    dir: options.dir,
    files,
    universe,
    barIntervalMs: chooseBarIntervalMs(measuredBarIntervalMs, asked, options.configBarIntervalMs),
    measuredBarIntervalMs,
    ...readTables(options.dir),
    synthetic: existsSync(join(options.dir, SYNTHETIC_MARK)),
  };
}

/**
 * Reads the footers of a day file and of its order book, and the day's timestamps; of a folder of scans every file.
 * @param universe - symbols that it must hold, or null for the first file.
 * @throws InputError as {@link planReplay} says, for this file.
 */
export function inspectDay(file: DayFile, universe: readonly string[] | null): InspectedDay {
  if (file.bookPath !== null) {
    const { bookPath } = file;
    withFile(bookPath, (source) => bookColumns(openParquet(bookPath, source)));
  }
  if (!file.path.endsWith('.parquet')) return { ...file, barRows: 0, ...outlineScanDay(file.path, file.day, universe) };
  return withFile(file.path, (source) => {
    const parquet = openParquet(file.path, source);
    const columns = scanColumns(parquet);
    if (universe !== null) requireSameUniverse(parquet, columns.assets, universe);
    const stamps = readNsOfDay(parquet, columns.timestamp, file.day);
    const nsOfDay = acceptedNsOfDay(stamps, readScanNumbers(parquet, columns.scanNumber));
    const assets = columns.assets.map(({ name }) => name);
    const { rows } = parquet;
    return { ...file, rows, barRows: 0, hasSignals: columns.hasSignals, hasAssetVelDivs: false, assets, nsOfDay };
  });
}

function planBars(
  file: DayFile,
  universe: readonly string[],
  resolution: Resolution,
): Pick<PlannedDay, 'barsPath' | 'barRows'> {
  if (resolution === '5s') return { barsPath: null, barRows: 0 };
  if (file.barsPath === null) {
    const missing = join(dirname(file.path), 'bars', file.name);
    throw new InputError(
      `${missing}: is missing, resolution ${resolution} needs the 0.1 s bars of every day of the run`,
    );
  }
  return { barsPath: file.barsPath, barRows: openBarFile(file.barsPath, file.day, universe).rows };
}

/**
 * Reads `factors.csv` and `safety.csv` where they are.
 * @throws InputError naming file, line, column, value and rule.
 */
export function readTables(dir: string): { factors: FactorRow[]; safety: SafetyRow[] } {
  const factorsPath = join(dir, 'factors.csv');
  const safetyPath = join(dir, 'safety.csv');
  return {
    factors: existsSync(factorsPath) ? readFactorsCsv(factorsPath) : [],
    safety: existsSync(safetyPath) ? readSafetyCsv(safetyPath) : [],
  };
}

/** @throws InputError when the universe lacks the reference asset. */
export function requireReferenceAsset(dir: string, referenceAsset: string, universe: readonly string[]): void {
  if (universe.includes(referenceAsset)) return;
  const shown = universe.slice(0, 6).join(', ');
  throw new InputError(
    `${dir}: reference asset ${referenceAsset} is no column of its files (${shown}${universe.length > 6 ? ', ...' : ''}), it must be one`,
  );
}
