import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerBase } from '../../../src/workers/messages.ts';
import { runWorker } from '../../../src/workers/worker-life.ts';

/** An execution worker that throws as soon as it has said that it is ready. */
await runWorker('EXECUTION', (workerData as WorkerBase).region, parentPort, async ({ ready }) => {
  ready();
  throw new Error('no venue');
});
