import { Worker } from 'node:worker_threads';

/** What a thread of a test is told; `role` picks its loop. */
export interface ThreadOrder {
  readonly buffer: SharedArrayBuffer;
  readonly role: string;
  readonly frames: number;
  readonly seed: number;
}

/** Runs one role of roles.worker.ts in a thread of its own; its answer, or its error. */
export function runThread<T>(order: ThreadOrder): Promise<T> {
  const worker = new Worker(new URL('./roles.worker.ts', import.meta.url), { workerData: order });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`thread ${order.role} ended with ${code} and no answer`)));
  });
}
