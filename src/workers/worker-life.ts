import type { MessagePort } from 'node:worker_threads';
import { Heartbeat } from '../shm/heartbeats.ts';
import type { WorkerName } from '../shm/layout.ts';
import { attachRegion, type Region } from '../shm/region.ts';
import { collectGarbage, GcWatch } from './gc-watch.ts';
import { toWorkerError, type WorkerMessage } from './messages.ts';

export interface WorkerContext {
  readonly region: Region;
  readonly heartbeat: Heartbeat;
  /** Announces that everything is allocated and the worker can take work. */
  ready(): void;
  /** Says that the work is over and what follows is only its account; without it the body's end says so. */
  workDone(): void;
  tell(message: WorkerMessage): void;
}

/**
 * The life that all workers share: STARTING, RUNNING, then STOPPED, or FAILED with one message to main. A failure is
 * told and not thrown: main decides what it means for the others.
 */
export async function runWorker(
  worker: WorkerName,
  buffer: SharedArrayBuffer,
  port: MessagePort | null,
  body: (context: WorkerContext) => Promise<void>,
): Promise<void> {
  if (port === null) throw new Error(`${worker} worker must run in a worker thread`);
  const region = attachRegion(buffer);
  const heartbeat = new Heartbeat(region, worker);
  const tell = (message: WorkerMessage) => port.postMessage(message);
  heartbeat.setState('STARTING');
  const gc = new GcWatch();
  const ready = () => {
    collectGarbage();
    gc.begin();
    heartbeat.setState('RUNNING');
    tell({ kind: 'ready', worker });
  };
  try {
    await body({ region, heartbeat, ready, workDone: () => gc.end(), tell });
    tell({ kind: 'gc', worker, count: await gc.read() });
    heartbeat.setState('STOPPED');
  } catch (error) {
    heartbeat.setState('FAILED');
    tell({ kind: 'failed', worker, error: toWorkerError(error) });
  } finally {
    port.close(); // a listening port would keep the thread alive
  }
}
