import { FLAG_INTERRUPTED, FRAME_END } from '../model/frame.ts';
import type { DayFrames } from '../replay/day-frames.ts';
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

/** Frames per publication at full speed; a paced replay publishes every frame, as live does. */
const BATCH_FRAMES = 16;

/**
 * The market-data worker's end of the bar ring in replay: it waits when the ring is full, so that nothing is lost, and
 * keeps an ear on the stop flag in every wait.
 */
export class FramePublisher {
  private readonly region: Region;
  private readonly ring: BarRingProducer;
  private readonly heartbeat: Heartbeat;
  private readonly published: Gauge;
  private readonly space: Doorbell;
  private readonly idle: IdleStrategy;
  private readonly pacing: Pacing | null;
  private readonly batch: number;
  private readonly isStopping: () => boolean;

  /** @param pacing - null for as fast as the engine takes the frames. */
  constructor(region: Region, wait: WaitMode, heartbeat: Heartbeat, pacing: Pacing | null) {
    this.region = region;
    this.heartbeat = heartbeat;
    this.pacing = pacing;
    this.batch = pacing === null ? BATCH_FRAMES : 1;
    this.ring = new BarRingProducer(region);
    this.published = new Gauge(region, 'framesPublished');
    this.space = new Doorbell(region, 'barSpace');
    this.isStopping = () => isStopRequested(region);
    const isReady = () => this.ring.isSpaceReady() || this.isStopping();
    this.idle = createIdleStrategy(wait, this.space, isReady);
  }

  /** True when the engine has nothing left to do: it waits for us. */
  get isEngineStarved(): boolean {
    return this.ring.freeSlots() === this.region.shape.barSlots;
  }

  /** Publishes a day's frames in order; false when a stop cut it short. */
  publishDay(frames: DayFrames, day: number): boolean {
    let unpublished = 0;
    while (frames.hasNext) {
      if (this.pacing !== null && !this.waitUntilDue(day, frames.nextNsOfDay, this.pacing)) return false;
      if (!this.ring.claim()) {
        this.flush();
        unpublished = 0;
        if (!this.waitForSpace()) return false;
      }
      frames.fill(this.ring.frame);
      this.ring.commit();
      if (++unpublished === this.batch) {
        this.flush();
        unpublished = 0;
        if (this.isStopping()) return false;
      }
    }
    this.flush();
    return true;
  }

  /** Publishes the END frame, the last of a run. Gives up when the engine is gone. */
  publishEnd(isInterrupted: boolean): void {
    while (!this.ring.claim()) {
      if (readWorkerState(this.region, 'ENGINE') !== 'RUNNING') return;
      this.heartbeat.beat();
      this.space.park(this.ring.isSpaceReady, PARK_TIMEOUT_MS);
    }
    const { frame } = this.ring;
    frame.kind = FRAME_END;
    frame.flags = isInterrupted ? FLAG_INTERRUPTED : 0;
    this.ring.commit();
    this.flush();
  }

  private flush(): void {
    this.heartbeat.beat();
    this.ring.publish();
    this.published.set(this.ring.published);
  }

  /** Waits until a slot is claimed; false on a stop. */
  private waitForSpace(): boolean {
    while (!this.ring.claim()) {
      if (this.isStopping()) return false;
      this.heartbeat.beat();
      this.idle.idle();
    }
    return true;
  }

  private waitUntilDue(day: number, nsOfDay: number, pacing: Pacing): boolean {
    for (;;) {
      if (this.isStopping()) return false;
      const waitMs = pacing.msUntilDue(day, nsOfDay, performance.now());
      if (waitMs <= 0) return true;
      this.heartbeat.beat();
      this.space.park(this.isStopping, Math.min(waitMs, PARK_TIMEOUT_MS));
    }
  }
}
