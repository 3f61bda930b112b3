import { join } from 'node:path';
import { InputError } from '../../model/input-error.ts';
import { dateFromDay } from '../../model/time.ts';
import { readAggTrades } from './agg-trades.ts';
import { type BookDay, readBookDepth } from './book-depth.ts';
import type { Downloaded } from './download.ts';
import type { PlannedDay } from './estimate.ts';
import { readMinuteKlines } from './klines.ts';
import type { ArchiveFile } from './layout.ts';
import type { PulledDay, PulledFile } from './manifest.ts';
import { INTERVAL_US, type PullInterval } from './options.ts';
import type { AggregatedTrades, TradeBars } from './ports.ts';
import { writeBookDay } from './write-book-day.ts';
import { type SymbolDay, writeScanDay } from './write-scan-day.ts';

const MINUTES_PER_DAY = 1440;
/** An hour of unchanged depth at +1 % is not a market. */
const FROZEN_SNAPSHOTS = 120;

/** What all days of a pull share. */
export interface BuildSettings {
  readonly out: string;
  readonly symbols: readonly string[];
  readonly interval: PullInterval;
  readonly bars: TradeBars;
  readonly signal: AbortSignal;
  /** Waits for a file; null = not published, and that is allowed. */
  readonly fetched: (file: ArchiveFile) => Promise<Downloaded | null>;
}

/**
 * Builds the files of one day: the scan day, and the order book when one is planned.
 *
 * @param pricesBefore - last price of each symbol before the day, NaN = not known; updated to the day's last.
 * @throws InputError when no symbol has the day.
 */
export async function buildDay(
  planned: PlannedDay,
  pricesBefore: Float64Array,
  settings: BuildSettings,
): Promise<PulledDay> {
  const date = dateFromDay(planned.day);
  const { out, symbols, interval } = settings;
  const files: PulledFile[] = [];
  const missing: string[] = [];
  const read = async <T>(file: ArchiveFile, reader: (path: string) => Promise<T>, notice: Notice<T>) => {
    settings.signal.throwIfAborted();
    const found = await settings.fetched(file);
    if (found === null) {
      missing.push(file.path);
      return null;
    }
    const content = await reader(found.path);
    const noticed = { ...notice(content), checksumMismatch: found.matchesChecksum ? 0 : 1 };
    files.push({ path: file.path, sha256: found.sha256, noticed: withoutZeros(noticed) });
    return content;
  };

  const symbolDays: SymbolDay[] = [];
  for (const [i, file] of planned.bars.entries()) {
    const content = await read(file, (path) => readBars(path, planned.day, settings), noticeBars(interval));
    symbolDays.push({ prices: content?.prices ?? null, priceBefore: pricesBefore[i] as number });
  }
  if (symbolDays.every(({ prices }) => prices === null)) {
    throw new InputError(`${date}: the archive publishes none of the ${symbols.length} symbols on this day`);
  }
  const books: (BookDay | null)[] = [];
  for (const file of planned.books) books.push(await read(file, (path) => readBookDepth(path, date), noticeBook));

  const hasBook = books.some((book) => book !== null);
  const snapshots = hasBook
    ? await writeBookDay(join(out, 'ob', `${date}.parquet`), planned.day, symbols, books)
    : null;
  const rows = await writeScanDay(
    join(out, `${date}.parquet`),
    planned.day,
    INTERVAL_US[interval],
    symbols,
    symbolDays,
  );
  symbolDays.forEach(({ prices, priceBefore }, i) => {
    // After a day that is not there the last price is no longer known.
    pricesBefore[i] = prices?.closing(priceBefore) ?? Number.NaN;
  });
  return { date, rows, snapshots, missing, files };
}

type Notice<T> = (content: T) => Record<string, number>;

function readBars(path: string, day: number, { interval, bars }: BuildSettings): Promise<AggregatedTrades> {
  return interval === '1m' ? readMinuteKlines(path, day, bars) : readAggTrades(path, day, bars);
}

function noticeBars(interval: PullInterval): Notice<AggregatedTrades> {
  return ({ prices, outOfOrder, missingIds }) =>
    interval === '1m'
      ? { outOfOrder, missingMinutes: MINUTES_PER_DAY - prices.tradedBars }
      : { outOfOrder, missingTradeIds: missingIds };
}

function noticeBook({ incomplete, repeatedRows, longestFrozenAsk }: BookDay): Record<string, number> {
  const frozenSnapshots = longestFrozenAsk >= FROZEN_SNAPSHOTS ? longestFrozenAsk : 0;
  return { incompleteSnapshots: incomplete, repeatedRows, frozenSnapshots };
}

function withoutZeros(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}
