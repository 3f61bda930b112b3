import { dateFromDay } from '../../model/time.ts';

/** Kinds of archive files that a pull reads. */
export type ArchiveKind = 'aggTrades' | 'klines' | 'bookDepth';

/** One zip of the public archive, which holds one CSV of the same name. */
export interface ArchiveFile {
  readonly kind: ArchiveKind;
  readonly symbol: string;
  /** `YYYY-MM-DD`, or `YYYY-MM` of a monthly file. */
  readonly period: string;
  /** Path below the base URL, no leading slash. `<path>.CHECKSUM` lies beside it. */
  readonly path: string;
}

/** Location of USD-M futures in the archive (github.com/binance/binance-public-data). */
const ROOT = 'data/futures/um';

/** Aggregate trades of one UTC day. */
export function aggTradesFile(symbol: string, day: number): ArchiveFile {
  return file('aggTrades', 'daily', symbol, dateFromDay(day));
}

/** Cumulative depth at ±1 … ±5 % of one UTC day, every 30 s. */
export function bookDepthFile(symbol: string, day: number): ArchiveFile {
  return file('bookDepth', 'daily', symbol, dateFromDay(day));
}

/** Bars of one UTC day. */
export function dailyKlinesFile(symbol: string, interval: '1m' | '1d', day: number): ArchiveFile {
  return file('klines', 'daily', symbol, dateFromDay(day), interval);
}

/** Daily bars of one month. @param month - `YYYY-MM`. */
export function monthlyKlinesFile(symbol: string, month: string): ArchiveFile {
  return file('klines', 'monthly', symbol, month, '1d');
}

/** How messages call a file, e.g. `BTCUSDT 2025-05-26 aggTrades`. */
export function describeFile(archiveFile: ArchiveFile): string {
  return `${archiveFile.symbol} ${archiveFile.period} ${archiveFile.kind}`;
}

function file(
  kind: ArchiveKind,
  span: 'daily' | 'monthly',
  symbol: string,
  period: string,
  interval?: string,
): ArchiveFile {
  const folder = interval === undefined ? `${kind}/${symbol}` : `${kind}/${symbol}/${interval}`;
  const name = `${symbol}-${interval ?? kind}-${period}.zip`;
  return { kind, symbol, period, path: `${ROOT}/${span}/${folder}/${name}` };
}
