import { parentPort, workerData } from 'node:worker_threads';
import { Doorbell, PARK_TIMEOUT_MS } from '../shm/doorbell.ts';
import { WatermarkReader } from '../shm/watermarks.ts';
import { runAsyncDutyCycle, runDutyCycle } from './duty-cycle.ts';
import { ExecutionEvents, NO_EXECUTION_EVENTS } from './execution-events.ts';
import { IntentAccount } from './intent-account.ts';
import { continueTape } from './journalled-tape.ts';
import type { ExecutionWorkerOptions } from './messages.ts';
import { OrderLogHash } from './routed/order-log-hash.ts';
import { RoutedSession } from './routed/routed-session.ts';
import type { RoutedSessionOptions } from './routed/routed-session-options.ts';
import { teeTape } from './routed/tee-tape.ts';
import { ReportOutbox, RoutedExecution } from './routed-execution.ts';
import { TickFeed } from './tick-feed.ts';
import { runWorker, type WorkerContext } from './worker-life.ts';

const options = workerData as ExecutionWorkerOptions;

await runWorker('EXECUTION', options.region, parentPort, async (context) => {
  if (options.routed === null) await accountForIntents(context);
  else routeIntents(context, options.routed);
});

/** With analytic fills, and in the replay of a journal, the engine's own account is the result. */
async function accountForIntents({ region, heartbeat, ready, workDone, tell }: WorkerContext): Promise<void> {
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
  tell({ kind: 'executionDone', entries, exits, routed: null });
}

/** Orders at a simulated venue, in lockstep with the engine: no socket is there, so the thread sleeps for the engine alone. */
function routeIntents({ region, heartbeat, ready, workDone, tell }: WorkerContext, routed: RoutedSessionOptions): void {
  const watermark = options.watermark === null ? null : new WatermarkReader(region, 'engine', options.watermark);
  const recorded = watermark === null ? NO_EXECUTION_EVENTS : new ExecutionEvents(region);
  const events = options.tape === null ? recorded : continueTape(options.tape, recorded);
  const outbox = new ReportOutbox();
  const orderLog = new OrderLogHash();
  const session = new RoutedSession(routed, { reports: outbox, tape: teeTape(orderLog, events) });
  const ticks = options.hasTicks ? new TickFeed(region, (tick) => session.onTick(tick)) : null;
  const execution = new RoutedExecution(region, { session, outbox, watermark, ticks, flush: () => events.flush() });
  ready();
  runDutyCycle(execution, execution, heartbeat);
  workDone();
  events.end();
  const { entries, exits } = execution;
  tell({
    kind: 'executionDone',
    entries,
    exits,
    routed: { ...session.outcome(), orderLogHash: orderLog.digest() },
  });
}
