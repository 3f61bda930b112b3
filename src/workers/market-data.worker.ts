import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { hashFile } from '../adapters/parquet/read-bars.ts';
import { NS_PER_MS } from '../model/time.ts';
import { Pacing } from '../replay/pacing.ts';
import { isStopRequested } from '../shm/control.ts';
import { PARK_TIMEOUT_MS } from '../shm/doorbell.ts';
import { DayDecoder } from './day-decoder.ts';
import { FramePublisher } from './frame-publisher.ts';
import type { MarketDataWorkerOptions, TickOptions } from './messages.ts';
import { DaysPublisher, type PublishedDays } from './publish-days.ts';
import { publishJournalled } from './publish-journal.ts';
import { TickPublisher } from './publish-ticks.ts';
import { ScannerClient } from './scanner-inbox.ts';
import { TickMerge } from './tick-merge.ts';
import { runWorker } from './worker-life.ts';

const options = workerData as MarketDataWorkerOptions;

await runWorker('MARKET_DATA', options.region, parentPort, async ({ region, heartbeat, ready, workDone, tell }) => {
  const isStopped = () => isStopRequested(region);
  const decoder = await DayDecoder.create(options, () => {
    heartbeat.beat();
    return !isStopped();
  });
  const pacing = options.speed === 0 ? null : new Pacing(options.speed, options.barIntervalMs * NS_PER_MS);
  const { needsScanner, scannerMode, scannerRate } = options;
  const asksScanner = needsScanner && scannerMode === 'worker' && scannerRate === '5s'; // at 10hz bars are scanned here
  const scanner = asksScanner ? new ScannerClient(region) : null;
  const ticks = options.ticks === undefined ? null : new TickPublisher(region, tickSource(options.ticks), heartbeat);
  const publisher = new FramePublisher(region, options.wait, heartbeat, pacing, scanner, ticks);
  const days = new DaysPublisher(region, { publisher, decoder, isPaced: pacing !== null });
  // Beats while this thread waits for START or for the pool; where it blocks instead, the work itself beats.
  const beating = setInterval(() => heartbeat.beat(), PARK_TIMEOUT_MS);
  try {
    decoder.begin();
    ready();
    if (parentPort !== null) await once(parentPort, 'message'); // START: engine and execution are there
    const isWhole = (await publishAll(days, publisher)) && publisher.publishTicksUntil(Number.POSITIVE_INFINITY, 0);
    publisher.publishEnd(!isWhole || isStopped());
    workDone();
  } finally {
    clearInterval(beating);
    await decoder.close();
  }
  tell({ kind: 'marketDataDone', ...withTickFiles(days.published) });
});

/** The journal's frames, then those of the files behind them; false when something cut them short. */
async function publishAll(days: DaysPublisher, publisher: FramePublisher): Promise<boolean> {
  const { journalled, universe, files } = options;
  if (journalled === null) return await days.publish(files, null);
  const { isWhole, hasEnded, resumePoint } = publishJournalled(publisher, journalled, universe.length);
  if (!isWhole || files.length === 0) return isWhole && hasEnded;
  return await days.publish(files, resumePoint);
}

function tickSource({ files, funding }: TickOptions): TickMerge {
  const days = options.files.map(({ day }) => day);
  return new TickMerge(days, files, funding);
}

/** Files of ticks are named beside the order books: what they hold is part of the run's input. */
function withTickFiles(published: PublishedDays): PublishedDays {
  const read = options.ticks?.files ?? [];
  const digests = read.map(({ name, path }) => ({ name, sha256: hashFile(path) }));
  return { ...published, books: [...published.books, ...digests] };
}
