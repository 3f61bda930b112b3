import type { DecodedArray } from 'hyparquet';
import { InputError } from '../../model/input-error.ts';
import { pagesOf, type ValuePage } from './pages.ts';
import type { ParquetColumn, ParquetFile } from './parquet-file.ts';

/** JD of 1970-01-01, to which INT96 stamps count their days. */
const JULIAN_DAY_OF_EPOCH = 2_440_588n;
const NS_PER_DAY = 86_400_000_000_000n;
const LOW_64_BITS = 0xffff_ffff_ffff_ffffn;

/**
 * Reads a FLOAT or DOUBLE column, or one of Parquet's null type, into `out`.
 *
 * @param out - length `file.rows`; NaN = null.
 * @throws InputError naming file and column when its pages are damaged.
 */
export function readDoublesInto(out: Float64Array, file: ParquetFile, column: ParquetColumn): void {
  if (column.element.logical_type?.type === 'NULL') {
    out.fill(Number.NaN);
    return;
  }
  decoding(file, column, () => {
    for (const page of pagesOf(file, column)) fillDoubles(out, page);
  });
}

/**
 * Reads an INT32, INT64 or INT96 column; unsigned ones keep their value up to 2^63, INT96 stamps become UNIX ns.
 *
 * @returns length `file.rows`, exact.
 * @throws InputError naming file and column when its pages are damaged, and the row when a value is null.
 */
export function readIntegers(file: ParquetFile, column: ParquetColumn): BigInt64Array {
  const out = new BigInt64Array(file.rows);
  decoding(file, column, () => {
    for (const page of pagesOf(file, column)) {
      refuseNulls(file, column, page);
      fillIntegers(out.subarray(page.firstRow, page.firstRow + page.rows), page, column);
    }
  });
  return out;
}

/**
 * Reads a BOOLEAN column.
 *
 * @returns length `file.rows`; 1 = true.
 * @throws InputError naming file and column when its pages are damaged, and the row when a value is null.
 */
export function readFlags(file: ParquetFile, column: ParquetColumn): Uint8Array {
  const out = new Uint8Array(file.rows);
  decoding(file, column, () => {
    for (const page of pagesOf(file, column)) {
      refuseNulls(file, column, page);
      for (let i = 0; i < page.rows; i++) {
        const stored = page.dictionary === null ? page.values[i] : page.dictionary[page.values[i]];
        out[page.firstRow + i] = stored ? 1 : 0;
      }
    }
  });
  return out;
}

/**
 * Reads a text column as codes: `codeOf` is asked once per dictionary entry, and once per row where a page has no
 * dictionary.
 *
 * @returns length `file.rows`.
 * @throws InputError naming file and column when its pages are damaged, and the row when a value is null.
 */
export function readTextCodes(file: ParquetFile, column: ParquetColumn, codeOf: (text: string) => number): Int32Array {
  const out = new Int32Array(file.rows);
  const decoder = new TextDecoder();
  decoding(file, column, () => {
    let dictionary: DecodedArray | null = null;
    let codes: number[] = [];
    for (const page of pagesOf(file, column)) {
      refuseNulls(file, column, page);
      if (page.dictionary !== null && page.dictionary !== dictionary) {
        dictionary = page.dictionary;
        codes = Array.from(dictionary, (text) => codeOf(decoder.decode(text)));
      }
      for (let i = 0; i < page.rows; i++) {
        const value = page.values[i];
        out[page.firstRow + i] = page.dictionary === null ? codeOf(decoder.decode(value)) : Number(codes[value]);
      }
    }
  });
  return out;
}

function fillDoubles(out: Float64Array, page: ValuePage): void {
  const { firstRow, rows, levels, values, dictionary } = page;
  if (dictionary === null) out.set(values as Float64Array | Float32Array, firstRow);
  else gatherDoubles(out, firstRow, values as Int32Array, dictionary as Float64Array | Float32Array);
  if (levels !== null) spreadOverNulls(out, firstRow, rows, levels, values.length);
}

function gatherDoubles(out: Float64Array, start: number, indexes: Int32Array, dictionary: Float64Array | Float32Array) {
  // One element type reaches the loop, whatever the file holds.
  const entries = dictionary instanceof Float64Array ? dictionary : Float64Array.from(dictionary);
  for (let i = 0; i < indexes.length; i++) out[start + i] = entries[indexes[i] as number] as number;
}

/** Moves `present` dense values to the rows that own them, last first so that none is overwritten before its move. */
function spreadOverNulls(out: Float64Array, start: number, rows: number, levels: Int32Array, present: number): void {
  let next = present;
  for (let i = rows - 1; i >= 0; i--) {
    out[start + i] = levels[i] === 0 ? Number.NaN : (out[start + --next] as number);
  }
}

function fillIntegers(out: BigInt64Array, page: ValuePage, column: ParquetColumn): void {
  const { values, dictionary } = page;
  if (dictionary === null) {
    out.set(integers(values, column));
    return;
  }
  // Copied in halves: reading a BigInt per row would allocate one.
  const source = halves(integers(dictionary, column));
  const target = halves(out);
  for (let i = 0; i < out.length; i++) {
    const entry = 2 * (values[i] as number);
    target[2 * i] = source[entry] as number;
    target[2 * i + 1] = source[entry + 1] as number;
  }
}

function integers(values: DecodedArray, column: ParquetColumn): BigInt64Array {
  if (values instanceof BigInt64Array) return values;
  if (column.element.type === 'INT96') return BigInt64Array.from(values as bigint[], unixNsFromInt96);
  const isUnsigned = isUnsignedColumn(column);
  return BigInt64Array.from(values as Int32Array, (value: number) => BigInt(isUnsigned ? value >>> 0 : value));
}

/** Parquet's retired INT96 stamp: ns of the day in the low 64 bits, Julian day above them. */
function unixNsFromInt96(value: bigint): bigint {
  return ((value >> 64n) - JULIAN_DAY_OF_EPOCH) * NS_PER_DAY + (value & LOW_64_BITS);
}

function halves(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

/** True for an INT32 or INT64 column declared unsigned. */
export function isUnsignedColumn(column: ParquetColumn): boolean {
  const { converted_type: converted, logical_type: logical } = column.element;
  return logical?.type === 'INTEGER' ? !logical.isSigned : (converted?.startsWith('UINT_') ?? false);
}

function refuseNulls(file: ParquetFile, column: ParquetColumn, page: ValuePage): void {
  if (page.levels === null) return;
  const row = page.firstRow + page.levels.indexOf(0) + 1;
  throw new InputError(`${file.path}: row ${row}, column ${column.name}: is null, every row must have a value`);
}

function decoding(file: ParquetFile, column: ParquetColumn, read: () => void): void {
  try {
    read();
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InputError(`${file.path}: column ${column.name}: cannot be decoded, the file is damaged (${reason})`, {
      cause,
    });
  }
}
