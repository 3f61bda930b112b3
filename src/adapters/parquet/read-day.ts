import { createHash } from 'node:crypto';
import { SIGNAL_V50, SIGNAL_V150, SIGNAL_VALUES, SIGNAL_VEL_DIV } from '../../model/frame.ts';
import { InputError } from '../../model/input-error.ts';
import { isoFrom } from '../../model/time.ts';
import {
  attachDayBlock,
  createDayBlock,
  type DayBlock,
  type DayBlockShape,
  dayBlockBytes,
} from '../../shm/day-block.ts';
import { bytesSource, readWholeFile } from './byte-source.ts';
import { readDoublesInto } from './columns.ts';
import { type ScanColumns, scanColumns } from './day-columns.ts';
import { COLUMNS_PER_GROUP, createColumnGroup, interleaveInto } from './interleave.ts';
import { openParquet, type ParquetColumn, type ParquetFile } from './parquet-file.ts';
import { type BookPlan, planBook, readBookInto } from './read-book.ts';
import { readNsOfDay, readScanNumbers } from './stamps.ts';
import { inUniverseOrder, requireSameUniverse } from './universe.ts';

/** What to decode; structured-cloneable. */
export interface DecodeDayRequest {
  readonly path: string;
  /** UTC day number of the file's date. */
  readonly day: number;
  /** Order-book file of the same date, or null. */
  readonly bookPath: string | null;
  /** Symbols of the run in index order. */
  readonly universe: readonly string[];
  /**
   * A block that nobody reads any more, written over when its size is right. Without it a run of many days piles up
   * blocks until a garbage collection, for shared memory puts no pressure on it.
   */
  readonly reuse?: SharedArrayBuffer | null | undefined;
}

/** A decoded day; structured-cloneable, the block travels by reference. */
export interface DecodedDay {
  readonly day: number;
  /** SHA-256 of the day file, lower-case hex; `bookSha256` of the order-book file, or null. */
  readonly sha256: string;
  readonly bookSha256: string | null;
  readonly shape: DayBlockShape;
  /** A block of that shape: `attachDayBlock(buffer, shape)`. */
  readonly buffer: SharedArrayBuffer;
  /** False when the scanner has to compute the signals; their columns are then NaN but for those in the file. */
  readonly hasSignals: boolean;
}

/**
 * Decodes one day file, and the order book beside it, into a new block. Holds both files and eight decoded columns at
 * a time beside the block. Prices, signals and book values are taken as they are, null as NaN: what is tolerated is
 * counted by the engine. Where `vel_div` is no column but v50 and v150 are, it is `v50 - v150`.
 *
 * @throws InputError, one sentence naming file, row, column, value and rule, for everything that semantics §1 refuses.
 */
export async function decodeDay(request: DecodeDayRequest): Promise<DecodedDay> {
  const bytes = readWholeFile(request.path);
  const file = openParquet(request.path, bytesSource(bytes));
  const columns = scanColumns(file);
  requireSameUniverse(file, columns.assets, request.universe);
  const nsOfDay = readNsOfDay(file, columns.timestamp, request.day);
  const scanNumbers = readScanNumbers(file, columns.scanNumber);
  requireAscending(file, request.day, nsOfDay, scanNumbers);

  const book = request.bookPath === null ? null : openBook(request.bookPath, request);
  const shape = { rows: file.rows, assets: request.universe.length, books: book?.plan.order.length ?? 0 };
  const block = blockOf(shape, request.reuse ?? null);
  block.nsOfDay.set(nsOfDay);
  block.scanNumbers.set(scanNumbers);
  const scratch = createColumnGroup(file.rows);
  readSignalsInto(block, file, columns, scratch);
  readPricesInto(block, file, inUniverseOrder(columns.assets, request.universe), scratch);
  if (book !== null) readBookInto(block, book.plan);
  return {
    day: request.day,
    sha256: sha256(bytes),
    bookSha256: book === null ? null : book.sha256,
    shape,
    buffer: block.buffer,
    hasSignals: columns.hasSignals,
  };
}

/** A block of the shape: `reuse` where it is large enough, else a new one. */
export function blockOf(shape: DayBlockShape, reuse: SharedArrayBuffer | null): DayBlock {
  return reuse !== null && reuse.byteLength >= dayBlockBytes(shape)
    ? attachDayBlock(reuse, shape)
    : createDayBlock(shape);
}

/** Opens the order-book file of a day. @throws InputError as decodeDay. */
export function openBook(path: string, request: DecodeDayRequest): { plan: BookPlan; sha256: string } {
  const bytes = readWholeFile(path);
  return {
    plan: planBook(openParquet(path, bytesSource(bytes)), request.day, request.universe),
    sha256: sha256(bytes),
  };
}

/** A scan is accepted when its number is greater than that of the last accepted one; only those must go forward. */
function requireAscending(file: ParquetFile, day: number, nsOfDay: Float64Array, scanNumbers: Float64Array): void {
  let lastNs = -1;
  let lastNumber = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < nsOfDay.length; row++) {
    const number = scanNumbers[row] as number;
    if (number <= lastNumber) continue;
    const ns = nsOfDay[row] as number;
    if (ns <= lastNs) {
      throw new InputError(
        `${file.path}: row ${row + 1}, column timestamp: ${isoFrom(day, ns)} must be later than ${isoFrom(day, lastNs)}, the accepted scan before it`,
      );
    }
    lastNs = ns;
    lastNumber = number;
  }
}

function readSignalsInto(
  block: DayBlock,
  file: ParquetFile,
  columns: ScanColumns,
  scratch: readonly Float64Array[],
): void {
  const group = scratch.slice(0, SIGNAL_VALUES);
  for (const [field, values] of group.entries()) {
    const column = columns.signals[field] ?? null;
    if (column === null) values.fill(Number.NaN);
    else readDoublesInto(values, file, column);
  }
  interleaveInto(block.signals, 0, SIGNAL_VALUES, group, null);
  if (columns.signals[SIGNAL_VEL_DIV] !== null) return;
  const { signals } = block;
  for (let start = 0; start < signals.length; start += SIGNAL_VALUES) {
    signals[start + SIGNAL_VEL_DIV] =
      (signals[start + SIGNAL_V50] as number) - (signals[start + SIGNAL_V150] as number);
  }
}

function readPricesInto(
  block: DayBlock,
  file: ParquetFile,
  columns: readonly ParquetColumn[],
  scratch: readonly Float64Array[],
): void {
  let hasValidPrice = false;
  for (let first = 0; first < columns.length; first += COLUMNS_PER_GROUP) {
    const group = scratch.slice(0, columns.length - first);
    for (const [i, values] of group.entries()) {
      readDoublesInto(values, file, columns[first + i] as ParquetColumn);
      hasValidPrice ||= values.some(isValidPrice);
    }
    interleaveInto(block.prices, first, block.assets, group, null);
  }
  if (hasValidPrice) return;
  throw new InputError(
    `${file.path}: none of its ${file.rows} rows has a valid price in any of ${block.assets} asset columns, at least one must be finite and above 0`,
  );
}

function isValidPrice(price: number): boolean {
  return price > 0 && price < Number.POSITIVE_INFINITY;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
