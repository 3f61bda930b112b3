import { InputError } from '../../model/input-error.ts';
import { dateFromDay, dayOfUnixNs, isoFrom, NS_PER_DAY, nsOfDayOfUnixNs } from '../../model/time.ts';
import { isUnsignedColumn, readIntegers } from './columns.ts';
import { timestampUnitNs } from './day-columns.ts';
import type { ParquetColumn, ParquetFile } from './parquet-file.ts';

const TWO_POW_32 = 4_294_967_296;

/**
 * Reads a timestamp column as exact nanoseconds of the file's day.
 *
 * @param day - UTC day number of the file's date.
 * @returns length `file.rows`, each in [0, NS_PER_DAY).
 * @throws InputError naming the row of the first null, or of the first stamp of another date.
 */
export function readNsOfDay(file: ParquetFile, column: ParquetColumn, day: number): Float64Array {
  const unitNs = timestampUnitNs(column);
  const stamps = readIntegers(file, column);
  const nsOfDay = new Float64Array(stamps.length);
  const dayStart = BigInt.asIntN(64, (BigInt(day) * BigInt(NS_PER_DAY)) / BigInt(unitNs));
  subtractInto(nsOfDay, stamps, dayStart);
  for (let row = 0; row < nsOfDay.length; row++) {
    const ns = (nsOfDay[row] as number) * unitNs;
    if (!(ns >= 0 && ns < NS_PER_DAY))
      throw ofAnotherDay(file, column, row, (stamps[row] as bigint) * BigInt(unitNs), day);
    nsOfDay[row] = ns;
  }
  return nsOfDay;
}

/**
 * Stamps of the accepted scans alone: those whose number is greater than that of the last accepted one (semantics §1).
 * @param nsOfDay - per row; @param scanNumbers - per row.
 */
export function acceptedNsOfDay(nsOfDay: Float64Array, scanNumbers: Float64Array): Float64Array {
  let lastNumber = Number.NEGATIVE_INFINITY;
  return nsOfDay.filter((_, row) => {
    const number = scanNumbers[row] as number;
    if (!(number > lastNumber)) return false;
    lastNumber = number;
    return true;
  });
}

/**
 * Reads `scan_number`.
 * @returns length `file.rows`, exact.
 * @throws InputError naming the row of the first null, or of the first number that a double cannot hold exactly.
 */
export function readScanNumbers(file: ParquetFile, column: ParquetColumn): Float64Array {
  const stored = readIntegers(file, column);
  const scanNumbers = new Float64Array(stored.length);
  subtractInto(scanNumbers, stored, 0n);
  const isUnsigned = isUnsignedColumn(column);
  for (let row = 0; row < scanNumbers.length; row++) {
    if (Number.isSafeInteger(scanNumbers[row])) continue;
    const value = isUnsigned ? BigInt.asUintN(64, stored[row] as bigint) : stored[row];
    throw new InputError(`${file.path}: row ${row + 1}, column ${column.name}: ${value} must lie within ±(2^53 - 1)`);
  }
  return scanNumbers;
}

/**
 * `out[i] = values[i] - base`, exact below 2^53 and monotone beyond. Done in halves, for a BigInt per row would be
 * an allocation per row: two thirds of the time that a day's order-book stamps take.
 */
function subtractInto(out: Float64Array, values: BigInt64Array, base: bigint): void {
  const low = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const high = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const baseLow = Number(BigInt.asUintN(32, base));
  const baseHigh = Number(base >> 32n);
  for (let i = 0; i < out.length; i++) {
    out[i] = ((high[2 * i + 1] as number) - baseHigh) * TWO_POW_32 + ((low[2 * i] as number) - baseLow);
  }
}

function ofAnotherDay(file: ParquetFile, column: ParquetColumn, row: number, unixNs: bigint, day: number): InputError {
  const stamp = isoFrom(dayOfUnixNs(unixNs), nsOfDayOfUnixNs(unixNs));
  return new InputError(
    `${file.path}: row ${row + 1}, column ${column.name}: ${stamp} is not of the file's date ${dateFromDay(day)} (UTC)`,
  );
}
