import { parentPort, workerData } from 'node:worker_threads';
import { createIntent, INTENT_ENTRY } from '../../../src/model/intent.ts';
import { readWorkerState } from '../../../src/shm/heartbeats.ts';
import { attachRegion } from '../../../src/shm/region.ts';
import { IntentOutlet } from '../../../src/workers/intent-outlet.ts';
import type { WorkerBase } from '../../../src/workers/messages.ts';
import { runWorker } from '../../../src/workers/worker-life.ts';

const LATE_MS = 500;
const options = workerData as WorkerBase;
const nap = new Int32Array(new SharedArrayBuffer(4));
const region = attachRegion(options.region);
const isThere = () => readWorkerState(region, 'EXECUTION') === 'RUNNING';
const isGone = () => readWorkerState(region, 'EXECUTION') === 'STOPPED';
const wait = (until: () => boolean, mostMs: number) => {
  for (let ms = 0; ms < mostMs && !until(); ms++) Atomics.wait(nap, 0, 0, 1);
};

/** An engine that starts when execution has had all the time to leave without it, and then decides one entry. */
wait(() => isThere() || isGone(), 10_000);
wait(isGone, LATE_MS);
await runWorker('ENGINE', options.region, parentPort, async ({ ready, tell }) => {
  ready();
  const outlet = new IntentOutlet(region);
  outlet.emit({ ...createIntent(), kind: INTENT_ENTRY });
  const timing = { bars: 0, seconds: 0, stepNs: { p50: 0, p99: 0, p999: 0, max: 0 } };
  const run = { days: [], trades: [], initialCapital: 0, capital: 0, maxDrawdownMarked: 0 };
  tell({ kind: 'engineDone', run, complete: false, entries: outlet.entries, exits: outlet.exits, timing });
});
