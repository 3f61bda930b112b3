import type { FrameView } from '../model/frame.ts';
import {
  blankFrame,
  pointFrameAt,
  readSlotHeader,
  type SlotVectors,
  slotVectors,
  writeSlotHeader,
} from './bar-slot.ts';
import { Counter } from './counters.ts';
import { Doorbell } from './doorbell.ts';
import { headOffset, tailOffset, wordIndex } from './layout.ts';
import type { Region } from './region.ts';

/*
 * The bar ring: one producer (market-data worker), one gating consumer (engine), any number of observers.
 *
 *        head               cachedTail     tail          next
 *   ───────┼─────────────────────┼──────────┼─────────────┼───────
 *   free   │  published, the engine reads   │  claimed,   │  free
 *          │  in place                      │  committed  │
 *
 * Indices are Int32 and wrap; they are compared by (a - b) | 0. A slot is never written before the engine released
 * it. When the ring is full the caller decides: replay waits (isSpaceReady, bell barSpace), live drops the new frame
 * (dropNewest).
 */

/** Writing side. Market-data worker only. */
export class BarRingProducer {
  /** The claimed slot: set its header fields, write straight into its vectors. Valid from claim() to commit(). */
  readonly frame: FrameView;
  /** Slots published so far. */
  published = 0;
  /** Number of the next frame of the market; a run that goes on after a crash does not begin anew. */
  nextSequence = 0;
  /** True when enough slots are free for a waiting producer to go on; for {@link Doorbell.park} on barSpace. */
  readonly isSpaceReady: () => boolean;

  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #ringOffset: number;
  readonly #strideBytes: number;
  readonly #vectors: readonly SlotVectors[];
  readonly #slots: number;
  readonly #tail: number;
  readonly #head: number;
  readonly #claim: number;
  readonly #claimStep: number;
  readonly #bell: Doorbell;
  readonly #dropped: Counter;
  #next: number;
  #publishedTail: number;
  #cachedHead: number;
  #claimBound: number;

  /** Continues behind what is already published. Builds its views once; nothing allocates afterwards. */
  constructor(region: Region) {
    this.#words = region.words;
    this.#doubles = region.doubles;
    this.#ringOffset = region.layout.barRing;
    this.#strideBytes = region.layout.barStrideBytes;
    this.#slots = region.shape.barSlots;
    this.#vectors = slotVectors(region);
    this.frame = blankFrame(this.#vectors[0]!);
    this.#tail = wordIndex(tailOffset(region.layout, 'bar'));
    this.#head = wordIndex(headOffset(region.layout, 'bar'));
    this.#bell = new Doorbell(region, 'barData');
    this.#dropped = new Counter(region, 'barDropped');
    this.#publishedTail = Atomics.load(this.#words, this.#tail);
    this.#next = this.#publishedTail;
    this.#cachedHead = Atomics.load(this.#words, this.#head);
    this.#claim = wordIndex(region.layout.barClaim);
    this.#claimStep = Math.max(1, this.#slots >> 2);
    this.#claimBound = this.#next;
    const needed = spaceThreshold(this.#slots);
    this.isSpaceReady = () => this.freeSlots() >= needed;
  }

  /** Points `frame` at the next free slot; false when the ring is full. Claiming again without a commit is the same slot. */
  claim(): boolean {
    const next = this.#next;
    if (((next - this.#cachedHead) | 0) >= this.#slots) {
      this.#cachedHead = Atomics.load(this.#words, this.#head);
      if (((next - this.#cachedHead) | 0) >= this.#slots) return false;
    }
    if (((next - this.#claimBound) | 0) >= 0) this.#announceClaim();
    pointFrameAt(this.frame, this.#vectors[next & (this.#slots - 1)]!);
    return true;
  }

  /**
   * Tells observers how far slots may be written from now on, a quarter of the ring at a time, so that it costs one
   * atomic per many frames. An exchange and not a store: no later write to a slot may become visible before it.
   */
  #announceClaim(): void {
    this.#claimBound = (this.#next + this.#claimStep) | 0;
    Atomics.exchange(this.#words, this.#claim, this.#claimBound);
  }

  /** Writes the header fields of `frame` into the claimed slot and gives it its number. Nobody sees it yet. */
  commit(): void {
    this.frame.sequence = this.nextSequence++;
    this.#writeHeader();
  }

  /** The same for what travels with the frames without being one of the market: it has no number, -1. */
  commitUnnumbered(): void {
    this.frame.sequence = -1;
    this.#writeHeader();
  }

  #writeHeader(): void {
    const { frame } = this;
    const slot = this.#next & (this.#slots - 1);
    writeSlotHeader(this.#words, this.#doubles, this.#ringOffset + slot * this.#strideBytes, frame);
    this.#next = (this.#next + 1) | 0;
  }

  /** Makes every committed frame visible and wakes the engine if it sleeps. */
  publish(): void {
    const next = this.#next;
    if (next === this.#publishedTail) return;
    this.published += (next - this.#publishedTail) | 0;
    this.#publishedTail = next;
    // Orders every plain write to the slots before the tail that makes them readable.
    Atomics.store(this.#words, this.#tail, next);
    this.#bell.ring();
  }

  /** Live policy for a full ring: the new frame is lost and counted. */
  dropNewest(): void {
    this.#dropped.add(1);
  }

  /** Slots that may be claimed now. Reads the engine's index, so never stale by more than this call. */
  freeSlots(): number {
    this.#cachedHead = Atomics.load(this.#words, this.#head);
    return this.#slots - ((this.#next - this.#cachedHead) | 0);
  }
}

/** Reading side that gates the producer. Engine worker only. */
export class BarRingConsumer {
  /** The frame of the last poll(), read in place; its vectors are valid until release(). */
  readonly frame: FrameView;
  /** Byte offset of that frame's slot in the region: for copies that keep every bit. */
  slotOffset = 0;
  /** Frames released so far. */
  released = 0;
  /** True when a frame is there; for {@link Doorbell.park} on barData. */
  readonly isDataReady: () => boolean;

  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #ringOffset: number;
  readonly #strideBytes: number;
  readonly #vectors: readonly SlotVectors[];
  readonly #slots: number;
  readonly #spaceThreshold: number;
  readonly #tail: number;
  readonly #head: number;
  readonly #bell: Doorbell;
  #next: number;
  #releasedHead: number;
  #cachedTail: number;

  /** Continues behind what is already released. Builds its views once; nothing allocates afterwards. */
  constructor(region: Region) {
    this.#words = region.words;
    this.#doubles = region.doubles;
    this.#ringOffset = region.layout.barRing;
    this.#strideBytes = region.layout.barStrideBytes;
    this.#slots = region.shape.barSlots;
    this.#spaceThreshold = spaceThreshold(this.#slots);
    this.#vectors = slotVectors(region);
    this.frame = blankFrame(this.#vectors[0]!);
    this.#tail = wordIndex(tailOffset(region.layout, 'bar'));
    this.#head = wordIndex(headOffset(region.layout, 'bar'));
    this.#bell = new Doorbell(region, 'barSpace');
    this.#releasedHead = Atomics.load(this.#words, this.#head);
    this.#next = this.#releasedHead;
    this.#cachedTail = this.#next;
    this.isDataReady = () => this.available() > 0;
  }

  /** Fills `frame` with the next frame; false when there is none. */
  poll(): boolean {
    const next = this.#next;
    if (next === this.#cachedTail) {
      // Orders this load before every read of the slots that it makes readable.
      this.#cachedTail = Atomics.load(this.#words, this.#tail);
      if (next === this.#cachedTail) return false;
    }
    const slot = next & (this.#slots - 1);
    pointFrameAt(this.frame, this.#vectors[slot]!);
    this.slotOffset = this.#ringOffset + slot * this.#strideBytes;
    readSlotHeader(this.#words, this.#doubles, this.slotOffset, this.frame);
    this.#next = (next + 1) | 0;
    return true;
  }

  /**
   * Gives every polled slot back and wakes a producer that waits for room. It is woken once a quarter of the ring is
   * free: woken per slot it would sleep again after one frame. The cached tail is never ahead of the real one, so the
   * ring comes early rather than late.
   */
  release(): void {
    const next = this.#next;
    if (next === this.#releasedHead) return;
    this.released += (next - this.#releasedHead) | 0;
    this.#releasedHead = next;
    // Orders every read of the slots before the index that lets them be overwritten.
    Atomics.store(this.#words, this.#head, next);
    if (this.#slots - ((this.#cachedTail - next) | 0) >= this.#spaceThreshold) this.#bell.ring();
  }

  /** Frames that poll() would return now. Reads the producer's index, so never stale by more than this call. */
  available(): number {
    this.#cachedTail = Atomics.load(this.#words, this.#tail);
    return (this.#cachedTail - this.#next) | 0;
  }
}

/** Free slots from which a waiting producer goes on. */
function spaceThreshold(slots: number): number {
  return Math.max(1, slots >> 2);
}
