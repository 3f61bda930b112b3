import { FLAG_INTERRUPTED, FRAME_END, FRAME_SCAN, type FrameView } from '../model/frame.ts';
import { NS_PER_MS } from '../model/time.ts';
import type { Pacing } from '../replay/pacing.ts';
import { BarRingProducer } from '../shm/bar-ring.ts';
import { isStopRequested } from '../shm/control.ts';
import { Gauge } from '../shm/counters.ts';
import { Doorbell, PARK_TIMEOUT_MS } from '../shm/doorbell.ts';
import type { Heartbeat } from '../shm/heartbeats.ts';
import { readWorkerState } from '../shm/heartbeats.ts';
import type { WaitMode } from '../shm/idle.ts';
import { createIdleStrategy, type IdleStrategy } from '../shm/idle.ts';
import type { Region } from '../shm/region.ts';
import { StageHistogram } from '../shm/stage-histogram.ts';
import { monotonicNs } from './monotonic-clock.ts';
import type { TickPublisher } from './publish-ticks.ts';
import type { ScannerClient } from './scanner-inbox.ts';

/** Frames per publication at full speed; a paced replay publishes every frame, as live does. */
const BATCH_FRAMES = 16;

/** Frames in their order, as a publisher takes them: {@link DayFrames}. */
export interface FrameSource {
  readonly hasNext: boolean;
  /** Venue time of the next frame, ns of the day. */
  readonly nextNsOfDay: number;
  fill(frame: FrameView): void;
}

/**
 * The market-data worker's end of the bar ring in replay: it waits when the ring is full, so that nothing is lost, and
 * keeps an ear on the stop flag in every wait.
 */
export class FramePublisher {
  private readonly region: Region;
  private readonly ring: BarRingProducer;
  private readonly heartbeat: Heartbeat;
  private readonly published: Gauge;
  private readonly sourceStage: StageHistogram;
  private readonly space: Doorbell;
  private readonly idle: IdleStrategy;
  private readonly pacing: Pacing | null;
  private readonly batch: number;
  private readonly isStopping: () => boolean;
  private readonly scanner: ScannerClient | null;
  private readonly ticks: TickPublisher | null;
  private unpublished = 0;
  /** Monotonic ns of the batch at full speed; of the moment at which the next frame is due when paced. */
  private dueNs = 0.5;

  /**
   * @param pacing - null for as fast as the engine takes the frames.
   * @param scanner - gives the scans of days their signals; null where they have them.
   * @param ticks - what happens between the frames of days; null where nobody asks for it.
   */
  constructor(
    region: Region,
    wait: WaitMode,
    heartbeat: Heartbeat,
    pacing: Pacing | null,
    scanner: ScannerClient | null = null,
    ticks: TickPublisher | null = null,
  ) {
    this.region = region;
    this.heartbeat = heartbeat;
    this.scanner = scanner;
    this.ticks = ticks;
    this.pacing = pacing;
    this.batch = pacing === null ? BATCH_FRAMES : 1;
    this.ring = new BarRingProducer(region);
    this.published = new Gauge(region, 'framesPublished');
    this.sourceStage = new StageHistogram(region, 'source');
    this.space = new Doorbell(region, 'barSpace');
    this.isStopping = () => isStopRequested(region);
    const isReady = () => this.ring.isSpaceReady() || this.isStopping();
    this.idle = createIdleStrategy(wait, this.space, isReady);
  }

  /** True when the engine has nothing left to do: it waits for us. */
  get isEngineStarved(): boolean {
    return this.ring.freeSlots() === this.region.shape.barSlots;
  }

  /** Numbers the frames that come from here on. */
  numberFrom(sequence: number): void {
    this.ring.nextSequence = sequence;
  }

  /** Gives a SCAN frame its signals, where those of a day are computed scan by scan. */
  fillSignals(frame: FrameView): void {
    if (frame.kind === FRAME_SCAN) this.scanner?.fill(frame);
  }

  /** Publishes what the source has of a day, in order; false when a stop cut it short. */
  publishDay(frames: FrameSource, day: number): boolean {
    while (frames.hasNext) {
      if (!this.publishTicksUntil(day, frames.nextNsOfDay)) return false;
      const frame = this.claim(day, frames.nextNsOfDay);
      if (frame === null) return false;
      frames.fill(frame);
      this.fillSignals(frame);
      if (!this.commit()) return false;
    }
    this.flush();
    return true;
  }

  /**
   * Publishes the ticks that come before a frame of this time, behind every frame before them; at the end of the data those
   * that are left, with day Infinity. When paced they are early: their order counts, not the clock. False on a stop.
   */
  publishTicksUntil(day: number, nsOfDay: number): boolean {
    if (!this.ticks?.isNextUntil(day, nsOfDay)) return true;
    this.flush();
    return this.ticks.publishUntil(day, nsOfDay);
  }

  /** A slot to fill with a frame of this venue time, when that is due; null on a stop. Then {@link commit}. */
  claim(day: number, nsOfDay: number): FrameView | null {
    if (this.pacing !== null && !this.waitUntilDue(day, nsOfDay, this.pacing)) return null;
    return this.claimSlot() ? this.ring.frame : null;
  }

  /** A slot for a frame whose time is over, whatever the pace: it was taken before a crash. Then {@link commit}. */
  claimPast(): FrameView | null {
    this.dueNs = monotonicNs();
    return this.claimSlot() ? this.ring.frame : null;
  }

  /** A slot for what travels in front of the next frame without being one. Then {@link commitUnnumbered}. */
  claimInput(): FrameView | null {
    return this.claimSlot() ? this.ring.frame : null;
  }

  /** Ends the claimed frame; false when a stop was asked. */
  commit(): boolean {
    this.stamp();
    this.ring.commit();
    if (++this.unpublished < this.batch) return true;
    this.flush();
    return !this.isStopping();
  }

  commitUnnumbered(): void {
    this.ring.commitUnnumbered();
    this.unpublished++;
  }

  /** Publishes the END frame, the last of a run. Gives up when the engine is gone. */
  publishEnd(isInterrupted: boolean): void {
    while (!this.ring.claim()) {
      if (readWorkerState(this.region, 'ENGINE') !== 'RUNNING') return;
      this.heartbeat.beat();
      this.space.park(this.ring.isSpaceReady, PARK_TIMEOUT_MS);
    }
    fillEndFrame(this.ring.frame, isInterrupted);
    this.dueNs = monotonicNs(); // it is due when it is told, whatever the pace
    this.stamp();
    this.ring.commit();
    this.flush();
  }

  flush(): void {
    this.unpublished = 0;
    this.heartbeat.beat();
    this.ring.publish();
    this.published.set(this.ring.published);
  }

  /** One reading of the clock per frame when paced, and per batch at full speed, where nothing is ever due. */
  private stamp(): void {
    const { frame } = this.ring;
    if (this.pacing === null) {
      if (this.unpublished === 0) this.dueNs = monotonicNs();
      frame.receivedNs = this.dueNs;
      frame.publishedNs = this.dueNs;
      return;
    }
    frame.receivedNs = this.dueNs;
    frame.publishedNs = monotonicNs();
    this.sourceStage.record(frame.publishedNs - frame.receivedNs);
  }

  /** Waits until a slot is claimed; false on a stop. */
  private claimSlot(): boolean {
    if (this.ring.claim()) return true;
    this.flush();
    while (!this.ring.claim()) {
      if (this.isStopping()) return false;
      this.heartbeat.beat();
      this.idle.idle();
    }
    return true;
  }

  private waitUntilDue(day: number, nsOfDay: number, pacing: Pacing): boolean {
    let waitMs = pacing.msUntilDue(day, nsOfDay, performance.now());
    // The planned time, so that a late publication is part of the frame's latency.
    this.dueNs = monotonicNs() + waitMs * NS_PER_MS;
    while (waitMs > 0) {
      if (this.isStopping()) return false;
      this.heartbeat.beat();
      this.space.park(this.isStopping, Math.min(waitMs, PARK_TIMEOUT_MS));
      waitMs = pacing.msUntilDue(day, nsOfDay, performance.now());
    }
    return !this.isStopping();
  }
}

/** It has no time and no asset: whatever frame stood in the view before, its bytes in a journal are the same. */
function fillEndFrame(frame: FrameView, isInterrupted: boolean): void {
  frame.kind = FRAME_END;
  frame.flags = isInterrupted ? FLAG_INTERRUPTED : 0;
  frame.assetIndex = -1;
  frame.tsEventDay = 0;
  frame.tsEventNsOfDay = 0;
  frame.tsRecvDay = 0;
  frame.tsRecvNsOfDay = 0;
  frame.tsTakeDay = 0;
  frame.tsTakeNsOfDay = 0;
  frame.scanNumber = 0;
}
