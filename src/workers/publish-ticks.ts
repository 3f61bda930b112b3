import { isTickUntil, type TickSource } from '../model/tick.ts';
import { isStopRequested } from '../shm/control.ts';
import { Doorbell, PARK_TIMEOUT_MS } from '../shm/doorbell.ts';
import type { Heartbeat } from '../shm/heartbeats.ts';
import { headOffset, wordIndex } from '../shm/layout.ts';
import { INSUFFICIENT_CAPACITY } from '../shm/record-ring.ts';
import type { Region } from '../shm/region.ts';
import { TickRingProducer } from '../shm/tick-ring.ts';
import { LockstepPatience } from './lockstep-patience.ts';

const FULL_RING_NAP_MS = 1;
const FULL_RING_NAPS_PER_TIMEOUT = PARK_TIMEOUT_MS / FULL_RING_NAP_MS;

/**
 * The market-data worker's end of the tick ring in replay. One order of ticks and frames is published, and the reader finds it
 * again ({@link TickFeed}):
 *
 * ```
 *  every tick up to the time of a frame is in the ring before the frame is visible;
 *  every frame is visible before a tick that comes behind it is in the ring.
 * ```
 * A full ring is waited for. Its reader need not be awake for it: it is rung until there is room.
 */
export class TickPublisher {
  private readonly region: Region;
  private readonly source: TickSource;
  private readonly ring: TickRingProducer;
  private readonly heartbeat: Heartbeat;
  private readonly reader: Doorbell;
  private readonly patience: LockstepPatience;
  private readonly nap = new Int32Array(new SharedArrayBuffer(4));
  private progressSeen = 0;

  /** @throws RangeError when a tick of the source would not fit the ring: {@link TickSource} of whole books needs 8 KiB. */
  constructor(region: Region, source: TickSource, heartbeat: Heartbeat) {
    this.region = region;
    this.source = source;
    this.heartbeat = heartbeat;
    this.ring = new TickRingProducer(region);
    this.reader = new Doorbell(region, 'intentData');
    this.patience = new LockstepPatience(
      () => `market data waits for execution to take tick ${this.ring.published} from a full ring`,
    );
  }

  /** True when a tick comes before a frame of this time. */
  isNextUntil(day: number, nsOfDay: number): boolean {
    return isTickUntil(this.source, day, nsOfDay);
  }

  /**
   * Publishes every tick up to a time, itself included. Frames before it must be visible: none may wait for a batch.
   * @returns false when a stop cut it short.
   * @throws InputError when a file of ticks is damaged. @throws Error without progress for 5 s.
   */
  publishUntil(day: number, nsOfDay: number): boolean {
    while (isTickUntil(this.source, day, nsOfDay)) {
      this.source.take(this.ring.record);
      if (this.ring.write() === INSUFFICIENT_CAPACITY && !this.waitAndWrite()) return false;
    }
    return true;
  }

  private waitAndWrite(): boolean {
    this.patience.reset();
    for (let naps = 1; this.ring.write() === INSUFFICIENT_CAPACITY; naps++) {
      if (isStopRequested(this.region)) return false;
      this.heartbeat.beat();
      this.reader.ring();
      Atomics.wait(this.nap, 0, 0, FULL_RING_NAP_MS);
      if (this.hasProgress()) this.patience.reset();
      else if (naps % FULL_RING_NAPS_PER_TIMEOUT === 0) this.patience.countTimeout();
    }
    return true;
  }

  /** True when ticks or frames were given back since it was asked last: then those who must make room are alive. */
  private hasProgress(): boolean {
    const { words, layout } = this.region;
    const progress = this.ring.releasedBytes + Atomics.load(words, wordIndex(headOffset(layout, 'bar')));
    const isNew = progress !== this.progressSeen;
    this.progressSeen = progress;
    return isNew;
  }
}
