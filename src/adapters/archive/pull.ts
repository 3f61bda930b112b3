import { access, constants, mkdir } from 'node:fs/promises';
import { InputError } from '../../model/input-error.ts';
import { buildDay } from './build-day.ts';
import { type Downloaded, download } from './download.ts';
import { DownloadQueue } from './download-queue.ts';
import { downloadSettings, estimate, missingError, type PullEstimate } from './estimate.ts';
import { readMinuteKlines } from './klines.ts';
import type { ArchiveFile } from './layout.ts';
import { addDay, checkSameLayout, type PulledDay, readManifest } from './manifest.ts';
import { INTERVAL_US, type PullOptions, type PullSettings, resolvePullOptions } from './options.ts';
import type { CreateBars } from './ports.ts';

/** What a pull left behind. */
export interface PullResult {
  readonly out: string;
  readonly symbols: readonly string[];
  readonly days: readonly PulledDay[];
  /** Bytes received over the network by this call. */
  readonly bytesDownloaded: number;
}

/**
 * Downloads the archive's files for the days asked for and writes them in the scan layout (semantics §1): one Parquet
 * per UTC day, `ob/` beside it when asked for, and `pull.json`, which says what they were made of.
 *
 * Prices only, from event time only: a row holds the last trade before its stamp. A bar without trades carries the
 * last price, also over midnight; before a symbol's first price there is null. Days are written one after another
 * while later ones download, each complete or not at all, so an interrupted pull is continued by the same call.
 *
 * @param createBars - aggregation of trades: `createLastPriceBars` of src/replay/aggregate.
 * @param estimated - what `estimatePull` said for the same options, to spare its requests; the universe is taken from it.
 * @throws InputError on bad options, a day that is not published, a checksum or a file that is wrong; Error when the
 * network or the disk fails; the signal's reason when stopped.
 */
export async function pull(
  options: PullOptions,
  createBars: CreateBars,
  estimated?: PullEstimate,
): Promise<PullResult> {
  const settings = resolvePullOptions(options);
  await prepareFolder(settings.out);
  const plan = estimated ?? (await estimate(settings));
  if (plan.missing.length > 0 && !settings.allowMissing) throw missingError(plan.missing);
  const existing = await readManifest(settings.out);
  if (existing !== null) checkSameLayout(settings.out, existing, plan.symbols, settings.interval);

  const downloads = startDownloads(plan, settings);
  try {
    const days = await buildDays(plan, settings, createBars, downloads.fetched);
    return { out: settings.out, symbols: plan.symbols, days, bytesDownloaded: downloads.bytesReceived() };
  } catch (error) {
    await downloads.stop();
    throw error;
  }
}

async function buildDays(
  plan: PullEstimate,
  settings: PullSettings,
  createBars: CreateBars,
  fetched: (file: ArchiveFile) => Promise<Downloaded | null>,
): Promise<PulledDay[]> {
  const { out, interval, signal } = settings;
  const { symbols } = plan;
  const fetchedOrAllowed = async (file: ArchiveFile): Promise<Downloaded | null> => {
    const found = await fetched(file);
    if (found === null && !settings.allowMissing) throw missingError([file]);
    return found;
  };
  const pricesBefore = await leadInPrices(plan, settings, createBars, fetched);
  const bars = createBars(INTERVAL_US[interval]);
  const days: PulledDay[] = [];
  for (const planned of plan.days) {
    const day = await buildDay(planned, pricesBefore, {
      out,
      symbols,
      interval,
      bars,
      signal,
      fetched: fetchedOrAllowed,
    });
    await addDay(out, { schemaVersion: 1, source: settings.baseUrl, interval, symbols }, day);
    days.push(day);
    settings.onProgress({ phase: 'build', done: days.length, total: plan.days.length, bytesDone: 0, bytesTotal: 0 });
  }
  return days;
}

/** Last price of each symbol on the day before the first; NaN where the archive has no such day. */
async function leadInPrices(
  plan: PullEstimate,
  settings: PullSettings,
  createBars: CreateBars,
  fetched: (file: ArchiveFile) => Promise<Downloaded | null>,
): Promise<Float64Array> {
  const minutes = createBars(INTERVAL_US['1m']);
  const prices = new Float64Array(plan.symbols.length).fill(Number.NaN);
  for (const [i, file] of plan.leadIn.entries()) {
    const found = await fetched(file);
    if (found === null) continue;
    const { prices: ofDay } = await readMinuteKlines(found.path, settings.dayFrom - 1, minutes);
    prices[i] = ofDay.closing(Number.NaN);
  }
  return prices;
}

interface Downloads {
  /** The file when it has arrived; null = not published. Only for files of the plan. */
  fetched(file: ArchiveFile): Promise<Downloaded | null>;
  /** Gives up what is under way; resolves when connections are closed and parts are on disk. */
  stop(): Promise<void>;
  bytesReceived(): number;
}

function startDownloads(plan: PullEstimate, settings: PullSettings): Downloads {
  const files = [...plan.leadIn, ...plan.days.flatMap(({ bars, books }) => [...bars, ...books])];
  const queue = new DownloadQueue(settings.concurrency);
  const stopped = new AbortController();
  const signal = AbortSignal.any([settings.signal, stopped.signal]);
  let done = 0;
  let bytes = 0;
  const report = (): void =>
    settings.onProgress({ phase: 'download', done, total: files.length, bytesDone: bytes, bytesTotal: plan.bytes });
  const shared = downloadSettings({ ...settings, signal }, (received) => {
    bytes += received;
    report();
  });
  const running = new Map<string, Promise<Downloaded | null>>();
  for (const file of files) {
    const task = queue.run(async () => {
      signal.throwIfAborted();
      const found = await download(file, shared);
      done++;
      report();
      return found;
    });
    task.catch(() => {}); // reported when its day is built
    running.set(file.path, task);
  }
  return {
    fetched: (file) => running.get(file.path) ?? Promise.reject(new Error(`${file.path} is not in the plan`)),
    stop: async () => {
      stopped.abort();
      await Promise.allSettled(running.values());
    },
    bytesReceived: () => bytes,
  };
}

async function prepareFolder(out: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
    await access(out, constants.W_OK);
  } catch (error) {
    throw new InputError(
      `out: ${out} must be a folder that can be written to (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}
