import { homedir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../model/input-error.ts';
import { dayFromDate } from '../../model/time.ts';

/** Where Binance publishes its history. */
export const PUBLIC_ARCHIVE_URL = 'https://data.binance.vision';

/** Bar lengths that a pull can make, in µs. 1 m comes from klines, the others from aggregate trades. */
export const INTERVAL_US = { '0.1s': 100_000, '5s': 5_000_000, '1m': 60_000_000 } as const;
export type PullInterval = keyof typeof INTERVAL_US;

/** Most assets that the engine takes (one frame of the bar ring). */
const MAX_SYMBOLS = 400;

/** The `count` symbols of greatest quote volume in the month before the first day. */
export interface TopUniverse {
  readonly top: number;
  /** Symbols to choose from; default: a built-in list of liquid USD-M perpetuals. */
  readonly candidates?: readonly string[];
}

/** How failed requests are tried again. */
export interface RetryPolicy {
  /** Attempts in a row that brought nothing before the file is given up; 1 = no retry. */
  readonly attempts: number;
  /** Wait before the second attempt; doubles up to 8 s, with jitter. */
  readonly firstWaitMs: number;
  /** Longest silence of a connection before it counts as failed. */
  readonly idleTimeoutMs: number;
}

export interface PullProgress {
  readonly phase: 'universe' | 'estimate' | 'download' | 'build';
  /** Files (`build`: days) done of all. */
  readonly done: number;
  readonly total: number;
  /** `download`: bytes received by this call, of the bytes estimated. */
  readonly bytesDone: number;
  readonly bytesTotal: number;
}

/** What to pull and where to put it. */
export interface PullOptions {
  /** In the order of the columns to write, or the rule to choose them by (then by falling volume). */
  readonly symbols: readonly string[] | TopUniverse;
  /** First and last UTC day, `YYYY-MM-DD`, both included. */
  readonly from: string;
  readonly to: string;
  readonly interval: PullInterval;
  /** Also write `ob/YYYY-MM-DD.parquet` from bookDepth. */
  readonly withBook?: boolean;
  /** Folder that receives the day files. */
  readonly out: string;
  /** Default: environment DOLPHIN_ARCHIVE_URL, else the public archive. */
  readonly baseUrl?: string;
  /** Downloads at a time; default 4. */
  readonly concurrency?: number;
  /** Verified downloads are kept here; default `$XDG_CACHE_HOME/dolphin/archive` (`~/.cache` when unset). */
  readonly cacheDir?: string;
  /** A day that is not published for a symbol becomes null instead of an error. */
  readonly allowMissing?: boolean;
  /** Take files whose bytes differ from the published checksum (some never match); the zip's own CRC still holds. */
  readonly allowChecksumMismatch?: boolean;
  readonly retry?: Partial<RetryPolicy>;
  readonly onProgress?: (progress: PullProgress) => void;
  /** Stops the pull: finished downloads and days stay, a partial download is continued next time. */
  readonly signal?: AbortSignal;
}

/** Options checked and completed. Days are UTC day numbers, `dayTo` included. */
export interface PullSettings {
  readonly symbols: readonly string[] | TopUniverse;
  readonly dayFrom: number;
  readonly dayTo: number;
  readonly interval: PullInterval;
  readonly withBook: boolean;
  readonly out: string;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly concurrency: number;
  readonly cacheDir: string;
  readonly allowMissing: boolean;
  readonly allowChecksumMismatch: boolean;
  readonly retry: RetryPolicy;
  readonly onProgress: (progress: PullProgress) => void;
  readonly signal: AbortSignal;
}

/**
 * Checks the options and fills in the defaults.
 * @throws InputError with the option, its value and the rule.
 */
export function resolvePullOptions(options: PullOptions, env: NodeJS.ProcessEnv = process.env): PullSettings {
  const dayFrom = parseDay('from', options.from);
  const dayTo = parseDay('to', options.to);
  if (dayTo < dayFrom) throw new InputError(`to: ${options.to} lies before from: ${options.from}`);
  if (!Object.hasOwn(INTERVAL_US, options.interval)) {
    throw new InputError(`interval: must be one of ${Object.keys(INTERVAL_US).join(', ')}, was ${options.interval}`);
  }
  const concurrency = options.concurrency ?? 4;
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 64) {
    throw new InputError(`concurrency: must be a whole number from 1 to 64, was ${concurrency}`);
  }
  return {
    symbols: checkUniverse(options.symbols),
    dayFrom,
    dayTo,
    interval: options.interval,
    withBook: options.withBook ?? false,
    out: options.out,
    baseUrl: checkUrl(options.baseUrl ?? env['DOLPHIN_ARCHIVE_URL'] ?? PUBLIC_ARCHIVE_URL),
    concurrency,
    cacheDir: options.cacheDir ?? join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'dolphin', 'archive'),
    allowMissing: options.allowMissing ?? false,
    allowChecksumMismatch: options.allowChecksumMismatch ?? false,
    retry: { attempts: 5, firstWaitMs: 250, idleTimeoutMs: 30_000, ...options.retry },
    onProgress: options.onProgress ?? (() => {}),
    signal: options.signal ?? new AbortController().signal,
  };
}

function parseDay(name: string, date: string): number {
  const day = dayFromDate(date);
  if (Number.isNaN(day)) throw new InputError(`${name}: must be a date YYYY-MM-DD, was ${date}`);
  return day;
}

function checkUniverse(symbols: readonly string[] | TopUniverse): readonly string[] | TopUniverse {
  if (!('top' in symbols)) return checkSymbols('symbols', symbols);
  if (!Number.isInteger(symbols.top) || symbols.top < 1 || symbols.top > MAX_SYMBOLS) {
    throw new InputError(`top: must be a whole number from 1 to ${MAX_SYMBOLS}, was ${symbols.top}`);
  }
  if (symbols.candidates !== undefined) checkNames('candidates', symbols.candidates);
  return symbols;
}

function checkSymbols(name: string, symbols: readonly string[]): readonly string[] {
  checkNames(name, symbols);
  if (symbols.length > MAX_SYMBOLS) {
    throw new InputError(`${name}: at most ${MAX_SYMBOLS} assets, were ${symbols.length}`);
  }
  return symbols;
}

function checkNames(name: string, symbols: readonly string[]): void {
  if (symbols.length === 0) throw new InputError(`${name}: at least one symbol is needed, were 0`);
  const seen = new Set<string>();
  for (const symbol of symbols) {
    if (!/^[0-9A-Z]+USDT$/.test(symbol)) {
      throw new InputError(`${name}: a symbol is written in capitals and digits and ends in USDT, was ${symbol}`);
    }
    if (seen.has(symbol)) throw new InputError(`${name}: ${symbol} is named twice`);
    seen.add(symbol);
  }
}

function checkUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new InputError(`archive address: must be an http or https URL, was ${text}`);
  }
  return url.href.replace(/\/+$/, '');
}
