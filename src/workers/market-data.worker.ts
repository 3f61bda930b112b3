import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { NS_PER_MS } from '../model/time.ts';
import { Pacing } from '../replay/pacing.ts';
import { isStopRequested } from '../shm/control.ts';
import { PARK_TIMEOUT_MS } from '../shm/doorbell.ts';
import { DayDecoder } from './day-decoder.ts';
import { FramePublisher } from './frame-publisher.ts';
import type { MarketDataWorkerOptions } from './messages.ts';
import { DaysPublisher } from './publish-days.ts';
import { publishJournalled } from './publish-journal.ts';
import { ScannerClient } from './scanner-inbox.ts';
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
  const publisher = new FramePublisher(region, options.wait, heartbeat, pacing, scanner);
  const days = new DaysPublisher(region, { publisher, decoder, isPaced: pacing !== null });
  // Beats while this thread waits for START or for the pool; where it blocks instead, the work itself beats.
  const beating = setInterval(() => heartbeat.beat(), PARK_TIMEOUT_MS);
  try {
    decoder.begin();
    ready();
    if (parentPort !== null) await once(parentPort, 'message'); // START: engine and execution are there
    const isWhole = (await publishAll(days, publisher)) && !isStopped();
    publisher.publishEnd(!isWhole);
    workDone();
  } finally {
    clearInterval(beating);
    await decoder.close();
  }
  tell({ kind: 'marketDataDone', ...days.published });
});

/** The journal's frames, then those of the files behind them; false when something cut them short. */
async function publishAll(days: DaysPublisher, publisher: FramePublisher): Promise<boolean> {
  const { journalled, universe, files } = options;
  if (journalled === null) return await days.publish(files, null);
  const { isWhole, hasEnded, resumePoint } = publishJournalled(publisher, journalled, universe.length);
  if (!isWhole || files.length === 0) return isWhole && hasEnded;
  return await days.publish(files, resumePoint);
}
