import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { NS_PER_MS } from '../model/time.ts';
import { Pacing } from '../replay/pacing.ts';
import { PacedFrames } from '../replay/synthetic/paced-frames.ts';
import { isStopRequested } from '../shm/control.ts';
import { PARK_TIMEOUT_MS } from '../shm/doorbell.ts';
import type { Heartbeat } from '../shm/heartbeats.ts';
import { STAGE_NAMES } from '../shm/layout.ts';
import type { Region } from '../shm/region.ts';
import { StageHistogram } from '../shm/stage-histogram.ts';
import { FramePublisher } from './frame-publisher.ts';
import { MEASURED_CPU_NS, MEASURED_FROM_NS, MEASURED_TO_NS, type PacedSourceOptions } from './messages-paced.ts';
import { monotonicNs } from './monotonic-clock.ts';
import { threadCpuNs, threadIds } from './thread-cpu.ts';
import { runWorker } from './worker-life.ts';

/*
 * Stands where the market-data worker stands in a run, for measuring: made-up scans at planned times through the same
 * publisher and ring. First the warm-up, then everything comes to rest, the histograms of all stages are emptied, and the
 * scans follow that count.
 */
const options = workerData as PacedSourceOptions;
/** Scans per second of the warm-up: fast, but each published by itself, so that all threads run their paced code. */
const WARM_UP_HZ = 10_000;
const SETTLE_MS = 50;

await runWorker('MARKET_DATA', options.region, parentPort, async ({ region, heartbeat, ready, tell }) => {
  ready();
  if (parentPort !== null) await once(parentPort, 'message'); // START: engine and execution are there
  const source = new PacedFrames(options.day, options.assets, options.barIntervalMs * NS_PER_MS);
  publish(region, heartbeat, source, options.warmUp, WARM_UP_HZ, 0);
  const threads = threadIds().filter((id) => !options.knownThreads.includes(id));
  for (const stage of STAGE_NAMES) new StageHistogram(region, stage).clear();
  const measured = new Float64Array(options.measured);
  const cpuBefore = threads.map(threadCpuNs);
  measured[MEASURED_FROM_NS] = monotonicNs();
  const publisher = publish(region, heartbeat, source, options.frames, options.rateHz, options.warmUp);
  measured[MEASURED_TO_NS] = monotonicNs() - SETTLE_MS * NS_PER_MS;
  threads.forEach((id, i) => {
    measured[MEASURED_CPU_NS + i] = threadCpuNs(id) - (cpuBefore[i] as number);
  });
  publisher.publishEnd(isStopRequested(region));
  tell({ kind: 'marketDataDone', files: [], books: [], secondsWaitedForFiles: 0 });
});

/** Publishes this many more scans, and returns once all threads have done what came of them. */
function publish(
  region: Region,
  heartbeat: Heartbeat,
  source: PacedFrames,
  count: number,
  rateHz: number,
  firstSequence: number,
): FramePublisher {
  const { barIntervalMs, day, wait } = options;
  const eventSecondsPerSecond = rateHz * (barIntervalMs / 1000);
  const pacing = rateHz === 0 ? null : new Pacing(eventSecondsPerSecond, barIntervalMs * NS_PER_MS);
  const publisher = new FramePublisher(region, wait, heartbeat, pacing);
  publisher.numberFrom(firstSequence);
  source.extend(count);
  publisher.publishDay(source, day);
  const nap = new Int32Array(new SharedArrayBuffer(4));
  while (!publisher.isEngineStarved && !isStopRequested(region)) {
    heartbeat.beat();
    Atomics.wait(nap, 0, 0, 1);
  }
  // What the intents still have to do behind the engine takes far less.
  Atomics.wait(nap, 0, 0, Math.min(SETTLE_MS, PARK_TIMEOUT_MS));
  return publisher;
}
