import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parquetWriteFile } from 'hyparquet-writer';
import { SIGNAL_VALUES, SIGNAL_VEL_DIV } from '../../src/model/frame.ts';
import { dateFromDay, unixNsFrom } from '../../src/model/time.ts';
import type { DayBlock } from '../../src/shm/day-block.ts';
import { createSyntheticDay, syntheticUniverse } from './synthetic-day.ts';

/** 2026-03-02; the synthetic folders count on from here. */
export const FIRST_DAY = 20_514;

export interface DayFolderOptions {
  readonly days: number;
  readonly assets: number;
  readonly seed: number;
}

/** Fills `folder` with daily Parquet files of synthetic scans; returns the days by UTC day number, ascending. */
export function writeDayFolder(folder: string, options: DayFolderOptions): Map<number, DayBlock> {
  mkdirSync(folder, { recursive: true });
  const days = new Map<number, DayBlock>();
  for (let index = 0; index < options.days; index++) {
    const utcDay = FIRST_DAY + index;
    const day = createSyntheticDay({ seed: options.seed + index, assets: options.assets });
    writeDayParquet(join(folder, `${dateFromDay(utcDay)}.parquet`), day, utcDay);
    days.set(utcDay, day);
  }
  return days;
}

/** One day file in the layout of semantics §1: snappy, one row group, nullable doubles, as pandas writes by default. */
export function writeDayParquet(filename: string, day: DayBlock, utcDay: number): void {
  const { rows, assets } = day;
  const column = (read: (row: number) => number): Float64Array =>
    Float64Array.from({ length: rows }, (_, i) => read(i));
  const int64 = (read: (row: number) => bigint): BigInt64Array =>
    BigInt64Array.from({ length: rows }, (_, i) => read(i));
  parquetWriteFile({
    filename,
    rowGroupSize: rows,
    columnData: [
      { name: 'timestamp', data: int64((i) => unixNsFrom(utcDay, day.nsOfDay[i]!)), type: 'INT64' },
      { name: 'scan_number', data: int64((i) => BigInt(day.scanNumbers[i]!)), type: 'INT64' },
      { name: 'vel_div', data: column((i) => day.signals[i * SIGNAL_VALUES + SIGNAL_VEL_DIV]!), type: 'DOUBLE' },
      ...syntheticUniverse(assets).map((name, a) => ({
        name,
        data: column((i) => day.prices[i * assets + a]!),
        type: 'DOUBLE' as const,
      })),
    ],
  });
}
