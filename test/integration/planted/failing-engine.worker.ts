import { parentPort, workerData } from 'node:worker_threads';
import { DolphinActor } from '../../../src/engine/actor.ts';
import { AlphaEngine } from '../../../src/engine/engine.ts';
import { NO_CELLS } from '../../../src/engine/live-cells.ts';
import { PostureTable } from '../../../src/engine/posture-source.ts';
import { deriveRunParams } from '../../../src/engine/run-params.ts';
import type { FrameView } from '../../../src/model/frame.ts';
import { BarRingConsumer } from '../../../src/shm/bar-ring.ts';
import { Doorbell } from '../../../src/shm/doorbell.ts';
import { createIdleStrategy } from '../../../src/shm/idle.ts';
import { IntentRingProducer } from '../../../src/shm/record-ring.ts';
import { runDutyCycle } from '../../../src/workers/duty-cycle.ts';
import { EngineAgent } from '../../../src/workers/engine-agent.ts';
import { NO_EVENTS } from '../../../src/workers/engine-events.ts';
import { EngineLockstep } from '../../../src/workers/engine-lockstep.ts';
import { IntentOutlet } from '../../../src/workers/intent-outlet.ts';
import type { EngineWorkerOptions } from '../../../src/workers/messages.ts';
import { runWorker } from '../../../src/workers/worker-life.ts';

const options = workerData as EngineWorkerOptions & { failAtFrame: number };

class FailingActor extends DolphinActor {
  override onFrame(frame: FrameView): void {
    if (frame.sequence === options.failAtFrame) throw new Error(`failed on purpose at frame ${frame.sequence}`);
    super.onFrame(frame);
  }
}

/** The engine worker with an actor that throws at one frame. */
await runWorker('ENGINE', options.region, parentPort, async ({ region, heartbeat, ready }) => {
  const params = deriveRunParams(options.config, options.universe, options.barIntervalMs, options.fills);
  const frames = new BarRingConsumer(region);
  const intents = new IntentRingProducer(region);
  const engine = new AlphaEngine(params, new IntentOutlet(region, intents, frames.frame, NO_EVENTS, 0));
  const ports = {
    posture: new PostureTable(options.safety),
    cells: NO_CELLS,
    onDayEnd: () => undefined,
    onInterrupted: () => undefined,
  };
  const actor = new FailingActor(engine, ports, 'replay');
  const agent = new EngineAgent(region, {
    frames,
    engine,
    actor,
    events: NO_EVENTS,
    journalledCells: null,
    lockstep: options.isLockstep ? new EngineLockstep(region, intents) : null,
  });
  ready();
  runDutyCycle(agent, createIdleStrategy(options.wait, new Doorbell(region, 'barData'), agent.isReady), heartbeat);
});
