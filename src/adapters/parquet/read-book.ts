import { BOOK_VALUES } from '../../model/frame.ts';
import { readDoublesInto, readTextCodes } from './columns.ts';
import { type BookColumns, bookColumns } from './day-columns.ts';
import { COLUMNS_PER_GROUP, createColumnGroup, interleaveInto } from './interleave.ts';
import type { ParquetColumn, ParquetFile } from './parquet-file.ts';
import { readNsOfDay } from './stamps.ts';

const UNKNOWN_SYMBOL = -1;

/** An order-book file of which stamps and symbols are read and the order of its snapshots is settled. */
export interface BookPlan {
  readonly file: ParquetFile;
  readonly columns: BookColumns;
  /** Rows to keep, in the order in which they come: by timestamp, ties in file order; unknown symbols are out. */
  readonly order: Uint32Array;
  /** Per row of the file. */
  readonly nsOfDay: Float64Array;
  /** Per row of the file; -1 = not in the universe. */
  readonly assets: Int32Array;
}

/** Where the snapshots go: the book part of a day block. */
export interface BookTarget {
  readonly bookNsOfDay: Float64Array;
  readonly bookAssets: Float64Array;
  readonly bookValues: Float64Array;
}

/**
 * Reads what decides how many snapshots a day has and in which order. Semantics §7.
 * @throws InputError for wrong columns, nulls among stamps and symbols, and stamps of another date.
 */
export function planBook(file: ParquetFile, day: number, universe: readonly string[]): BookPlan {
  const columns = bookColumns(file);
  const nsOfDay = readNsOfDay(file, columns.timestamp, day);
  const indexOf = new Map(universe.map((symbol, index) => [symbol, index]));
  const assets = readTextCodes(file, columns.symbol, (symbol) => indexOf.get(symbol) ?? UNKNOWN_SYMBOL);
  return { file, columns, order: orderOf(nsOfDay, assets), nsOfDay, assets };
}

/** Reads the values, eight columns at a time, and writes the snapshots in their order; NaN = null. */
export function readBookInto(target: BookTarget, plan: BookPlan): void {
  const { order, nsOfDay, assets, file, columns } = plan;
  for (let i = 0; i < order.length; i++) {
    const row = order[i] as number;
    target.bookNsOfDay[i] = nsOfDay[row] as number;
    target.bookAssets[i] = assets[row] as number;
  }
  const scratch = createColumnGroup(file.rows);
  for (let first = 0; first < BOOK_VALUES; first += COLUMNS_PER_GROUP) {
    const group = scratch.slice(0, BOOK_VALUES - first);
    for (const [i, values] of group.entries()) {
      readDoublesInto(values, file, columns.values[first + i] as ParquetColumn);
    }
    interleaveInto(target.bookValues, first, BOOK_VALUES, group, order);
  }
}

function orderOf(nsOfDay: Float64Array, assets: Int32Array): Uint32Array {
  const order = new Uint32Array(assets.length);
  let kept = 0;
  let isSorted = true;
  let last = 0;
  for (let row = 0; row < assets.length; row++) {
    if (assets[row] === UNKNOWN_SYMBOL) continue;
    order[kept++] = row;
    const ns = nsOfDay[row] as number;
    if (ns < last) isSorted = false;
    last = ns;
  }
  const rows = order.subarray(0, kept);
  return isSorted ? rows : rows.sort((a, b) => (nsOfDay[a] as number) - (nsOfDay[b] as number) || a - b);
}
