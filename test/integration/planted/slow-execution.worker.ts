import { parentPort, workerData } from 'node:worker_threads';
import { INTENT_ENTRY } from '../../../src/model/intent.ts';
import { readWorkerState } from '../../../src/shm/heartbeats.ts';
import { IntentRingConsumer } from '../../../src/shm/record-ring.ts';
import type { WorkerBase } from '../../../src/workers/messages.ts';
import { runWorker } from '../../../src/workers/worker-life.ts';

/** Milliseconds between two looks at the ring, and intents taken at each: 0 for one that takes none. */
const { napMs, takes, ...options } = workerData as WorkerBase & { napMs: number; takes: number };

/** An execution worker that is much slower than the engine decides. */
await runWorker('EXECUTION', options.region, parentPort, async ({ region, heartbeat, ready, tell }) => {
  const intents = new IntentRingConsumer(region);
  const nap = new Int32Array(new SharedArrayBuffer(4));
  const count = { entries: 0, exits: 0 };
  const isLeft = () => takes > 0 && intents.available() > 0;
  const hasEngineEnded = () => ['STOPPED', 'FAILED'].includes(readWorkerState(region, 'ENGINE'));
  ready();
  while (isLeft() || !hasEngineEnded()) {
    Atomics.wait(nap, 0, 0, napMs);
    heartbeat.beat();
    for (let taken = 0; taken < takes && intents.poll(); taken++) {
      if (intents.record.kind === INTENT_ENTRY) count.entries++;
      else count.exits++;
    }
    intents.release();
  }
  tell({ kind: 'executionDone', ...count, routed: null });
});
