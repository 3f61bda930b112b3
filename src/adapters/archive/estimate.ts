import { InputError } from '../../model/input-error.ts';
import { dateFromDay } from '../../model/time.ts';
import { ArchiveCache } from './archive-cache.ts';
import { type DownloadSettings, remoteBytes } from './download.ts';
import { DownloadQueue } from './download-queue.ts';
import { type ArchiveFile, aggTradesFile, bookDepthFile, dailyKlinesFile, describeFile } from './layout.ts';
import { type PullOptions, type PullSettings, resolvePullOptions } from './options.ts';
import { stopOnFailure } from './stop-on-failure.ts';
import { chooseUniverse } from './universe.ts';

/** Files of one UTC day; one entry per symbol, in the order of the universe. */
export interface PlannedDay {
  readonly day: number;
  readonly bars: readonly ArchiveFile[];
  /** Empty without an order book. */
  readonly books: readonly ArchiveFile[];
}

/** What a pull would read and fetch. */
export interface PullEstimate {
  readonly symbols: readonly string[];
  readonly days: readonly PlannedDay[];
  /** 1 m klines of the day before the first: they give its first row a price. May be absent from the archive. */
  readonly leadIn: readonly ArchiveFile[];
  /** Files and bytes still to fetch; a partial download counts with its rest. */
  readonly files: number;
  readonly bytes: number;
  /** Files and bytes of finished downloads in the cache. */
  readonly cachedFiles: number;
  readonly cachedBytes: number;
  /** Days that the archive does not publish. */
  readonly missing: readonly ArchiveFile[];
}

/**
 * Chooses the universe and asks the archive for the size of every file that is not in the cache (one HEAD each).
 * Downloads nothing but the small volume files of a chosen universe.
 *
 * @throws InputError on bad options.
 */
export async function estimatePull(options: PullOptions): Promise<PullEstimate> {
  return estimate(resolvePullOptions(options));
}

/** {@link estimatePull} on settings already checked. Requests beside one that failed are given up with it. */
export async function estimate(settings: PullSettings): Promise<PullEstimate> {
  return stopOnFailure(settings.signal, (signal) => measurePlan({ ...settings, signal }));
}

async function measurePlan(settings: PullSettings): Promise<PullEstimate> {
  const downloads = downloadSettings(settings);
  const symbols = await chooseUniverse(settings, downloads);
  const days = planDays(settings, symbols);
  const leadIn = symbols.map((symbol) => dailyKlinesFile(symbol, '1m', settings.dayFrom - 1));
  const required = days.flatMap(({ bars, books }) => [...bars, ...books]);
  const sizes = await measure([...leadIn, ...required], settings, downloads);
  const toFetch = sizes.filter(({ cached, bytes }) => !cached && bytes !== null);
  const cached = sizes.filter((size) => size.cached);
  const total = (list: readonly Size[]): number => list.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  return {
    symbols,
    days,
    leadIn,
    files: toFetch.length,
    bytes: total(toFetch),
    cachedFiles: cached.length,
    cachedBytes: total(cached),
    missing: required.filter((_, i) => sizes[leadIn.length + i]?.bytes === null),
  };
}

/** What the downloads of a pull share. */
export function downloadSettings(
  settings: PullSettings,
  onBytes: (bytes: number) => void = () => {},
): DownloadSettings {
  const { baseUrl, cacheDir, allowChecksumMismatch, retry, signal } = settings;
  return { baseUrl, cache: new ArchiveCache(cacheDir, baseUrl), allowChecksumMismatch, retry, signal, onBytes };
}

/** One error that names what the archive does not publish, at most ten files by name. */
export function missingError(missing: readonly ArchiveFile[]): InputError {
  const shown = missing.slice(0, 10).map(describeFile).join(', ');
  const more = missing.length > 10 ? ` and ${missing.length - 10} more` : '';
  return new InputError(
    `not published by the archive (a day appears on the day after): ${shown}${more}; ` +
      'leave the symbol or the day out, or allow missing days to have null there',
  );
}

/** The estimate in one line for people. */
export function describeEstimate({ symbols, days, files, bytes, cachedFiles, cachedBytes }: PullEstimate): string {
  const first = dateFromDay(days[0]?.day ?? 0);
  const last = dateFromDay(days.at(-1)?.day ?? 0);
  const cached = cachedFiles === 0 ? '' : ` (${cachedFiles} files, ${megabytes(cachedBytes)} are in the cache)`;
  return `${symbols.length} symbols, ${first} to ${last}: ${files} files, ${megabytes(bytes)} to download${cached}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 10e6 ? 2 : 0)} MB`;
}

function planDays(settings: PullSettings, symbols: readonly string[]): PlannedDay[] {
  const { dayFrom, dayTo, interval, withBook } = settings;
  const barsFile = (symbol: string, day: number): ArchiveFile =>
    interval === '1m' ? dailyKlinesFile(symbol, '1m', day) : aggTradesFile(symbol, day);
  return Array.from({ length: dayTo - dayFrom + 1 }, (_, i) => {
    const day = dayFrom + i;
    return {
      day,
      bars: symbols.map((symbol) => barsFile(symbol, day)),
      books: withBook ? symbols.map((symbol) => bookDepthFile(symbol, day)) : [],
    };
  });
}

interface Size {
  /** Still to fetch, or in the cache; null = not published. */
  readonly bytes: number | null;
  readonly cached: boolean;
}

async function measure(
  files: readonly ArchiveFile[],
  settings: PullSettings,
  downloads: DownloadSettings,
): Promise<Size[]> {
  const queue = new DownloadQueue(settings.concurrency);
  let done = 0;
  const sizeOf = async (file: ArchiveFile): Promise<Size> => {
    const cached = await downloads.cache.finishedBytes(file);
    const remote = cached === null ? await remoteBytes(file, downloads) : null;
    settings.onProgress({ phase: 'estimate', done: ++done, total: files.length, bytesDone: 0, bytesTotal: 0 });
    if (cached !== null) return { bytes: cached, cached: true };
    if (remote === null) return { bytes: null, cached: false };
    return { bytes: Math.max(0, remote - (await downloads.cache.partBytes(file))), cached: false };
  };
  return Promise.all(files.map((file) => queue.run(() => sizeOf(file))));
}
