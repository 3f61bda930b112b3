import {
  type ColumnMetaData,
  type FileMetaData,
  parquetMetadata,
  parquetSchema,
  type SchemaElement,
  type SchemaTree,
} from 'hyparquet';
import { InputError } from '../../model/input-error.ts';
import type { ByteSource } from './byte-source.ts';

const MAGIC = 'PAR1';
/** Magic and length behind the footer. */
const TRAILER_BYTES = 8;
/** Enough for the footer of some 100 columns in one read. */
const FIRST_TAIL_BYTES = 65_536;

/** One top-level column. `chunks[g]` is its part of row group `g`, which holds `groupRows[g]` rows. */
export interface ParquetColumn {
  readonly name: string;
  readonly element: SchemaElement;
  /** A list, map or struct: no column of ours. */
  readonly isNested: boolean;
  readonly chunks: readonly ColumnMetaData[];
}

/** An opened Parquet file: its footer is parsed and plausible, its pages are still unread. */
export interface ParquetFile {
  /** Path as the user knows it, for messages. */
  readonly path: string;
  readonly source: ByteSource;
  /** At least 1. */
  readonly rows: number;
  readonly groupRows: readonly number[];
  readonly columns: readonly ParquetColumn[];
}

/**
 * Parses the footer.
 * @throws InputError when the file is empty, no Parquet file, truncated, damaged or without rows.
 */
export function openParquet(path: string, source: ByteSource): ParquetFile {
  const footer = readFooter(path, source);
  try {
    return interpretFooter(path, source, parquetMetadata(footer, { geoparquet: false }));
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`${path}: damaged Parquet file (the footer cannot be parsed: ${reason})`, { cause });
  }
}

/** Words for a column's type as the file declares it, for messages. */
export function typeName(column: ParquetColumn): string {
  if (column.isNested) return 'a nested type';
  const { type, converted_type: converted, logical_type: logical } = column.element;
  const detail =
    logical === undefined ? converted : 'unit' in logical ? `${logical.type} ${logical.unit}` : logical.type;
  return detail === undefined ? String(type) : `${type} (${detail})`;
}

function readFooter(path: string, source: ByteSource): Uint8Array {
  const size = source.byteLength;
  if (size === 0) throw new InputError(`${path}: the file is empty`);
  const tail = source.read(Math.max(0, size - FIRST_TAIL_BYTES), size);
  if (textAt(tail, tail.length - MAGIC.length) !== MAGIC) {
    throw new InputError(
      textAt(source.read(0, MAGIC.length), 0) === MAGIC
        ? `${path}: truncated Parquet file (${size} bytes, begins with ${MAGIC} but does not end with it)`
        : `${path}: not a Parquet file (it does not begin and end with ${MAGIC})`,
    );
  }
  const length = new DataView(tail.buffer, tail.byteOffset, tail.byteLength).getUint32(
    tail.length - TRAILER_BYTES,
    true,
  );
  const needed = length + TRAILER_BYTES;
  if (needed > size)
    throw new InputError(`${path}: damaged Parquet file (footer of ${length} bytes in a file of ${size})`);
  return needed <= tail.length ? tail : source.read(size - needed, size);
}

function interpretFooter(path: string, source: ByteSource, metadata: FileMetaData): ParquetFile {
  const rows = Number(metadata.num_rows);
  requireConsistentRows(path, metadata, rows);
  if (rows === 0) throw new InputError(`${path}: holds no rows, at least one is needed`);
  return {
    path,
    source,
    rows,
    groupRows: metadata.row_groups.map((group) => Number(group.num_rows)),
    columns: parquetSchema(metadata).children.map((child) => columnOf(child, metadata)),
  };
}

/** Before memory is allocated for that many rows. */
function requireConsistentRows(path: string, metadata: FileMetaData, rows: number): void {
  let sum = 0;
  for (const { num_rows: groupRows, columns } of metadata.row_groups) {
    sum += Number(groupRows);
    for (const { meta_data: chunk } of columns) {
      const isFlat = chunk?.path_in_schema?.length === 1;
      if (isFlat && chunk.num_values !== groupRows) {
        const name = chunk.path_in_schema[0];
        throw new InputError(
          `${path}: column ${name} has ${chunk.num_values} values in a row group of ${groupRows} rows`,
        );
      }
    }
  }
  if (sum !== rows)
    throw new InputError(`${path}: damaged Parquet file (${sum} rows in its row groups, ${rows} in its footer)`);
}

function columnOf(child: SchemaTree, metadata: FileMetaData): ParquetColumn {
  const { element } = child;
  if (typeof element.name !== 'string') throw new Error('a column has no name');
  const isNested = child.children.length > 0 || element.repetition_type === 'REPEATED';
  const chunks = isNested ? [] : metadata.row_groups.flatMap((group) => chunkOf(group.columns, element.name));
  return { name: element.name, element, isNested, chunks };
}

function chunkOf(columns: FileMetaData['row_groups'][number]['columns'], name: string): ColumnMetaData[] {
  for (const { meta_data: chunk } of columns) {
    if (chunk !== undefined && chunk.path_in_schema.length === 1 && chunk.path_in_schema[0] === name) return [chunk];
  }
  return [];
}

function textAt(bytes: Uint8Array, start: number): string {
  return String.fromCharCode(...bytes.subarray(Math.max(0, start), start + MAGIC.length));
}
