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
import { IntentOutlet } from '../../../src/workers/intent-outlet.ts';
import type { EngineWorkerOptions, WorkerMessage } from '../../../src/workers/messages.ts';
import { runWorker } from '../../../src/workers/worker-life.ts';

const PLANTED_VALUES = 16;
const options = workerData as EngineWorkerOptions;
const kept: number[][] = [[]];

class AllocatingActor extends DolphinActor {
  override onFrame(frame: FrameView): void {
    kept[0] = Array.from({ length: PLANTED_VALUES }, () => frame.sequence);
    super.onFrame(frame);
  }
}

/** The engine worker with an actor that allocates a small array per frame, and no result. */
await runWorker('ENGINE', options.region, parentPort, async ({ region, heartbeat, ready, workDone, tell }) => {
  const params = deriveRunParams(options.config, options.universe, options.barIntervalMs);
  const frames = new BarRingConsumer(region);
  const outlet = new IntentOutlet(region, new IntentRingProducer(region), frames.frame, NO_EVENTS, 0);
  const engine = new AlphaEngine(params, outlet);
  const ports = {
    posture: new PostureTable(options.safety),
    cells: NO_CELLS,
    onDayEnd: () => undefined,
    onInterrupted: () => undefined,
  };
  const actor = new AllocatingActor(engine, ports, 'replay');
  const agent = new EngineAgent(region, {
    frames,
    engine,
    actor,
    events: NO_EVENTS,
    journalledCells: null,
    lockstep: null,
  });
  ready();
  runDutyCycle(agent, createIdleStrategy(options.wait, new Doorbell(region, 'barData'), agent.isReady), heartbeat);
  workDone();
  const { entries, exits } = outlet;
  const done: Partial<WorkerMessage> = { kind: 'engineDone', complete: true, entries, exits };
  tell(done as WorkerMessage); // the rest of it is a report's, and there is none
});
