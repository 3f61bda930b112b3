import { parentPort, workerData } from 'node:worker_threads';
import { JournalFolder } from '../adapters/journal/journal-folder.ts';
import { DolphinActor } from '../engine/actor.ts';
import { AlphaEngine } from '../engine/engine.ts';
import type { LiveCells } from '../engine/live-cells.ts';
import { deriveRunParams, type RunParams } from '../engine/run-params.ts';
import { restoreSnapshot, writeSnapshot } from '../engine/snapshot.ts';
import { postureSourceOf } from '../engine/survival-postures.ts';
import { dayFromDate } from '../model/time.ts';
import type { TradeDetail } from '../model/trade.ts';
import { StreamReader } from '../replay/journal/stream-reader.ts';
import { withoutSuspensions } from '../replay/journal/suspensions.ts';
import { AdaptiveCircuitBreaker } from '../risk/adaptive-circuit-breaker.ts';
import { BarRingConsumer } from '../shm/bar-ring.ts';
import { Doorbell } from '../shm/doorbell.ts';
import { createIdleStrategy, type IdleStrategy } from '../shm/idle.ts';
import { IntentRingProducer } from '../shm/record-ring.ts';
import type { Region } from '../shm/region.ts';
import { CatchUpEvents } from './catch-up-events.ts';
import { runDutyCycle } from './duty-cycle.ts';
import { EngineAgent, RecordingCells } from './engine-agent.ts';
import { type EngineEvents, NO_EVENTS } from './engine-events.ts';
import { EngineLockstep } from './engine-lockstep.ts';
import { IntentOutlet } from './intent-outlet.ts';
import { JournalledCells } from './journalled-inputs.ts';
import { ResultOutlet } from './memory/result-outlet.ts';
import type { EngineWorkerOptions } from './messages.ts';
import { RecordedEvents } from './recorded-events.ts';
import { RegionCells } from './region-cells.ts';
import { REHEARSE_EVERY_MS, Rehearsal, RehearsingIdle } from './rehearsal.ts';
import { ResumedCells } from './resumed-cells.ts';
import { snapshotIdentity, stateHash, stateHashBytes } from './state-hash.ts';
import { warmUpEngine } from './warm-up-engine.ts';
import { runWorker } from './worker-life.ts';

const options = workerData as EngineWorkerOptions;
const ENDED = 0;
const INTERRUPTED = 1;

await runWorker('ENGINE', options.region, parentPort, async ({ region, heartbeat, ready, workDone, tell }) => {
  const { config, universe, barIntervalMs, rules, fills, journalled } = options;
  const params = deriveRunParams(config, universe, barIntervalMs, fills);
  const identity = snapshotIdentity(params, rules);
  const snapshot = (): Uint8Array => writeSnapshot(actor, identity);
  warmUpEngine(params, options.recording !== null);

  const frames = new BarRingConsumer(region);
  const events = openEvents(region, snapshot);
  const intents = new IntentRingProducer(region);
  const outlet = new IntentOutlet(region, intents, frames.frame, events, options.firstUntaken);
  const engine = new AlphaEngine(params, outlet);
  engine.setAcb(new AdaptiveCircuitBreaker(options.factors));
  const journalledCells = journalled === null ? null : new JournalledCells();
  const posture = postureSourceOf(options.safety, params, engine);
  const results = options.hasMemory === true ? new ResultOutlet(region, events) : null;
  let isComplete = true;
  const actor = new DolphinActor(
    engine,
    {
      posture,
      cells: new RecordingCells(cellsOf(region, journalledCells, events), events),
      onDayEnd: (result) => {
        events.dayEnd(dayFromDate(result.date), result, () => stateHashBytes(snapshot()));
        tell({ kind: 'dayEnd', result });
        if (!actor.hasEnded) results?.dayEnd(result); // the last day is told once it is known to be whole
      },
      onInterrupted: () => {
        isComplete = false;
      },
    },
    rules,
  );
  if (options.state !== null) restoreSnapshot(actor, identity, options.state);
  const lockstep = options.isLockstep ? new EngineLockstep(region, intents) : null;
  const onTrades = (trades: readonly TradeDetail[]) => {
    results?.trades(trades);
    tell({ kind: 'trades', trades });
  };
  // At full speed nobody waits for news, and telling them would be the step's only garbage: the run has them all at its end.
  const telling = options.isPaced || results !== null ? { onTrades } : {};
  const agent = new EngineAgent(region, { frames, engine, actor, events, journalledCells, lockstep, ...telling });
  const idle = idleOf(region, agent, params);
  ready();
  runDutyCycle(agent, idle, heartbeat);
  workDone();
  if (!actor.hasEnded) return; // the source died: main knows why
  const state = snapshot();
  events.end(isComplete ? ENDED : INTERRUPTED, () => stateHashBytes(state));
  events.publish();
  const run = engine.run();
  results?.end(run.days, isComplete);
  tell({
    kind: 'engineDone',
    run: { ...run, warnings: [...run.warnings, ...actor.notes()] },
    survival: posture.run(),
    stateHash: stateHash(state),
    complete: isComplete,
    entries: outlet.entries,
    exits: outlet.exits,
    span: agent.steppedSpan(),
  });
});

/** Frames that come seldom are waited for warm; those that come as fast as they can leave nothing to rehearse. */
function idleOf(region: Region, agent: EngineAgent, params: RunParams): IdleStrategy {
  const bell = new Doorbell(region, 'barData');
  if (!options.isPaced || options.wait !== 'park') return createIdleStrategy(options.wait, bell, agent.isReady);
  const waiting = createIdleStrategy(options.wait, bell, agent.isReady, REHEARSE_EVERY_MS);
  return new RehearsingIdle(waiting, new Rehearsal(params, options.recording !== null));
}

/** Where the machine's cells are: in the region, in the journal that is replayed, or first there and then here. */
function cellsOf(region: Region, journalled: JournalledCells | null, events: EngineEvents): LiveCells {
  if (journalled === null) return new RegionCells(region);
  if (options.recording === null) return journalled;
  return new ResumedCells(journalled, new RegionCells(region), () => events.isCatchingUp);
}

/** Where the machine's events go: nowhere, to the journal, or first through what the journal already has. */
function openEvents(region: Region, snapshot: () => Uint8Array): EngineEvents {
  if (options.recording === null) return NO_EVENTS;
  const recorded = new RecordedEvents(region, options.recording, snapshot);
  if (options.journalled === null) return recorded;
  const { dir, fromSequence, lastSegment, isResumed } = options.journalled;
  const reader = new StreamReader(JournalFolder.open(dir), 'ENGINE', lastSegment);
  return new CatchUpEvents(withoutSuspensions(reader.records(fromSequence), !isResumed), recorded);
}
