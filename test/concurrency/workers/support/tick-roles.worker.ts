import { parentPort, workerData } from 'node:worker_threads';
import { FRAME_END } from '../../../../src/model/frame.ts';
import { createIntent, INTENT_STEP_BEGIN, INTENT_STEP_DONE } from '../../../../src/model/intent.ts';
import { BarRingConsumer } from '../../../../src/shm/bar-ring.ts';
import { Doorbell } from '../../../../src/shm/doorbell.ts';
import { Heartbeat } from '../../../../src/shm/heartbeats.ts';
import { INSUFFICIENT_CAPACITY, IntentRingProducer, ReportRingConsumer } from '../../../../src/shm/record-ring.ts';
import { attachRegion, type Region } from '../../../../src/shm/region.ts';
import { FramePublisher } from '../../../../src/workers/frame-publisher.ts';
import { TickPublisher } from '../../../../src/workers/publish-ticks.ts';
import { SeededJitter } from '../../shm/support/seeded-jitter.ts';
import { SCRIPT_DAY, ScriptedFrames, ScriptedTicks, tickScript } from './tick-script.ts';

/** What a thread of the tick test is told; `role` picks its loop. */
export interface TickOrder {
  readonly buffer: SharedArrayBuffer;
  readonly role: 'publish' | 'publish ticks before waiting frames' | 'step' | 'release before the decision';
  readonly frames: number;
  readonly seed: number;
}

const PARK_MS = 50;
const JITTER_TURNS = 20_000;
const { buffer, role, frames, seed } = workerData as TickOrder;
const region = attachRegion(buffer);

/** Lets frames wait for their batch while later ticks are published. */
class UnflushedPublisher extends FramePublisher {
  private readonly late: TickPublisher;

  constructor(where: Region, ticks: TickPublisher) {
    super(where, 'park', new Heartbeat(where, 'MARKET_DATA'), null, null, ticks);
    this.late = ticks;
  }

  override publishTicksUntil(day: number, nsOfDay: number): boolean {
    return this.late.publishUntil(day, nsOfDay);
  }
}

/** The market-data worker: frames and ticks of the script, then the END. */
function publish(isUnflushed: boolean): void {
  const script = tickScript(seed, frames);
  const heartbeat = new Heartbeat(region, 'MARKET_DATA');
  const ticks = new TickPublisher(region, new ScriptedTicks(script), heartbeat);
  const publisher = isUnflushed
    ? new UnflushedPublisher(region, ticks)
    : new FramePublisher(region, 'park', heartbeat, null, null, ticks);
  publisher.publishDay(new ScriptedFrames(script), SCRIPT_DAY);
  publisher.publishTicksUntil(Number.POSITIVE_INFINITY, 0);
  publisher.publishEnd(false);
}

/** The engine: shows each frame to execution, hears that it is done with it, decides, and gives slots back now and then. */
function step(isReleasedEarly: boolean): void {
  const bars = new BarRingConsumer(region);
  const intents = new IntentRingProducer(region);
  const reports = new ReportRingConsumer(region);
  const [bell, reportBell] = [new Doorbell(region, 'barData'), new Doorbell(region, 'reportData')];
  const jitter = new SeededJitter(seed, JITTER_TURNS);
  const token = createIntent();
  new Heartbeat(region, 'ENGINE').setState('RUNNING'); // else nobody waits for room to end with
  const send = (kind: number): void => {
    token.kind = kind;
    token.tsEventDay = bars.frame.kind === FRAME_END ? SCRIPT_DAY + 1 : bars.frame.tsEventDay;
    token.tsEventNsOfDay = bars.frame.tsEventNsOfDay;
    while (intents.offer(token) === INSUFFICIENT_CAPACITY) jitter.pause();
  };
  for (let isOver = false; !isOver; ) {
    if (!bars.poll()) {
      bars.release();
      bell.park(bars.isDataReady, PARK_MS);
      continue;
    }
    send(INTENT_STEP_BEGIN);
    while (!reports.poll()) reportBell.park(reports.isDataReady, PARK_MS);
    reports.release();
    if (isReleasedEarly) bars.release();
    jitter.pause();
    isOver = bars.frame.kind === FRAME_END;
    send(INTENT_STEP_DONE);
  }
  bars.release();
}

if (role === 'step' || role === 'release before the decision') step(role !== 'step');
else publish(role !== 'publish');
parentPort?.postMessage(null);
