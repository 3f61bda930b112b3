import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ColumnSource, fileWriter, parquetWrite } from 'hyparquet-writer';

/** A column to write: a name, its values (null = missing), and the Parquet type where the values do not say it. */
export type { ColumnSource } from 'hyparquet-writer';

/** Rows per row group: a day of 5 s bars is one group. */
const ROWS_PER_GROUP = 100_000;

/**
 * Writes a snappy-compressed Parquet file. It appears under its name only when it is complete: it is written beside
 * it under a temporary name and renamed.
 *
 * @param columns - all of one length.
 * @throws whatever the file system throws; nothing is left behind then.
 */
export async function writeParquet(path: string, columns: readonly ColumnSource[]): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await parquetWrite({
      writer: fileWriter(temporary),
      columnData: [...columns],
      rowGroupSize: ROWS_PER_GROUP,
      createdBy: 'dolphin',
    });
    await rename(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw cause;
  }
}
