import { forEachCsvRow } from './csv-rows.ts';
import { dayStartUs, EventTimeColumn } from './event-time.ts';
import type { AggregatedTrades, TradeBars } from './ports.ts';
import { readZipEntry } from './zip-entry.ts';

// open_time, open, high, low, close, volume, close_time, quote_volume, count, …
const OPEN_TIME = 0;
const CLOSE = 4;
const QUOTE_VOLUME = 7;
const FIELDS = 8;
const US_PER_MINUTE = 60_000_000;

/**
 * One day of 1 m klines of one symbol: the close of each minute, as the last price of that minute's bar. A kline
 * counts as one trade with the minute as its id, so `missingIds` of the result are minutes that lack between others.
 *
 * @throws InputError with file and line on a damaged zip or row, a mixed time unit, a time of another day or one that
 * opens no minute.
 */
export async function readMinuteKlines(zipPath: string, day: number, bars: TradeBars): Promise<AggregatedTrades> {
  const start = dayStartUs(day);
  const times = new EventTimeColumn(start, dayStartUs(day + 1));
  bars.begin(start);
  await forEachCsvRow(zipPath, readZipEntry(zipPath), FIELDS, (row) => {
    const openUs = times.read(row, OPEN_TIME, 'open_time');
    const minute = (openUs - start) / US_PER_MINUTE;
    if (!Number.isInteger(minute)) throw row.error('open_time', row.text(OPEN_TIME), 'must be a whole minute');
    bars.add(openUs, minute, row.positive(CLOSE, 'close'));
  });
  return bars.end();
}

/**
 * Sum of the quote volumes of a kline file, in quote currency.
 *
 * @param dayFrom - first UTC day that the rows may open on; `dayTo` the last.
 * @throws InputError as {@link readMinuteKlines}.
 */
export async function sumQuoteVolume(zipPath: string, dayFrom: number, dayTo: number): Promise<number> {
  const times = new EventTimeColumn(dayStartUs(dayFrom), dayStartUs(dayTo + 1));
  let sum = 0;
  await forEachCsvRow(zipPath, readZipEntry(zipPath), FIELDS, (row) => {
    times.read(row, OPEN_TIME, 'open_time');
    sum += row.number(QUOTE_VOLUME, 'quote_volume');
  });
  return sum;
}
