import { COMMAND_FLATTEN, COMMAND_HALT, COMMAND_RESET, COMMAND_RESUME } from '../model/command.ts';
import type { DayResult } from '../model/day-result.ts';
import { type ExecutionReport, REPORT_STEP_DONE } from '../model/execution-report.ts';
import {
  FLAG_INTERRUPTED,
  FLAG_LAST_OF_DAY,
  FLAG_STALE,
  FRAME_BAR,
  FRAME_BOOK,
  FRAME_END,
  FRAME_SCAN,
  type FrameView,
} from '../model/frame.ts';
import type { Posture } from '../model/posture.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import { NS_PER_SECOND, nsBetween } from '../model/time.ts';
import { DolphinExecutionStrategy, signalFiltersOf } from './dolphin-execution-strategy.ts';
import type { AlphaEngine } from './engine.ts';
import { blankAcbUpdate, type LiveCells } from './live-cells.ts';
import type { PostureSource } from './posture-source.ts';
import { PostureWatch } from './posture-watch.ts';

const STALE_AFTER_NS = 10 * NS_PER_SECOND;

/** By which rules frames are judged: a journal of a live run is replayed by live rules. */
export type Rules = 'live' | 'replay';

export interface ActorPorts {
  readonly posture: PostureSource;
  readonly cells: LiveCells;
  /** Told of each finished day; may allocate. */
  onDayEnd(result: DayResult): void;
  /** Told, after the unfinished day's result, that the data stopped before its end. */
  onInterrupted(): void;
}

/**
 * DolphinActor: the life cycle of spec 1.0 §5 around the engine. Consumes frames in ring order and decides what a
 * frame means: another day, a repeated scan, stale data. Like the engine it reads no clock: `tsTake` comes with the frame.
 */
export class DolphinActor implements Stateful {
  private readonly engine: AlphaEngine;
  /** The signal-level strategy, which takes scans in the engine's place and hands them on; null without. */
  private readonly front: DolphinExecutionStrategy | null;
  private readonly ports: ActorPorts;
  private readonly rules: Rules;
  /** At `resolution: 5s` and `0.1s`: bars are no frames of ours; bars are steps, and scans bring signals. */
  private readonly ignoresBars: boolean;
  private readonly stepsOnBars: boolean;
  private readonly acbUpdate = blankAcbUpdate();
  /** Null under replay rules: a day keeps the posture that it began with. */
  private readonly watch: PostureWatch | null;
  private day = Number.NEGATIVE_INFINITY;
  private lastScanNumber = Number.NEGATIVE_INFINITY;
  private lastScanNsOfDay = Number.NEGATIVE_INFINITY;
  private scanResetCount = 0;
  private ended = false;
  /** Whether a cell was written while the last step ran: input of the machine, and journalled as such. */
  cellsChanged = false;
  /** False bars entries on the frames that come: while the journal has a gap, nothing new may be begun. */
  mayEnter = true;

  constructor(engine: AlphaEngine, ports: ActorPorts, rules: Rules) {
    this.engine = engine;
    this.ports = ports;
    this.rules = rules;
    const { resolution } = engine.params.config;
    this.front = frontOf(engine);
    this.watch = rules === 'live' ? new PostureWatch(ports.posture, ports.cells) : null;
    this.ignoresBars = resolution === '5s';
    this.stepsOnBars = resolution === '0.1s';
  }

  /** True once the END frame was consumed. */
  get hasEnded(): boolean {
    return this.ended;
  }

  /** True while the operator bars entries. */
  get isHalted(): boolean {
    return this.engine.isHalted;
  }

  /** True while a position that the operator ordered closed waits for a valid price. */
  get isFlattening(): boolean {
    return this.engine.isFlattening;
  }

  /** What a reader of the run's results must know of the days' postures, one sentence each. Allocates. */
  notes(): string[] {
    return this.watch?.notes() ?? [];
  }

  /** What is sized by now: posture with its Rm, ACB boost and beta. */
  get posture(): Posture {
    return this.engine.posture;
  }

  get rm(): number {
    return this.engine.rm;
  }

  get boost(): number {
    return this.engine.boost;
  }

  get beta(): number {
    return this.engine.beta;
  }

  /** Live only: sequences that began anew. */
  get scanResets(): number {
    return this.scanResetCount;
  }

  /**
   * Consumes one frame.
   * @param frame - brings `tsTake` along, the one clock reading of this step; only live rules look at it.
   */
  onFrame(frame: FrameView): void {
    this.cellsChanged = false;
    if (frame.kind === FRAME_END) this.end((frame.flags & FLAG_INTERRUPTED) !== 0);
    else if (frame.kind === FRAME_BAR && this.ignoresBars) return;
    else if (frame.tsEventDay < this.day) this.refuseOldDay(frame.kind);
    else if (frame.kind === FRAME_SCAN) this.onScan(frame);
    else if (frame.kind === FRAME_BAR) this.onBar(frame);
    else if (frame.kind === FRAME_BOOK) this.onBook(frame);
  }

  /**
   * Consumes a report of execution, before the frame of its step (design §3, lockstep).
   * @param report - reusable; not kept. A STEP_DONE says nothing to the machine.
   */
  onReport(report: ExecutionReport): void {
    if (report.kind !== REPORT_STEP_DONE) this.engine.onReport(report);
  }

  /**
   * Obeys an order of the operator, at once and between two frames: what it changes holds from the next frame on. Each may
   * be given again and changes nothing then.
   * @param kind - COMMAND_HALT, RESUME, FLATTEN or RESET of model/command.ts.
   * @throws RangeError on any other kind.
   */
  onCommand(kind: number): void {
    if (kind === COMMAND_HALT) this.engine.halt();
    else if (kind === COMMAND_RESUME) this.engine.resume();
    else if (kind === COMMAND_FLATTEN) this.engine.flatten();
    else if (kind === COMMAND_RESET) this.engine.resetBreaker();
    else throw new RangeError(`command must be HALT, RESUME, FLATTEN or RESET (1 to 4), was ${kind}`);
  }

  /** The whole machine between two frames. What was taken from cells last is input: its versions begin anew. */
  walkState(walk: StateWalk): void {
    this.day = walk.number('day', this.day);
    this.lastScanNumber = walk.number('lastScanNumber', this.lastScanNumber);
    this.lastScanNsOfDay = walk.number('lastScanNsOfDay', this.lastScanNsOfDay);
    this.scanResetCount = walk.count('scanResets', this.scanResetCount, MAX_COUNT);
    this.ended = walk.flag('ended', this.ended);
    walk.part('engine', this.engine);
    walk.part('posture', this.ports.posture);
    if (this.front !== null) walk.part('front', this.front);
    if (this.watch !== null) walk.part('watch', this.watch);
  }

  /** Yesterday's frame after midnight has no day to belong to. */
  private refuseOldDay(kind: number): void {
    if (kind === FRAME_BOOK) this.engine.tally.obRefused++;
    else this.engine.tally.duplicateScans++;
  }

  private onBook(frame: FrameView): void {
    this.enterDay(frame.tsEventDay);
    this.engine.applyBook(frame);
  }

  private onScan(frame: FrameView): void {
    if (this.stepsOnBars) this.onSignal(frame);
    else this.stepOn(frame);
    this.endDayOn(frame);
  }

  private onBar(frame: FrameView): void {
    if (this.stepsOnBars) this.stepOn(frame);
    else this.manageOn(frame);
    this.endDayOn(frame);
  }

  /** The last frame of a day, also one that was dropped: what it was to say of the day holds. */
  private endDayOn(frame: FrameView): void {
    if ((frame.flags & FLAG_LAST_OF_DAY) !== 0) this.engine.onLastOfDay(frame);
  }

  /** A step: on a scan, or at `resolution: 0.1s` on a bar. */
  private stepOn(frame: FrameView): void {
    const { cells } = this.ports;
    const postureVersion = this.watch === null ? cells.postureVersion() : this.watch.listen(); // ①
    const mcVersion = cells.mcVersion();
    if (frame.tsEventDay !== this.day) this.changeDay(frame.tsEventDay); // ②
    this.watch?.honourFall(this.engine, this.day);
    this.applyPendingAcb(); // ①, after the boundary: a new day would discard a value that no step has seen yet
    const isScan = frame.kind === FRAME_SCAN;
    if (!(isScan ? this.acceptScan(frame) : this.acceptBar(frame))) return; // ④ dedup
    const { posture } = this.ports;
    posture.onFrame(frame, true);
    const canEnter = !this.countIfStale(frame) && this.mayEnter && posture.mayEnter;
    // ③ HIBERNATE, ⑤ to ⑦ inside
    if (isScan) (this.front ?? this.engine).step(frame, canEnter);
    else this.engine.stepBar(frame, canEnter);
    this.cellsChanged =
      cells.acbVersion() !== this.acbUpdate.version ||
      cells.postureVersion() !== postureVersion ||
      cells.mcVersion() !== mcVersion;
    if (this.cellsChanged) this.engine.tally.staleStateEvents++; // ⑧
  }

  /** A scan where bars are stepped: it brings the signal and no step, so that an instant is never stepped twice. */
  private onSignal(frame: FrameView): void {
    this.enterDay(frame.tsEventDay);
    if (!this.acceptScan(frame)) return;
    this.engine.holdSignal(frame, !this.countIfStale(frame));
  }

  /** A bar where scans are stepped: exits alone. One that is not later than the last scan tells nothing new. */
  private manageOn(frame: FrameView): void {
    this.enterDay(frame.tsEventDay);
    if (!this.acceptBar(frame) || frame.tsEventNsOfDay <= this.lastScanNsOfDay) return;
    this.ports.posture.onFrame(frame, false);
    this.engine.manageBar(frame);
  }

  /** Bars go forward in time; one that does not is dropped. */
  private acceptBar(frame: FrameView): boolean {
    if (frame.tsEventNsOfDay > this.engine.barNsOfDay) return true;
    this.engine.tally.duplicateScans++;
    return false;
  }

  /**
   * A scan counts once per number and day. Live, venue time decides: a backwards stamp is dropped, a smaller number with a
   * newer stamp is a new sequence after a reconnect (semantics §1).
   */
  private acceptScan(frame: FrameView): boolean {
    const isOldNumber = !(frame.scanNumber > this.lastScanNumber);
    const isOldTime = !(frame.tsEventNsOfDay > this.lastScanNsOfDay);
    if (this.rules === 'live' ? isOldTime : isOldNumber) {
      this.engine.tally.duplicateScans++;
      return false;
    }
    if (isOldNumber) this.scanResetCount++;
    this.lastScanNumber = frame.scanNumber;
    this.lastScanNsOfDay = frame.tsEventNsOfDay;
    return true;
  }

  /** True, and counted, for a frame that is too old on arrival, by its stamps or as its source says; asked under live rules only. */
  private countIfStale(frame: FrameView): boolean {
    if (this.rules === 'replay') return false;
    const ageNs = nsBetween(frame.tsEventDay, frame.tsEventNsOfDay, frame.tsTakeDay, frame.tsTakeNsOfDay);
    if ((frame.flags & FLAG_STALE) === 0 && !(Math.abs(ageNs) > STALE_AFTER_NS)) return false;
    this.engine.tally.staleScans++;
    return true;
  }

  private applyPendingAcb(): void {
    const { acbUpdate, engine } = this;
    if (!this.ports.cells.takeAcb(acbUpdate)) return;
    engine.tally.acbRejected += acbUpdate.refusals;
    if (acbUpdate.hasValue) engine.updateAcbBoost(acbUpdate.boost, acbUpdate.beta);
  }

  /** A frame that is no step may be the first of its day. */
  private enterDay(day: number): void {
    if (day === this.day) return;
    this.watch?.listen();
    this.changeDay(day);
  }

  /** The date is that of `ts_event`; the wall clock is never asked (spec 1.0 §17.7). */
  private changeDay(day: number): void {
    if (this.day !== Number.NEGATIVE_INFINITY) this.ports.onDayEnd(this.engine.endDay());
    const own = this.ports.posture.postureOn(day);
    const { posture, rm } = this.watch?.startOf(own) ?? own;
    this.engine.beginDay(day, posture, rm);
    this.day = day;
    this.lastScanNumber = Number.NEGATIVE_INFINITY;
    this.lastScanNsOfDay = Number.NEGATIVE_INFINITY;
  }

  private end(isInterrupted: boolean): void {
    this.ended = true;
    if (this.day !== Number.NEGATIVE_INFINITY) {
      this.ports.onDayEnd(isInterrupted ? this.engine.suspendDay() : this.engine.endRun());
    }
    if (isInterrupted) this.ports.onInterrupted();
  }
}

function frontOf(engine: AlphaEngine): DolphinExecutionStrategy | null {
  const { config, excluded } = engine.params;
  return config.signals === 'asset' ? new DolphinExecutionStrategy(excluded, signalFiltersOf(config), engine) : null;
}
