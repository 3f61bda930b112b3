import { parentPort, workerData } from 'node:worker_threads';
import { INTENT_ENTRY } from '../model/intent.ts';
import { isStopRequested } from '../shm/control.ts';
import { Gauge } from '../shm/counters.ts';
import { Doorbell, PARK_TIMEOUT_MS } from '../shm/doorbell.ts';
import { readWorkerState } from '../shm/heartbeats.ts';
import { IntentRingConsumer } from '../shm/record-ring.ts';
import type { Region } from '../shm/region.ts';
import { type Agent, runAsyncDutyCycle } from './duty-cycle.ts';
import type { ExecutionWorkerOptions } from './messages.ts';
import { runWorker } from './worker-life.ts';

/**
 * With analytic fills the engine's own account is the result; execution accounts for the intents that reach it, so
 * that the end of a run can say that none was lost on the way.
 */
class IntentAccount implements Agent {
  entries = 0;
  exits = 0;
  readonly isReady: () => boolean;
  private readonly region: Region;
  private readonly intents: IntentRingConsumer;
  private readonly entriesGauge: Gauge;
  private readonly exitsGauge: Gauge;

  constructor(region: Region) {
    this.region = region;
    this.intents = new IntentRingConsumer(region);
    this.entriesGauge = new Gauge(region, 'entriesAccounted');
    this.exitsGauge = new Gauge(region, 'exitsAccounted');
    this.isReady = () => this.intents.isDataReady() || this.isDone();
  }

  doWork(): number {
    let work = 0;
    while (this.intents.poll()) {
      if (this.intents.record.kind === INTENT_ENTRY) this.entries++;
      else this.exits++;
      work++;
    }
    if (work === 0) return 0;
    this.intents.release();
    this.entriesGauge.set(this.entries);
    this.exitsGauge.set(this.exits);
    return work;
  }

  /** Outlives the engine, even one that has not started when the stop comes: its last intents are still to be counted. */
  isDone(): boolean {
    if (!isStopRequested(this.region)) return false;
    const engine = readWorkerState(this.region, 'ENGINE');
    return (engine === 'STOPPED' || engine === 'FAILED') && this.intents.available() === 0;
  }
}

const options = workerData as ExecutionWorkerOptions;

await runWorker('EXECUTION', options.region, parentPort, async ({ region, heartbeat, ready, tell }) => {
  const account = new IntentAccount(region);
  const bell = new Doorbell(region, 'intentData');
  ready();
  // Never spins: it waits beside sockets and timers, whatever the hot threads do.
  await runAsyncDutyCycle(account, { idle: () => bell.parkAsync(account.isReady, PARK_TIMEOUT_MS) }, heartbeat);
  tell({ kind: 'executionDone', entries: account.entries, exits: account.exits });
});
