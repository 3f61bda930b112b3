import type { ParquetColumn, ParquetFile } from './parquet-file.ts';

/** The file as if it had this row group alone; its columns are still those of all groups. */
export function groupOf(file: ParquetFile, group: number): ParquetFile {
  const rows = file.groupRows[group] as number;
  return { ...file, rows, groupRows: [rows] };
}

/** A column of {@link groupOf}. */
export function chunkOf(column: ParquetColumn, group: number): ParquetColumn {
  return { ...column, chunks: column.chunks.slice(group, group + 1) };
}
