import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ColumnSource, writeParquet } from '../../src/adapters/parquet/write-parquet.ts';
import { DEPTH_LEVELS } from '../../src/model/tick.ts';
import { DATE, stampNs } from './parquet-days.ts';

/** Trades at seconds of the day: [second, price, size, buyer made]. */
export function tradeColumns(
  trades: readonly (readonly [number, number, number, boolean])[],
  date = DATE,
): ColumnSource[] {
  return [
    { name: 'recv_ns', data: trades.map(([second]) => stampNs(second, date)), type: 'INT64' },
    { name: 'exch_ms', data: trades.map(() => 0n), type: 'INT64' },
    { name: 'price', data: trades.map(([, px]) => px), type: 'DOUBLE' },
    { name: 'qty', data: trades.map(([, , qty]) => qty), type: 'DOUBLE' },
    { name: 'is_buyer_maker', data: trades.map(([, , , isBuyerMaker]) => isBuyerMaker), type: 'BOOLEAN' },
  ];
}

/** Best levels: [second, bid, its size, ask, its size]. */
export function quoteColumns(quotes: readonly (readonly number[])[], date = DATE): ColumnSource[] {
  const names = ['bid', 'bid_qty', 'ask', 'ask_qty'];
  return [
    { name: 'recv_ns', data: quotes.map(([second]) => stampNs(second as number, date)), type: 'INT64' },
    ...names.map((name, i) => ({ name, data: quotes.map((row) => row[i + 1] as number), type: 'DOUBLE' as const })),
  ];
}

/** Books with levels a tick of 0.1 apart around a mid, each of size 1: [second, mid]. */
export function depthColumns(books: readonly (readonly [number, number])[], date = DATE): ColumnSource[] {
  const blocks = [
    ['bid_px', -0.1],
    ['ask_px', 0.1],
  ] as const;
  const prices = blocks.flatMap(([name, step]) =>
    Array.from({ length: DEPTH_LEVELS }, (_, level) => ({
      name: `${name}_${level}`,
      data: books.map(([, mid]) => mid + step * (level + 1)),
      type: 'DOUBLE' as const,
    })),
  );
  const sizes = ['bid_qty', 'ask_qty'].flatMap((name) =>
    Array.from({ length: DEPTH_LEVELS }, (_, level) => ({
      name: `${name}_${level}`,
      data: books.map(() => 1),
      type: 'DOUBLE' as const,
    })),
  );
  const stamp = { name: 'timestamp', data: books.map(([second]) => stampNs(second, date)), type: 'INT64' as const };
  return [stamp, ...prices, ...sizes];
}

/** Writes a file of ticks beside the days and returns its path. @param file - `SYMBOL_trades`, `SYMBOL_l2`, `SYMBOL_book_ticker`. */
export async function writeTicks(
  dir: string,
  file: string,
  columns: readonly ColumnSource[],
  date = DATE,
): Promise<string> {
  const path = join(dir, 'ticks', date, `${file}.parquet`);
  mkdirSync(dirname(path), { recursive: true });
  await writeParquet(path, columns);
  return path;
}
