import { parentPort, workerData } from 'node:worker_threads';
import { createFrame } from '../../../src/model/frame.ts';
import { createIntent, INTENT_ENTRY } from '../../../src/model/intent.ts';
import { Heartbeat, readWorkerState } from '../../../src/shm/heartbeats.ts';
import { IntentRingProducer } from '../../../src/shm/record-ring.ts';
import { attachRegion } from '../../../src/shm/region.ts';
import { NO_EVENTS } from '../../../src/workers/engine-events.ts';
import { IntentOutlet } from '../../../src/workers/intent-outlet.ts';
import type { WorkerBase, WorkerMessage } from '../../../src/workers/messages.ts';
import { runWorker } from '../../../src/workers/worker-life.ts';

/** Longer than the supervisor of the test is patient with a worker that does not beat. */
const LATE_MS = 3000;
const options = workerData as WorkerBase;
const nap = new Int32Array(new SharedArrayBuffer(4));
const region = attachRegion(options.region);
const heartbeat = new Heartbeat(region, 'ENGINE');
const isThere = () => readWorkerState(region, 'EXECUTION') === 'RUNNING';
const isGone = () => readWorkerState(region, 'EXECUTION') === 'STOPPED';
const wait = (until: () => boolean, mostMs: number) => {
  for (let ms = 0; ms < mostMs && !until(); ms++) {
    heartbeat.beat();
    Atomics.wait(nap, 0, 0, 1);
  }
};

/** An engine that starts when execution has had all the time to leave without it, and then decides one entry. */
wait(() => isThere() || isGone(), 10_000);
wait(isGone, LATE_MS);
await runWorker('ENGINE', options.region, parentPort, async ({ ready, tell }) => {
  ready();
  const outlet = new IntentOutlet(region, new IntentRingProducer(region), createFrame(1), NO_EVENTS, 0);
  outlet.emit({ ...createIntent(), kind: INTENT_ENTRY });
  const { entries, exits } = outlet;
  const done: Partial<WorkerMessage> = { kind: 'engineDone', complete: false, entries, exits };
  tell(done as WorkerMessage); // the rest of it is a report's, and there is none
});
