import type { DolphinActor } from '../engine/actor.ts';
import type { AlphaEngine } from '../engine/engine.ts';
import type { AcbUpdate, LiveCells, PostureUpdate } from '../engine/live-cells.ts';
import { createExecutionReport, type ExecutionReport } from '../model/execution-report.ts';
import {
  FRAME_BAR,
  FRAME_CELLS,
  FRAME_COMMAND,
  FRAME_END,
  FRAME_REPORT,
  FRAME_SCAN,
  type FrameKind,
  type FrameView,
} from '../model/frame.ts';
import { NS_PER_SECOND } from '../model/time.ts';
import type { TradeDetail } from '../model/trade.ts';
import type { BarRingConsumer } from '../shm/bar-ring.ts';
import { isStopRequested } from '../shm/control.ts';
import { readWorkerState } from '../shm/heartbeats.ts';
import { CommandRingConsumer } from '../shm/record-ring.ts';
import type { Region } from '../shm/region.ts';
import { StageHistogram } from '../shm/stage-histogram.ts';
import type { Agent } from './duty-cycle.ts';
import type { EngineEvents, StepOutcome } from './engine-events.ts';
import { type EngineLockstep, isLockstepFrame } from './engine-lockstep.ts';
import { EngineProgress } from './engine-progress.ts';
import {
  FRAME_COMMAND_ARGUMENT,
  FRAME_COMMAND_KIND,
  type JournalledCells,
  readReportFrame,
} from './journalled-inputs.ts';
import { stampNow } from './monotonic-clock.ts';

/** Frames between two releases: the producer is woken early enough, and pays one atomic store for many. */
const RELEASE_EVERY = 16;
const FRAMES_PER_CYCLE = 512;
/** Positions of the agent's stamps. */
const PUBLISHED = 0;
const TAKEN = 1;
const DECIDED = 2;
const FIRST_TAKEN = 3;
const LAST_DECIDED = 4;
const STAMPS = 5;

export interface EngineAgentParts {
  readonly frames: BarRingConsumer;
  readonly engine: AlphaEngine;
  readonly actor: DolphinActor;
  readonly events: EngineEvents;
  /** Told of what the journal says that a step took from the cells; null where the cells themselves are asked. */
  readonly journalledCells: JournalledCells | null;
  /** With routed fills on a simulated venue: execution's half of each step; null where the engine steps alone. */
  readonly lockstep: EngineLockstep | null;
  /** Told of booked trades, in order, each once, between steps; of a state that was restored, of all in it. Default nobody. */
  readonly onTrades?: (trades: readonly TradeDetail[]) => void;
}

/** Wall time of the steps, for the throughput of a run. */
export interface SteppedSpan {
  readonly bars: number;
  readonly seconds: number;
}

/** The engine worker's job: commands, then frames from the bar ring through the actor, each step timed and told. */
export class EngineAgent implements Agent {
  private readonly region: Region;
  private readonly frames: BarRingConsumer;
  private readonly engine: AlphaEngine;
  private readonly actor: DolphinActor;
  private readonly events: EngineEvents;
  private readonly journalledCells: JournalledCells | null;
  private readonly lockstep: EngineLockstep | null;
  private readonly onTrades: EngineAgentParts['onTrades'];
  /** Trades that were told. */
  private tradesTold = 0;
  private readonly report = createExecutionReport();
  private readonly commands: CommandRingConsumer;
  private readonly progress: EngineProgress;
  private readonly ringStage: StageHistogram;
  private readonly stepStage: StageHistogram;
  private readonly outcome: StepOutcome = {
    frameSequence: 0,
    cellsChanged: false,
    intents: 0,
    lifetimeBar: 0,
  };
  /** Monotonic ns. */
  private readonly stamps = new Float64Array(STAMPS);
  private bars = 0;
  /** The kind of frame that a step is taken on. */
  private readonly steppedKind: FrameKind;

  constructor(
    region: Region,
    { frames, engine, actor, events, journalledCells, lockstep, onTrades }: EngineAgentParts,
  ) {
    this.region = region;
    this.frames = frames;
    this.engine = engine;
    this.actor = actor;
    this.events = events;
    this.journalledCells = journalledCells;
    this.lockstep = lockstep;
    this.onTrades = onTrades;
    this.steppedKind = engine.params.stepsPerBar > 1 ? FRAME_BAR : FRAME_SCAN;
    this.commands = new CommandRingConsumer(region);
    this.progress = new EngineProgress(region, actor, frames);
    this.ringStage = new StageHistogram(region, 'ring');
    this.stepStage = new StageHistogram(region, 'step');
  }

  /** For the idle strategy: there is something to take, or nobody will bring anything any more. */
  readonly isReady = (): boolean => this.frames.isDataReady() || this.commands.isDataReady() || this.isDone();

  doWork(): number {
    const { frames } = this;
    let work = this.obeyCommands();
    let taken = 0;
    while (taken < FRAMES_PER_CYCLE && !this.actor.hasEnded && frames.poll()) {
      this.take(frames.frame);
      taken++;
      if (taken % RELEASE_EVERY === 0) this.release();
    }
    work += taken;
    if (work > 0) this.release();
    return work;
  }

  /** Done after the END frame, or when a stop is asked and market data has ended without one. */
  isDone(): boolean {
    if (this.actor.hasEnded) return true;
    if (!isStopRequested(this.region)) return false;
    const state = readWorkerState(this.region, 'MARKET_DATA');
    return (state === 'FAILED' || state === 'STOPPED') && this.frames.available() === 0;
  }

  /** Bars so far, and the wall time from the first to the last. */
  steppedSpan(): SteppedSpan {
    const ns = this.stamps[LAST_DECIDED]! - this.stamps[FIRST_TAKEN]!;
    return { bars: this.bars, seconds: this.bars === 0 ? 0 : ns / NS_PER_SECOND };
  }

  private release(): void {
    this.events.publish();
    this.frames.release();
    this.progress.tellFrames();
    if (this.onTrades !== undefined && this.engine.tradesBooked > this.tradesTold) this.tellTrades(this.onTrades);
  }

  /** Allocates. */
  private tellTrades(onTrades: (trades: readonly TradeDetail[]) => void): void {
    onTrades(this.engine.tradesFrom(this.tradesTold));
    this.tradesTold = this.engine.tradesBooked;
  }

  /** The operator's orders, at the top of a cycle. While it catches up the machine obeys those of the journal alone. */
  private obeyCommands(): number {
    if (this.events.isCatchingUp) return 0;
    const { commands } = this;
    let work = 0;
    while (commands.poll()) {
      this.events.command(commands.record);
      this.actor.onCommand(commands.record.kind);
      work++;
    }
    if (work > 0) {
      this.progress.tellTradingState();
      commands.release();
    }
    return work;
  }

  private take(frame: FrameView): void {
    if (frame.kind === FRAME_CELLS) this.journalledCells?.prepare(frame);
    else if (frame.kind === FRAME_COMMAND) this.obeyJournalled(frame);
    else if (frame.kind === FRAME_REPORT) this.takeJournalledReport(frame);
    else this.step(frame);
  }

  private obeyJournalled(frame: FrameView): void {
    const { record } = this.commands;
    record.kind = frame.payload[FRAME_COMMAND_KIND]!;
    record.argument = frame.payload[FRAME_COMMAND_ARGUMENT]!;
    this.events.command(record);
    this.actor.onCommand(record.kind);
  }

  private takeJournalledReport(frame: FrameView): void {
    readReportFrame(frame, this.report);
    this.takeReport(this.report);
  }

  private takeReport(report: ExecutionReport): void {
    this.events.report(report);
    this.actor.onReport(report);
  }

  private step(frame: FrameView): void {
    const { engine, lockstep } = this;
    if (lockstep === null || !isLockstepFrame(frame.kind)) {
      this.decide(frame, engine.intentsDecided);
      return;
    }
    const intentsBefore = engine.intentsDecided;
    lockstep.begin(frame, this.frames.slotOffset);
    for (let i = 0; i < lockstep.reportCount; i++) this.takeReport(lockstep.reportAt(i));
    this.decide(frame, intentsBefore);
    // Execution holds the intents back until the journal has them, and the engine would wait for execution.
    if (engine.intentsDecided !== intentsBefore) this.events.publish();
    lockstep.done(frame);
  }

  /** @param intentsBefore - intents decided before anything of this step was taken. */
  private decide(frame: FrameView, intentsBefore: number): void {
    const { actor, engine, events, stamps } = this;
    stamps[PUBLISHED] = frame.publishedNs;
    stampNow(stamps, TAKEN);
    this.ringStage.recordBetween(stamps, PUBLISHED, TAKEN);
    actor.mayEnter = events.frame(frame, this.frames.slotOffset);
    actor.onFrame(frame);
    if (frame.kind === FRAME_END) this.progress.tellEnd(frame);
    if (frame.kind !== FRAME_SCAN && frame.kind !== FRAME_BAR) return;
    stampNow(stamps, DECIDED);
    this.stepStage.recordBetween(stamps, TAKEN, DECIDED);
    if (frame.kind === this.steppedKind) this.countBar();
    const { outcome } = this;
    outcome.frameSequence = frame.sequence;
    outcome.cellsChanged = actor.cellsChanged;
    outcome.intents = engine.intentsDecided - intentsBefore;
    outcome.lifetimeBar = engine.lifetimeBar;
    events.step(outcome, stamps, DECIDED);
  }

  private countBar(): void {
    const { stamps } = this;
    if (this.bars === 0) stamps[FIRST_TAKEN] = stamps[TAKEN]!;
    stamps[LAST_DECIDED] = stamps[DECIDED]!;
    this.bars++;
  }
}

/** Tells the journal of every value that a step takes from the cells. */
export class RecordingCells implements LiveCells {
  private readonly cells: LiveCells;
  private readonly events: EngineEvents;

  constructor(cells: LiveCells, events: EngineEvents) {
    this.cells = cells;
    this.events = events;
  }

  acbVersion(): number {
    return this.cells.acbVersion();
  }

  postureVersion(): number {
    return this.cells.postureVersion();
  }

  mcVersion(): number {
    return this.cells.mcVersion();
  }

  takeAcb(update: AcbUpdate): boolean {
    const isNew = this.cells.takeAcb(update);
    if (isNew) this.events.acbTaken(update);
    return isNew;
  }

  takePosture(update: PostureUpdate): boolean {
    const isNew = this.cells.takePosture(update);
    if (isNew) this.events.postureTaken(update);
    return isNew;
  }
}
