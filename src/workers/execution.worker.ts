import { parentPort, workerData } from 'node:worker_threads';
import { Doorbell, PARK_TIMEOUT_MS } from '../shm/doorbell.ts';
import { runAsyncDutyCycle } from './duty-cycle.ts';
import { ExecutionEvents, NO_EXECUTION_EVENTS } from './execution-events.ts';
import { IntentAccount } from './intent-account.ts';
import type { ExecutionWorkerOptions } from './messages.ts';
import { runWorker } from './worker-life.ts';

const options = workerData as ExecutionWorkerOptions;

await runWorker('EXECUTION', options.region, parentPort, async ({ region, heartbeat, ready, workDone, tell }) => {
  const { watermark, accounted } = options;
  const events = watermark === null ? NO_EXECUTION_EVENTS : new ExecutionEvents(region);
  const account = new IntentAccount(region, { watermark, accounted, events });
  const bell = new Doorbell(region, 'intentData');
  ready();
  // Never spins: it waits beside sockets and timers, whatever the hot threads do.
  await runAsyncDutyCycle(account, { idle: () => bell.parkAsync(account.isReady, PARK_TIMEOUT_MS) }, heartbeat);
  workDone();
  events.end();
  // Of this life of the run, as the engine counts what it offers.
  const [entries, exits] = [account.entries - accounted.entries, account.exits - accounted.exits];
  tell({ kind: 'executionDone', entries, exits });
});
