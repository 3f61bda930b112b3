import { JournalFolder } from '../../src/adapters/journal/journal-folder.ts';
import { DolphinActor } from '../../src/engine/actor.ts';
import { AlphaEngine } from '../../src/engine/engine.ts';
import { PostureTable } from '../../src/engine/posture-source.ts';
import { deriveRunParams } from '../../src/engine/run-params.ts';
import { restoreSnapshot, writeSnapshot } from '../../src/engine/snapshot.ts';
import type { Recording } from '../../src/main/recording/recording.ts';
import { FRAME_END } from '../../src/model/frame.ts';
import { dayFromDate } from '../../src/model/time.ts';
import { DayFrames } from '../../src/replay/day-frames.ts';
import { RECORD_KINDS } from '../../src/replay/journal/record-kind.ts';
import { wordsOf } from '../../src/replay/journal/segment-start.ts';
import { StreamReader } from '../../src/replay/journal/stream-reader.ts';
import { withoutSuspensions } from '../../src/replay/journal/suspensions.ts';
import { decisionHash } from '../../src/report/decision-hash.ts';
import { AdaptiveCircuitBreaker } from '../../src/risk/adaptive-circuit-breaker.ts';
import { BarRingConsumer } from '../../src/shm/bar-ring.ts';
import { requestStop } from '../../src/shm/control.ts';
import { Heartbeat } from '../../src/shm/heartbeats.ts';
import { DEFAULT_SLOTS, SLOT_KIND } from '../../src/shm/layout.ts';
import { CommandRingProducer, IntentRingProducer } from '../../src/shm/record-ring.ts';
import { createRegion, type Region } from '../../src/shm/region.ts';
import { CatchUpEvents } from '../../src/workers/catch-up-events.ts';
import { EngineAgent, RecordingCells } from '../../src/workers/engine-agent.ts';
import type { EngineEvents } from '../../src/workers/engine-events.ts';
import type { OverflowPolicy } from '../../src/workers/event-room.ts';
import { ExecutionEvents } from '../../src/workers/execution-events.ts';
import { FramePublisher, type FrameSource } from '../../src/workers/frame-publisher.ts';
import { IntentAccount } from '../../src/workers/intent-account.ts';
import { IntentOutlet } from '../../src/workers/intent-outlet.ts';
import { JournalAgent } from '../../src/workers/journal-agent.ts';
import { JournalledCells } from '../../src/workers/journalled-inputs.ts';
import { publishJournalled } from '../../src/workers/publish-journal.ts';
import { RecordedEvents } from '../../src/workers/recorded-events.ts';
import { RegionCells } from '../../src/workers/region-cells.ts';
import type { ResumePoint } from '../../src/workers/resume-point.ts';
import { snapshotIdentity, stateHash, stateHashBytes } from '../../src/workers/state-hash.ts';
import type { RecordedRun } from './recorded-run.ts';

const ENDED = 0;

/** Room for every frame of a journal: nobody takes one while a journal is published. */
const SHAPE = { ...DEFAULT_SLOTS, barSlots: 1 << 14, executionEventBytes: 1 << 17 };

/** What a test wants otherwise than a replay has it. */
export interface LifeOptions {
  readonly overflow: OverflowPolicy;
  readonly engineEventBytes: number;
  /** Frames between two turns of the agents: less than what comes of them fits into any ring. */
  readonly framesPerTurn: number;
  /** Asked before each turn: true while the journal's thread gets none. */
  isJournalStalled(nextFrame: number): boolean;
}

const AS_REPLAYED: LifeOptions = {
  overflow: 'wait',
  engineEventBytes: 1 << 21,
  framesPerTurn: 512,
  isJournalStalled: () => false,
};

/** How a life ended. */
export interface LifeEnd {
  readonly stateHash: string;
  readonly decisionHash: string;
}

/**
 * One life of a recorded run, from its journal to the end of its data: the agents of all worker threads, each given its
 * turn on this one. Composed as the worker entries compose them.
 */
export class OneThreadLife {
  readonly region: Region;
  private readonly options: LifeOptions;
  private readonly run: RecordedRun;
  private readonly recording: Recording;
  private readonly publisher: FramePublisher;
  private readonly events: EngineEvents;
  private readonly actor: DolphinActor;
  private readonly engine: EngineAgent;
  private readonly journal: JournalAgent;
  private readonly account: IntentAccount;
  private readonly executionEvents: ExecutionEvents;
  private readonly orders: CommandRingProducer;
  private readonly snapshot: () => Uint8Array;
  private readonly alpha: AlphaEngine;
  private nextFrame = 0;
  /** What the journal has of earlier lives. */
  private readonly before: { readonly frames: number; readonly commands: number };

  constructor(run: RecordedRun, recording: Recording, options = AS_REPLAYED) {
    this.options = options;
    const { inputs, universe, rules } = run.source;
    this.run = run;
    this.recording = recording;
    this.region = createRegion({
      assets: universe.length,
      hasAssetSignals: false,
      ...SHAPE,
      engineEventBytes: options.engineEventBytes,
    });
    const { region } = this;
    this.publisher = new FramePublisher(region, 'park', new Heartbeat(region, 'MARKET_DATA'), null);
    this.orders = new CommandRingProducer(region);

    const params = deriveRunParams(inputs.config, universe, inputs.barIntervalMs);
    const identity = snapshotIdentity(params, rules);
    this.snapshot = () => writeSnapshot(this.actor, identity);
    const frames = new BarRingConsumer(region);
    this.events = this.openEvents();
    const { recovered, standing } = recording;
    this.before = recovered === null ? { frames: 0, commands: 0 } : inputsOf(recording.dir);
    const intents = new IntentRingProducer(region);
    const outlet = new IntentOutlet(region, intents, frames.frame, this.events, recovered?.firstUntaken ?? 0);
    const engine = new AlphaEngine(params, outlet);
    engine.setAcb(new AdaptiveCircuitBreaker(inputs.factors));
    const journalledCells = recovered === null ? null : new JournalledCells();
    this.actor = new DolphinActor(
      engine,
      {
        posture: new PostureTable(inputs.safety),
        cells: new RecordingCells(journalledCells ?? new RegionCells(region), this.events),
        onDayEnd: (result) =>
          this.events.dayEnd(dayFromDate(result.date), result, () => stateHashBytes(this.snapshot())),
        onInterrupted: () => undefined,
      },
      rules,
    );
    if (standing.state !== null) restoreSnapshot(this.actor, identity, standing.state);
    this.engine = new EngineAgent(region, {
      frames,
      engine,
      actor: this.actor,
      events: this.events,
      journalledCells,
      lockstep: null,
    });
    this.alpha = engine;
    this.executionEvents = new ExecutionEvents(region);
    this.account = new IntentAccount(region, {
      watermark: 'written',
      accounted: recovered?.accounted ?? { entries: 0, exits: 0 },
      events: this.executionEvents,
    });
    this.journal = this.openJournal();
  }

  /** Lives to the end of the data. @returns what the machine was at its end. */
  toTheEnd(): LifeEnd {
    this.journal.flush(Date.now());
    const resumePoint = this.catchUp();
    this.nextFrame = this.before.frames;
    let given = this.before.commands;
    for (const { block, day } of this.run.days) {
      const frames = new DayFrames(block, day);
      resumePoint?.skip(frames);
      while (frames.hasNext) {
        const order = this.run.commands[given];
        if (order !== undefined && order.beforeFrame === this.nextFrame) {
          this.obey(order.kind);
          given += 1;
        } else {
          const untilOrder = (order?.beforeFrame ?? Number.POSITIVE_INFINITY) - this.nextFrame;
          this.feed(frames, day, Math.min(this.options.framesPerTurn, untilOrder));
        }
      }
    }
    resumePoint?.requireReached();
    return this.end();
  }

  /** The journal's frames, stepped again. */
  private catchUp(): ResumePoint | null {
    const { recovered } = this.recording;
    if (recovered === null) return null;
    const { resumePoint } = publishJournalled(this.publisher, recovered.journalled, this.run.source.universe.length);
    this.turns();
    return resumePoint;
  }

  private feed(frames: DayFrames, day: number, most: number): void {
    let left = most;
    const part: FrameSource = {
      get hasNext() {
        return left > 0 && frames.hasNext;
      },
      get nextNsOfDay() {
        return frames.nextNsOfDay;
      },
      fill: (frame) => {
        left -= 1;
        frames.fill(frame);
      },
    };
    this.publisher.publishDay(part, day);
    this.nextFrame += most - left;
    this.turns();
  }

  private obey(kind: number): void {
    this.orders.record.kind = kind;
    this.orders.record.argument = 0;
    this.orders.offer();
    this.turns();
  }

  /** In the order in which the threads would end. */
  private end(): LifeEnd {
    const { region } = this;
    this.publisher.publishEnd(false);
    this.turns();
    if (!this.actor.hasEnded) throw new Error('the engine has not taken the END frame');
    const state = this.snapshot();
    this.events.end(ENDED, () => stateHashBytes(state));
    this.events.publish();
    if (this.events.isCatchingUp) throw new Error('the engine has not come to the end of its journal');
    this.turns();
    new Heartbeat(region, 'ENGINE').setState('STOPPED');
    requestStop(region);
    if (!this.account.isDone()) throw new Error('execution has not taken every intent');
    this.executionEvents.end();
    this.turns();
    new Heartbeat(region, 'EXECUTION').setState('STOPPED');
    if (!this.journal.isDone()) throw new Error('the journal has not written every event');
    this.journal.close(Date.now());
    return { stateHash: stateHash(state), decisionHash: decisionHash(this.alpha.run().trades) };
  }

  /** Gives every agent its turn until none has work. */
  private turns(): void {
    const isStalled = this.options.isJournalStalled(this.nextFrame);
    for (let work = 1; work > 0; ) {
      work = this.engine.doWork() + (isStalled ? 0 : this.journal.doWork()) + this.account.doWork();
    }
  }

  private openEvents(): EngineEvents {
    const recorded = new RecordedEvents(this.region, this.options.overflow, () => this.snapshot());
    const journalled = this.recording.recovered?.journalled ?? null;
    if (journalled === null) return recorded;
    const reader = new StreamReader(JournalFolder.open(journalled.dir), 'ENGINE');
    return new CatchUpEvents(withoutSuspensions(reader.records(journalled.fromSequence), false), recorded);
  }

  private openJournal(): JournalAgent {
    const { dir, fsync, segmentBytes, engine, execution } = this.recording;
    const onSegmentClosed = () => undefined;
    return new JournalAgent(
      this.region,
      JournalFolder.open(dir),
      { stream: 'engine', writer: { ...engine, fsync, segmentBytes }, onSegmentClosed },
      { stream: 'execution', writer: { ...execution, fsync, segmentBytes }, onSegmentClosed },
      () => null,
    );
  }
}

/** Frames of the market and orders of the operator that a journal has. */
function inputsOf(dir: string): { frames: number; commands: number } {
  const inputs = { frames: 0, commands: 0 };
  for (const { kind, payload } of new StreamReader(JournalFolder.open(dir), 'ENGINE').records()) {
    if (kind === RECORD_KINDS.COMMAND) inputs.commands += 1;
    if (kind === RECORD_KINDS.FRAME && wordsOf(payload)[SLOT_KIND >> 2] !== FRAME_END) inputs.frames += 1;
  }
  return inputs;
}
