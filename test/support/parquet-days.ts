import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type ColumnSource, writeParquet } from '../../src/adapters/parquet/write-parquet.ts';
import { dayFromDate, NS_PER_DAY } from '../../src/model/time.ts';

/** The date of days built here. */
export const DATE = '2026-01-05';
export const DAY = dayFromDate(DATE);

/** UNIX ns of a second of a date. */
export function stampNs(second: number, date = DATE): bigint {
  return BigInt(dayFromDate(date)) * BigInt(NS_PER_DAY) + BigInt(Math.round(second * 1e9));
}

const folders: string[] = [];
// Here, and not where a folder is made: a hook that is set inside a test never runs.
afterAll(() => {
  for (const dir of folders) rmSync(dir, { recursive: true, force: true });
});

/** A new folder under the system's temporary one, removed after the test file. */
export function temporaryFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'dolphin-days-'));
  folders.push(dir);
  return dir;
}

/** Columns of a small good day: a scan every `stepSeconds`, two assets, no signals. */
export function dayColumns(rows = 6, stepSeconds = 5, date = DATE): ColumnSource[] {
  const index = Array.from({ length: rows }, (_, i) => i);
  return [
    { name: 'timestamp', data: index.map((i) => stampNs((i + 1) * stepSeconds, date)), type: 'INT64' },
    { name: 'scan_number', data: index.map((i) => BigInt(i + 1)), type: 'INT64' },
    { name: 'BTCUSDT', data: index.map((i) => 60_000 + i), type: 'DOUBLE' },
    { name: 'ETHUSDT', data: index.map((i) => 3000 + i), type: 'DOUBLE' },
  ];
}

/** `columns` with those of the same name replaced, others added; `null` takes a column out. */
export function withColumns(columns: ColumnSource[], changes: Record<string, Omit<ColumnSource, 'name'> | null>) {
  const kept = columns.filter(({ name }) => !(name in changes));
  const changed = Object.entries(changes).flatMap(([name, source]) => (source === null ? [] : [{ name, ...source }]));
  return [...kept, ...changed];
}

/** Writes a day file named for its date and returns its path. */
export async function writeDay(dir: string, columns: ColumnSource[], date = DATE): Promise<string> {
  const path = join(dir, `${date}.parquet`);
  await writeParquet(path, columns);
  return path;
}
