import type { Tick } from '../model/tick.ts';
import { headOffset, tailOffset, wordIndex } from '../shm/layout.ts';
import type { Region } from '../shm/region.ts';
import { TickRingConsumer } from '../shm/tick-ring.ts';

/**
 * Execution's end of the tick ring: hands ticks out between the frames at which they belong, whatever the sizes of the rings.
 *
 * With a frame in hand every tick up to its time is there ({@link pollUntil}). Without one a tick may be taken at once if no
 * frame before it can still be on its way ({@link pollAhead}): so a ring that is too small for the ticks between two frames
 * is emptied while the second one waits behind it.
 */
export class TickFeed {
  private readonly region: Region;
  private readonly ring: TickRingConsumer;
  private readonly onTick: (tick: Tick) => void;
  private readonly barTail: number;
  private readonly barHead: number;
  /** The ring's record was polled, and lies behind the frame that was asked for. */
  private isHeld = false;
  /** Ticks handed out so far. */
  taken = 0;

  /** @param onTick - takes a tick: a reusable record, valid during the call. */
  constructor(region: Region, onTick: (tick: Tick) => void) {
    this.region = region;
    this.onTick = onTick;
    this.ring = new TickRingConsumer(region);
    this.barTail = wordIndex(tailOffset(region.layout, 'bar'));
    this.barHead = wordIndex(headOffset(region.layout, 'bar'));
  }

  /** Hands out the ticks up to a frame of this time. The frame must be visible, and the one before it worked to its end. */
  pollUntil(day: number, nsOfDay: number): void {
    this.ring.look();
    while (this.isHeld || this.ring.pollSeen()) {
      const { tsEventDay, tsEventNsOfDay } = this.ring.record;
      this.isHeld = tsEventDay > day || (tsEventDay === day && tsEventNsOfDay > nsOfDay);
      if (this.isHeld) break;
      this.handOut();
    }
    this.ring.release();
  }

  /**
   * Hands out the ticks that come before every frame that is not worked yet; none when that cannot be told.
   * @param isIdle - true when every frame that the engine has released is worked to its end: no token of it is left.
   */
  pollAhead(isIdle: () => boolean): void {
    // In this order. A tick that is seen was published behind every frame before it, so the bar tail read next covers
    // them. What is released then, the engine has decided on, so its tokens are there to be asked for.
    if (!this.ring.look() && !this.isHeld) return;
    if (!this.isBarRingEmpty() || !isIdle()) return;
    while (this.isHeld || this.ring.pollSeen()) this.handOut();
    this.ring.release();
  }

  /** Hands out all that is there: at the end of the data. */
  pollAll(): void {
    this.pollUntil(Number.POSITIVE_INFINITY, 0);
  }

  private handOut(): void {
    this.isHeld = false;
    this.taken++;
    this.onTick(this.ring.record);
  }

  private isBarRingEmpty(): boolean {
    const { words } = this.region;
    const tail = Atomics.load(words, this.barTail);
    return tail === Atomics.load(words, this.barHead);
  }
}
