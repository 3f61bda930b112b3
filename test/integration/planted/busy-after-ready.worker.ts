import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerBase } from '../../../src/workers/messages.ts';
import { runWorker } from '../../../src/workers/worker-life.ts';

/** An engine that says it is ready and then computes for ever, without a beat. */
await runWorker('ENGINE', (workerData as WorkerBase).region, parentPort, async ({ ready }) => {
  ready();
  for (;;) Math.random();
});
