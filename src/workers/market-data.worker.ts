import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { FileDigest } from '../model/report.ts';
import { NS_PER_MS } from '../model/time.ts';
import { DayFrames } from '../replay/day-frames.ts';
import { Pacing } from '../replay/pacing.ts';
import { isStopRequested } from '../shm/control.ts';
import { Gauge } from '../shm/counters.ts';
import { PARK_TIMEOUT_MS } from '../shm/doorbell.ts';
import { DayDecoder } from './day-decoder.ts';
import { FramePublisher } from './frame-publisher.ts';
import type { MarketDataWorkerOptions } from './messages.ts';
import { runWorker } from './worker-life.ts';

const options = workerData as MarketDataWorkerOptions;

await runWorker('MARKET_DATA', options.region, parentPort, async ({ region, heartbeat, ready, tell }) => {
  const isStopped = () => isStopRequested(region);
  const decoder = await DayDecoder.create(options, () => {
    heartbeat.beat();
    return !isStopped();
  });
  const pacing = options.speed === 0 ? null : new Pacing(options.speed, options.barIntervalMs * NS_PER_MS);
  const publisher = new FramePublisher(region, options.wait, heartbeat, pacing);
  const files: FileDigest[] = [];
  const books: FileDigest[] = [];
  const fileWait = new Gauge(region, 'fileWaitNs');
  let waitedMs = 0;
  let isWhole = true;
  // Beats while this thread waits for START or for the pool; where it blocks instead, the work itself beats.
  const beating = setInterval(() => heartbeat.beat(), PARK_TIMEOUT_MS);
  try {
    ready();
    if (parentPort !== null) await once(parentPort, 'message'); // START: engine and execution are there
    for (const file of options.files) {
      const askedMs = performance.now();
      const day = isStopped() ? null : await decoder.next();
      isWhole = day !== null;
      if (day === null) break;
      // The engine waited for this file only if it had meanwhile run out of frames.
      if (pacing === null && publisher.isEngineStarved) waitedMs += performance.now() - askedMs;
      fileWait.set(waitedMs * NS_PER_MS);
      files.push({ name: file.name, sha256: day.sha256 });
      if (day.bookSha256 !== null) books.push({ name: `ob/${file.name}`, sha256: day.bookSha256 });
      isWhole = publisher.publishDay(new DayFrames(day.block, file.day), file.day) && !isStopped();
      if (!isWhole) break;
    }
    publisher.publishEnd(!isWhole);
  } finally {
    clearInterval(beating);
    await decoder.close();
  }
  tell({ kind: 'marketDataDone', files, books, secondsWaitedForFiles: waitedMs / 1000 });
});
