import { parentPort, workerData } from 'node:worker_threads';
import { runDutyCycle } from '../../../src/workers/duty-cycle.ts';
import type { ExecutionWorkerOptions } from '../../../src/workers/messages.ts';
import { RoutedSession } from '../../../src/workers/routed/routed-session.ts';
import type { RoutedSessionOptions } from '../../../src/workers/routed/routed-session-options.ts';
import { ReportOutbox, RoutedExecution } from '../../../src/workers/routed-execution.ts';
import { runWorker } from '../../../src/workers/worker-life.ts';

const options = workerData as ExecutionWorkerOptions & { failAtFrame: number };
/** The engine sees that execution has failed, and says what that means for it, long before main hears why. */
const TELLS_LATE_MS = 200;

/** Execution in lockstep whose venue breaks at one frame, with the engine waiting for it. */
await runWorker('EXECUTION', options.region, parentPort, async ({ region, heartbeat, ready }) => {
  const outbox = new ReportOutbox();
  const fail = (sequence: number): never => {
    heartbeat.setState('FAILED');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TELLS_LATE_MS);
    throw new Error(`venue failed on purpose at frame ${sequence}`);
  };
  const session = new RoutedSession(options.routed as RoutedSessionOptions, {
    reports: outbox,
    tape: { write: () => undefined },
  });
  const failing = {
    onFrame: (frame: Parameters<RoutedSession['onFrame']>[0]) => {
      if (frame.sequence === options.failAtFrame) fail(frame.sequence);
      session.onFrame(frame);
    },
    onIntent: (intent: Parameters<RoutedSession['onIntent']>[0]) => session.onIntent(intent),
    stopWorking: () => session.stopWorking(),
  };
  const parts = { session: failing, outbox, watermark: null, ticks: null, flush: () => undefined };
  const execution = new RoutedExecution(region, parts);
  ready();
  runDutyCycle(execution, execution, heartbeat);
});
