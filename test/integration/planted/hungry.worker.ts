import { parentPort, Worker, workerData } from 'node:worker_threads';

/** A worker that runs out of memory: itself within 16 MB, told to its thread's owner as V8 tells it. */
if (process.argv.includes('--eat')) {
  const eaten: unknown[] = [];
  for (;;) eaten.push(new Array(1000).fill(eaten.length));
} else {
  const eater = new Worker(new URL(import.meta.url), {
    argv: ['--eat'],
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: 16 },
  });
  eater.on('error', (error) => {
    parentPort?.close();
    throw error;
  });
}
