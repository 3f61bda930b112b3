import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { MessageChannel, type Transferable, Worker } from 'node:worker_threads';

/** Starts one worker per job from `file`, waits for the one message of each, and for all of them to end. */
export async function runPair<Job extends object, Outcome>(file: string, jobs: readonly Job[]): Promise<Outcome[]> {
  const url = new URL(file, import.meta.url);
  return await Promise.all(
    jobs.map(async (job) => {
      const transferList = Object.values(job).filter(isPort);
      const worker = new Worker(url, { workerData: job, transferList });
      const [outcome] = (await once(worker, 'message')) as [Outcome];
      await worker.terminate();
      return outcome;
    }),
  );
}

/** Both ends of a fresh message channel. */
export function createPorts(): readonly [MessageChannel['port1'], MessageChannel['port2']] {
  const { port1, port2 } = new MessageChannel();
  return [port1, port2];
}

/** Whether ringbuf.js is installed; says so once on standard error where it is not. */
export function hasRingbuf(): boolean {
  try {
    return existsSync(createRequire(import.meta.url).resolve('ringbuf.js'));
  } catch {
    console.error('SKIPPED ringbuf.js: not installed');
    return false;
  }
}

function isPort(value: unknown): value is Transferable & object {
  return value instanceof Object && 'postMessage' in value;
}
