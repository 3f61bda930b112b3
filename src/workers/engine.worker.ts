import { parentPort, workerData } from 'node:worker_threads';
import { DolphinActor, PostureTable } from '../engine/actor.ts';
import { AlphaEngine } from '../engine/engine.ts';
import { deriveRunParams } from '../engine/run-params.ts';
import { writeSnapshot } from '../engine/snapshot.ts';
import { warmUp } from '../engine/warm-up.ts';
import { AdaptiveCircuitBreaker } from '../risk/adaptive-circuit-breaker.ts';
import { Doorbell } from '../shm/doorbell.ts';
import { createIdleStrategy } from '../shm/idle.ts';
import { runDutyCycle } from './duty-cycle.ts';
import { EngineAgent, RegionCells } from './engine-agent.ts';
import { IntentOutlet } from './intent-outlet.ts';
import type { EngineWorkerOptions } from './messages.ts';
import { snapshotIdentity, stateHash } from './state-hash.ts';
import { runWorker } from './worker-life.ts';

const options = workerData as EngineWorkerOptions;
const RULES = 'replay';

await runWorker('ENGINE', options.region, parentPort, async ({ region, heartbeat, ready, tell }) => {
  const outlet = new IntentOutlet(region);
  const params = deriveRunParams(options.config, options.universe, options.barIntervalMs);
  warmUp(params);
  const engine = new AlphaEngine(params, outlet);
  engine.setAcb(new AdaptiveCircuitBreaker(options.factors));
  let isComplete = true;
  const actor = new DolphinActor(
    engine,
    {
      posture: new PostureTable(options.safety),
      cells: new RegionCells(region),
      onDayEnd: (result) => tell({ kind: 'dayEnd', result }),
      onInterrupted: () => {
        isComplete = false;
      },
    },
    RULES,
  );
  const agent = new EngineAgent(region, actor);
  ready();
  runDutyCycle(agent, createIdleStrategy(options.wait, new Doorbell(region, 'barData'), agent.isReady), heartbeat);
  if (!actor.hasEnded) return; // the source died: main knows why
  tell({
    kind: 'engineDone',
    run: engine.run(),
    stateHash: stateHash(writeSnapshot(actor, snapshotIdentity(params, RULES))),
    complete: isComplete,
    entries: outlet.entries,
    exits: outlet.exits,
    timing: agent.timing(),
  });
});
