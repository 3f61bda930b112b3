import { forEachCsvRow } from './csv-rows.ts';
import { dayStartUs, EventTimeColumn } from './event-time.ts';
import type { AggregatedTrades, TradeBars } from './ports.ts';
import { readZipEntry } from './zip-entry.ts';

// agg_trade_id, price, quantity, first_trade_id, last_trade_id, transact_time, is_buyer_maker
const ID = 0;
const PRICE = 1;
const TIME = 5;
const FIELDS = 6;

/**
 * One day of aggregate trades of one symbol, reduced to the last price of each bar while it is read.
 *
 * An aggregate stands at the time of its last update, so it can span the edge of a bar: bars differ a little from the
 * venue's own klines (119 of 1440 minutes on one inspected day).
 *
 * @throws InputError with file and line on a damaged zip or row, a mixed time unit or a time of another day.
 */
export async function readAggTrades(zipPath: string, day: number, bars: TradeBars): Promise<AggregatedTrades> {
  const start = dayStartUs(day);
  const times = new EventTimeColumn(start, dayStartUs(day + 1));
  bars.begin(start);
  await forEachCsvRow(zipPath, readZipEntry(zipPath), FIELDS, (row) => {
    const id = row.integer(ID, 'agg_trade_id');
    bars.add(times.read(row, TIME, 'transact_time'), id, row.positive(PRICE, 'price'));
  });
  return bars.end();
}
