import {
  createExecutionReport,
  type ExecutionReport,
  REPORT_STEP_DONE,
  type ReportSink,
} from '../model/execution-report.ts';
import { FRAME_END, type FrameView } from '../model/frame.ts';
import {
  createIntent,
  INTENT_ENTRY,
  INTENT_EXIT,
  INTENT_STEP_BEGIN,
  INTENT_STEP_DONE,
  type Intent,
} from '../model/intent.ts';
import { BarSlotView } from '../shm/bar-slot-view.ts';
import { isStopRequested } from '../shm/control.ts';
import { Gauge } from '../shm/counters.ts';
import { Doorbell, PARK_TIMEOUT_MS, TIMED_OUT } from '../shm/doorbell.ts';
import { readWorkerState } from '../shm/heartbeats.ts';
import { INSUFFICIENT_CAPACITY, IntentRingConsumer, ReportRingProducer } from '../shm/record-ring.ts';
import type { Region } from '../shm/region.ts';
import { StageHistogram } from '../shm/stage-histogram.ts';
import type { WatermarkReader } from '../shm/watermarks.ts';
import type { Agent, Idle } from './duty-cycle.ts';
import { LockstepPatience } from './lockstep-patience.ts';
import { monotonicNs } from './monotonic-clock.ts';
import type { TickFeed } from './tick-feed.ts';

const FULL_RING_NAP_MS = 1;
const FULL_RING_NAPS_PER_TIMEOUT = PARK_TIMEOUT_MS / FULL_RING_NAP_MS;

/** What works the intents: the session of execution machine and simulated venue. */
export interface SteppedSession {
  /** A scan or a bar: all that was due before it, its prices, all that is due at it. */
  onFrame(frame: FrameView): void;
  /** A decision on the last frame. */
  onIntent(intent: Intent): void;
  /** The data is at its end: nothing is left working. */
  stopWorking(): void;
}

export interface RoutedExecutionParts {
  readonly session: SteppedSession;
  /** What the session reported meanwhile. */
  readonly outbox: ReportOutbox;
  /** Behind which an intent may be acted upon; null in a run without a journal. */
  readonly watermark: WatermarkReader | null;
  /** What happens between frames; null where frames are all there is. */
  readonly ticks: TickFeed | null;
  /** Hands on what the session told the journal. */
  readonly flush: () => void;
}

/** Reports that wait for the step in which the engine takes them. */
export class ReportOutbox implements ReportSink {
  private readonly reports: ExecutionReport[] = [];
  private count = 0;

  report(report: ExecutionReport): void {
    if (this.count === this.reports.length) this.reports.push(createExecutionReport());
    Object.assign(this.reports[this.count++]!, report);
  }

  /** Hands them out in order and forgets them. */
  drain(take: (report: ExecutionReport) => void): void {
    for (let i = 0; i < this.count; i++) take(this.reports[i]!);
    this.count = 0;
  }
}

/**
 * Execution in lockstep with the engine (design §3): matches the frame that the engine has before it, tells every report of
 * that and that it is done; then takes the decisions on that frame, behind the journal's watermark, at the frame's time.
 * It stages what comes in whatever it waits for, so that no size of the rings can make the two wait for each other.
 */
export class RoutedExecution implements Agent, Idle {
  /** Intents to enter and to exit, or about an exit, that it took. */
  entries = 0;
  exits = 0;
  private readonly region: Region;
  private readonly parts: RoutedExecutionParts;
  private readonly intents: IntentRingConsumer;
  private readonly reports: ReportRingProducer;
  private readonly slot: BarSlotView;
  private readonly bell: Doorbell;
  private readonly staged: Intent[] = [];
  private readonly token = createExecutionReport();
  private readonly steps: Gauge;
  private readonly entriesGauge: Gauge;
  private readonly exitsGauge: Gauge;
  private readonly handoverStage: StageHistogram;
  private readonly commitStage: StageHistogram;
  private readonly orderStage: StageHistogram;
  private readonly totalStage: StageHistogram;
  private readonly patience: LockstepPatience;
  private readonly nap = new Int32Array(new SharedArrayBuffer(4));
  private stagedCount = 0;
  /** The engine has a frame before it that execution is done with, and decides. */
  private isDeciding = false;
  /** The engine has decided on the frame; its decisions wait for the journal. */
  private isDecided = false;
  private hasEnded = false;
  private step = 0;
  private takenNs = 0.5;

  constructor(region: Region, parts: RoutedExecutionParts) {
    this.region = region;
    this.parts = parts;
    this.intents = new IntentRingConsumer(region);
    this.reports = new ReportRingProducer(region);
    this.slot = new BarSlotView(region);
    this.bell = new Doorbell(region, 'intentData');
    this.steps = new Gauge(region, 'executionSteps');
    this.entriesGauge = new Gauge(region, 'entriesAccounted');
    this.exitsGauge = new Gauge(region, 'exitsAccounted');
    this.handoverStage = new StageHistogram(region, 'handover');
    this.commitStage = new StageHistogram(region, 'commit');
    this.orderStage = new StageHistogram(region, 'order');
    this.totalStage = new StageHistogram(region, 'total');
    this.patience = new LockstepPatience(
      () =>
        `execution waits for the engine in step ${this.step}, the engine has stepped ` +
        `${new Gauge(region, 'framesStepped').value} frames`,
    );
  }

  private readonly isBetweenFrames = (): boolean =>
    !this.isDeciding && !this.isDecided && this.intents.available() === 0;

  /** While the journal is waited for the engine may show its next frame already: that is no reason to be awake. */
  readonly isReady = (): boolean => (this.isDecided ? this.isCovered() : this.intents.available() > 0) || this.isDone();

  doWork(): number {
    let work = 0;
    while (!this.isDecided && this.intents.poll()) {
      this.take(this.intents.record);
      work++;
    }
    if (work > 0) this.intents.release();
    if (this.isDecided && this.isCovered()) {
      this.workIntents();
      work++;
    }
    if (work === 0) work = this.takeTicksAhead();
    if (work > 0) this.parts.flush();
    return work;
  }

  /** Sleeps until the engine or the journal has something for it: between two frames for ever, within a step not for long. */
  idle(): void {
    const outcome = this.bell.park(this.isReady, PARK_TIMEOUT_MS);
    if (outcome === TIMED_OUT && this.isDeciding) this.patience.countTimeout();
  }

  /** Ends behind the END frame, when the engine is gone, and when the journal is that its decisions wait for. */
  isDone(): boolean {
    if (this.hasEnded) return true;
    if (!isStopRequested(this.region)) return false;
    // What a journal that failed will never have is not worked.
    if (this.isDecided && !this.isCovered() && readWorkerState(this.region, 'JOURNAL') === 'FAILED') return true;
    const engine = readWorkerState(this.region, 'ENGINE');
    return (engine === 'STOPPED' || engine === 'FAILED') && this.intents.available() === 0;
  }

  /** Between two frames: makes room for those who cannot publish the next one without it. */
  private takeTicksAhead(): number {
    const { ticks } = this.parts;
    if (ticks === null) return 0;
    const before = ticks.taken;
    ticks.pollAhead(this.isBetweenFrames);
    return ticks.taken - before;
  }

  private take(record: Intent): void {
    if (record.kind === INTENT_STEP_BEGIN) this.begin(record.eventSequence);
    else if (record.kind === INTENT_STEP_DONE) this.isDecided = true;
    else this.stage(record);
    if (record.kind === INTENT_STEP_BEGIN) this.isDeciding = true;
    else if (record.kind === INTENT_STEP_DONE) this.isDeciding = false;
    this.patience.reset();
  }

  /** Step (1): the frame, its reports, then the token. */
  private begin(slotOffset: number): void {
    const { slot, parts, token } = this;
    slot.read(slotOffset);
    if (slot.frame.kind === FRAME_END) {
      parts.ticks?.pollAll();
      parts.session.stopWorking();
    } else {
      parts.ticks?.pollUntil(slot.frame.tsEventDay, slot.frame.tsEventNsOfDay);
      parts.session.onFrame(slot.frame);
    }
    parts.outbox.drain((report) => this.write(report));
    token.kind = REPORT_STEP_DONE;
    token.intentSequence = slot.frame.sequence;
    this.step++;
    this.steps.set(this.step);
    this.write(token);
    this.reports.wake();
  }

  private stage(intent: Intent): void {
    this.takenNs = monotonicNs();
    this.handoverStage.record(this.takenNs - intent.decidedNs);
    if (this.stagedCount === this.staged.length) this.staged.push(createIntent());
    Object.assign(this.staged[this.stagedCount++]!, intent);
  }

  /** Every decision of the frame is on record: the last one's record lies behind the others'. */
  private isCovered(): boolean {
    const { watermark } = this.parts;
    if (watermark === null || this.stagedCount === 0) return true;
    return watermark.covers(this.staged[this.stagedCount - 1]!.eventSequence);
  }

  /** Step (5): the decisions of the frame, at its time. What comes of them is told with the next frame. */
  private workIntents(): void {
    this.hasEnded = this.slot.frame.kind === FRAME_END;
    for (let i = 0; i < this.stagedCount; i++) this.work(this.staged[i]!);
    this.stagedCount = 0;
    this.isDecided = false;
    this.entriesGauge.set(this.entries);
    this.exitsGauge.set(this.exits);
  }

  private work(intent: Intent): void {
    const releasedNs = monotonicNs();
    if (this.parts.watermark !== null) this.commitStage.record(releasedNs - this.takenNs);
    this.totalStage.record(releasedNs - intent.receivedNs);
    if (intent.kind === INTENT_ENTRY) this.entries++;
    else this.exits++;
    // Decided on what the stop itself brought: no market comes any more. On the tape it would say that the run went on.
    if (this.hasEnded) return;
    this.parts.session.onIntent(intent);
    const isOrder = intent.kind === INTENT_ENTRY || intent.kind === INTENT_EXIT;
    if (isOrder) this.orderStage.record(monotonicNs() - intent.decidedNs);
  }

  private write(report: ExecutionReport): void {
    Object.assign(this.reports.record, report);
    this.patience.reset();
    for (let naps = 1; this.reports.write() === INSUFFICIENT_CAPACITY; naps++) {
      // The engine has this frame before it and drains the ring while it waits for the token.
      this.reports.wake();
      Atomics.wait(this.nap, 0, 0, FULL_RING_NAP_MS);
      if (naps % FULL_RING_NAPS_PER_TIMEOUT === 0) this.patience.countTimeout();
    }
  }
}
