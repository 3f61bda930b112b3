import { describe, expect, it } from 'vitest';
import { openTickFile, readTickBlocks } from '../../../src/adapters/parquet/read-ticks.ts';
import { BUY, SELL } from '../../../src/model/order.ts';
import { TICK_DEPTH, TICK_QUOTE, TICK_TRADE } from '../../../src/model/tick.ts';
import { DAY, temporaryFolder, withColumns } from '../../support/parquet-days.ts';
import { depthColumns, quoteColumns, tradeColumns, writeTicks } from '../../support/tick-files.ts';

const dir = temporaryFolder();
const SECOND = 1e9;

/** Rows of a file as plain numbers. */
function rowsOf(path: string, kind: typeof TICK_DEPTH | typeof TICK_TRADE | typeof TICK_QUOTE): number[][] {
  return [...readTickBlocks(openTickFile(path, kind, DAY))].flatMap(({ rows, nsOfDay, values }) =>
    Array.from({ length: rows }, (_, row) => [
      nsOfDay[row] as number,
      ...values.map((column) => column[row] as number),
    ]),
  );
}

describe('files of ticks', () => {
  it.each([
    ['few trades, whose booleans are plain bits', 3],
    ['many trades, whose booleans are runs', 40],
  ])('trades: %s', async (_name, count) => {
    const trades = Array.from({ length: count }, (_, i) => [i + 0.5, 100 + i, 1 + i, i % 3 === 0] as const);
    const path = await writeTicks(dir, `T${count}_trades`, tradeColumns(trades));
    expect(rowsOf(path, TICK_TRADE)).toEqual(
      trades.map(([second, px, qty, isBuyerMaker]) => [second * SECOND, px, qty, isBuyerMaker ? SELL : BUY]),
    );
  });

  it('best levels', async () => {
    const path = await writeTicks(dir, 'Q_book_ticker', quoteColumns([[1, 99, 2, 101, 3]]));
    expect(rowsOf(path, TICK_QUOTE)).toEqual([[SECOND, 99, 2, 101, 3]]);
  });

  it('books: four blocks of levels, best first', async () => {
    const path = await writeTicks(dir, 'B_l2', depthColumns([[1, 100]]));
    const [row] = rowsOf(path, TICK_DEPTH) as [number[]];
    expect(row.length).toBe(81);
    expect([row[1], row[2], row[21], row[41], row[61]]).toEqual([99.9, 99.8, 1, 100.1, 1]);
  });

  it.each([
    ['a column is missing', { price: null }, /_trades\.parquet: column price is missing, it is required/],
    [
      'a column has another type',
      { price: { data: [1n, 2n], type: 'INT64' } },
      /column price has type INT64.*, must be double/,
    ],
    [
      'a stamp is of another date',
      { recv_ns: { data: [0n, 1n], type: 'INT64' } },
      /row 1, column recv_ns: 1970-01-01.* is not of the file's date/,
    ],
  ] as const)('refuses a file of which %s', async (name, changes, message) => {
    const columns = withColumns(
      tradeColumns([
        [1, 1, 1, true],
        [2, 1, 1, true],
      ]),
      changes as never,
    );
    const path = await writeTicks(dir, `${name.replaceAll(' ', '')}_trades`, columns);
    expect(() => rowsOf(path, TICK_TRADE)).toThrow(message);
  });

  it('refuses stamps that go back, and takes equal ones', async () => {
    const back = await writeTicks(
      dir,
      'BACK_trades',
      tradeColumns([
        [2, 1, 1, true],
        [1, 1, 1, true],
      ]),
    );
    expect(() => rowsOf(back, TICK_TRADE)).toThrow(
      /column recv_ns: 2026-01-05T00:00:01.000Z must not be earlier than 2026-01-05T00:00:02.000Z/,
    );
    const equal = await writeTicks(
      dir,
      'EQUAL_trades',
      tradeColumns([
        [1, 1, 1, true],
        [1, 2, 1, true],
      ]),
    );
    expect(rowsOf(equal, TICK_TRADE).map(([, px]) => px)).toEqual([1, 2]);
  });

  it('refuses a row group that would not fit into memory', async () => {
    const path = await writeTicks(
      dir,
      'BIG_trades',
      tradeColumns([
        [1, 1, 1, true],
        [2, 1, 1, true],
      ]),
    );
    expect(() => openTickFile(path, TICK_TRADE, DAY, 63)).toThrow(/a row group has 2 rows, must be at most 1/);
  });
});
