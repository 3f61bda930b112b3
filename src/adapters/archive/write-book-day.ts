import { BOOK_FIELDS, BOOK_VALUES } from '../../model/frame.ts';
import { unixNsFrom } from '../../model/time.ts';
import type { BookDay } from './book-depth.ts';
import { type GroupColumn, writeParquetGroups } from './parquet-groups.ts';

/**
 * Writes `ob/YYYY-MM-DD.parquet` (semantics §7): `timestamp` int64 ns, `symbol`, the columns of BOOK_FIELDS; rows by
 * time, those of one time in the order of the symbols.
 *
 * @param books - one per symbol, same order; null = not published.
 * @returns number of snapshots.
 */
export async function writeBookDay(
  path: string,
  day: number,
  symbols: readonly string[],
  books: readonly (BookDay | null)[],
): Promise<number> {
  const order = orderByTime(books);
  const columns: GroupColumn[] = [
    { name: 'timestamp', type: 'integer' },
    { name: 'symbol', type: 'text' },
    ...BOOK_FIELDS.map((name) => ({ name, type: 'value' as const })),
  ];
  const bookOf = ({ symbol }: Row): BookDay => books[symbol] as BookDay;
  const stamps = BigInt64Array.from(order, (row) => unixNsFrom(day, bookOf(row).nsOfDay[row.snapshot] as number));
  const values = BOOK_FIELDS.map((_, field) =>
    Float64Array.from(order, (row) => bookOf(row).values[row.snapshot * BOOK_VALUES + field] as number),
  );
  await writeParquetGroups(path, columns, [[stamps, order.map(({ symbol }) => symbols[symbol] as string), ...values]]);
  return order.length;
}

interface Row {
  readonly nsOfDay: number;
  readonly symbol: number;
  readonly snapshot: number;
}

function orderByTime(books: readonly (BookDay | null)[]): Row[] {
  const rows: Row[] = [];
  books.forEach((book, symbol) => {
    book?.nsOfDay.forEach((nsOfDay, snapshot) => {
      rows.push({ nsOfDay, symbol, snapshot });
    });
  });
  return rows.sort((a, b) => a.nsOfDay - b.nsOfDay || a.symbol - b.symbol);
}
