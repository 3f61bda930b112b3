import { Counter } from './counters.ts';
import { Doorbell } from './doorbell.ts';
import {
  doubleIndex,
  EVENT_KIND,
  EVENT_LENGTH_BYTES,
  EVENT_PAYLOAD,
  EVENT_STAMP_NS,
  headOffset,
  type RingName,
  type StreamName,
  tailOffset,
  wordIndex,
} from './layout.ts';
import { INSUFFICIENT_CAPACITY } from './record-ring.ts';
import type { Region } from './region.ts';

const PADDING = 0;

/*
 *   ┌────────┬──────────────┬─────────┐         records of 8-byte multiples; a record never wraps:
 *   │ record │ record       │ padding │         what is left before the end becomes a padding record
 *   └────────┴──────────────┴─────────┘
 *   0                                  eventBytes
 *
 * One ring per machine carries everything that it consumed and decided to the journal worker, in its order. Indices are
 * byte positions, Int32, growing for ever and compared by (a - b) | 0. What a full ring means is the caller's to say:
 * replay waits, live notes a gap.
 */

/** Longest payload of one event: half the ring less two headers, so that padding can never starve a record. */
export function maxEventBytes(ringBytes: number): number {
  return ringBytes / 2 - 2 * EVENT_PAYLOAD;
}

/** A machine's end of its event ring. */
export class EventRingProducer {
  /** Events committed so far, seen by the journal or not. */
  committed = 0;

  readonly #region: Region;
  readonly #ringOffset: number;
  readonly #ringBytes: number;
  readonly #tail: number;
  readonly #head: number;
  readonly #bell: Doorbell;
  readonly #full: Counter;
  #next: number;
  #publishedTail: number;
  #cachedHead: number;

  constructor(region: Region, stream: StreamName) {
    const { ring, offset, ringBytes } = placeOf(region, stream);
    this.#region = region;
    this.#ringOffset = offset;
    this.#ringBytes = ringBytes;
    this.#tail = wordIndex(tailOffset(region.layout, ring));
    this.#head = wordIndex(headOffset(region.layout, ring));
    this.#bell = new Doorbell(region, 'journalData');
    this.#full = new Counter(region, 'eventsFull');
    this.#next = Atomics.load(region.words, this.#tail);
    this.#publishedTail = this.#next;
    this.#cachedHead = Atomics.load(region.words, this.#head);
  }

  /**
   * Makes room for one event and writes its header. Claiming again without a commit is the same room.
   *
   * @param payloadBytes - a multiple of 8, at most {@link maxEventBytes}.
   * @param stampNs - monotonic ns at which it happened; 0 for an event whose way to the disk is not measured.
   * @returns byte offset of its payload in the region, or INSUFFICIENT_CAPACITY, which is counted.
   * @throws RangeError when it could never fit.
   */
  claim(kind: number, payloadBytes: number, stampNs: number): number {
    const lengthBytes = EVENT_PAYLOAD + payloadBytes;
    const paddingBytes = this.#paddingBefore(lengthBytes);
    if (!this.#hasRoom(paddingBytes + lengthBytes)) {
      if (payloadBytes > maxEventBytes(this.#ringBytes)) throw tooLong(payloadBytes, this.#ringBytes);
      this.#full.add(1);
      return INSUFFICIENT_CAPACITY;
    }
    const { words, doubles } = this.#region;
    if (paddingBytes > 0) this.#writePadding(paddingBytes);
    const base = this.#ringOffset + (this.#next & (this.#ringBytes - 1));
    words[wordIndex(base + EVENT_LENGTH_BYTES)] = lengthBytes;
    words[wordIndex(base + EVENT_KIND)] = kind;
    doubles[doubleIndex(base + EVENT_STAMP_NS)] = stampNs;
    return base + EVENT_PAYLOAD;
  }

  /** Ends the claimed event: it belongs to the stream now. Nobody sees it before publish(). */
  commit(): void {
    const base = this.#ringOffset + (this.#next & (this.#ringBytes - 1));
    this.#next = (this.#next + this.#region.words[wordIndex(base + EVENT_LENGTH_BYTES)]!) | 0;
    this.committed += 1;
  }

  /** Makes every committed event visible and wakes the journal worker if it sleeps. */
  publish(): void {
    if (this.#next === this.#publishedTail) return;
    this.#publishedTail = this.#next;
    // Orders the events' plain writes, and the padding's, before the tail that makes them readable.
    Atomics.store(this.#region.words, this.#tail, this.#next);
    this.#bell.ring();
  }

  #paddingBefore(lengthBytes: number): number {
    const untilEnd = this.#ringBytes - (this.#next & (this.#ringBytes - 1));
    return lengthBytes > untilEnd ? untilEnd : 0;
  }

  #hasRoom(bytes: number): boolean {
    const end = (this.#next + bytes) | 0;
    if (((end - this.#cachedHead) | 0) <= this.#ringBytes) return true;
    this.#cachedHead = Atomics.load(this.#region.words, this.#head);
    return ((end - this.#cachedHead) | 0) <= this.#ringBytes;
  }

  #writePadding(lengthBytes: number): void {
    const base = this.#ringOffset + (this.#next & (this.#ringBytes - 1));
    this.#region.words[wordIndex(base + EVENT_LENGTH_BYTES)] = lengthBytes;
    this.#region.words[wordIndex(base + EVENT_KIND)] = PADDING;
    this.#next = (this.#next + lengthBytes) | 0;
  }
}

/** The journal worker's end of one machine's event ring. */
export class EventRingConsumer {
  /** The event of the last poll(); its payload may be read until release(). */
  kind = 0;
  stampNs = 0.5;
  payloadOffset = 0;
  payloadBytes = 0;
  /** Events polled so far. */
  polled = 0;

  readonly #region: Region;
  readonly #ringOffset: number;
  readonly #ringBytes: number;
  readonly #tail: number;
  readonly #head: number;
  #next: number;
  #cachedTail: number;

  constructor(region: Region, stream: StreamName) {
    const { ring, offset, ringBytes } = placeOf(region, stream);
    this.#region = region;
    this.#ringOffset = offset;
    this.#ringBytes = ringBytes;
    this.#tail = wordIndex(tailOffset(region.layout, ring));
    this.#head = wordIndex(headOffset(region.layout, ring));
    this.#next = Atomics.load(region.words, this.#head);
    this.#cachedTail = this.#next;
  }

  /** Points the fields at the next event; false when there is none. */
  poll(): boolean {
    if (this.#next === this.#cachedTail) {
      // Orders this load before every read of the events that it makes readable.
      this.#cachedTail = Atomics.load(this.#region.words, this.#tail);
      if (this.#next === this.#cachedTail) return false;
    }
    this.#skipPadding();
    const { words, doubles } = this.#region;
    const base = this.#ringOffset + (this.#next & (this.#ringBytes - 1));
    const lengthBytes = words[wordIndex(base + EVENT_LENGTH_BYTES)]!;
    this.kind = words[wordIndex(base + EVENT_KIND)]!;
    this.stampNs = doubles[doubleIndex(base + EVENT_STAMP_NS)]!;
    this.payloadOffset = base + EVENT_PAYLOAD;
    this.payloadBytes = lengthBytes - EVENT_PAYLOAD;
    this.polled += 1;
    this.#next = (this.#next + lengthBytes) | 0;
    return true;
  }

  /** A view of the polled event's payload, in shared memory. Allocates; valid until release(). */
  payload(): Uint8Array {
    return this.#region.bytes.subarray(this.payloadOffset, this.payloadOffset + this.payloadBytes);
  }

  /** Gives every polled event back. */
  release(): void {
    // Orders the reads of the events before the position that lets them be overwritten.
    Atomics.store(this.#region.words, this.#head, this.#next);
  }

  /** True when an event is there. */
  isDataReady(): boolean {
    return Atomics.load(this.#region.words, this.#tail) !== this.#next;
  }

  /** A committed event may follow its padding in a later publication, never the other way round. */
  #skipPadding(): void {
    const base = this.#ringOffset + (this.#next & (this.#ringBytes - 1));
    if (this.#region.words[wordIndex(base + EVENT_KIND)] !== PADDING) return;
    this.#next = (this.#next + this.#region.words[wordIndex(base + EVENT_LENGTH_BYTES)]!) | 0;
  }
}

interface EventRingPlace {
  readonly ring: RingName;
  readonly offset: number;
  readonly ringBytes: number;
}

function placeOf({ layout, shape }: Region, stream: StreamName): EventRingPlace {
  return stream === 'engine'
    ? { ring: 'engineEvents', offset: layout.engineEvents, ringBytes: shape.engineEventBytes }
    : { ring: 'executionEvents', offset: layout.executionEvents, ringBytes: shape.executionEventBytes };
}

function tooLong(payloadBytes: number, ringBytes: number): RangeError {
  return new RangeError(
    `an event of a ring of ${ringBytes} bytes must have at most ${maxEventBytes(ringBytes)} bytes, had ${payloadBytes}`,
  );
}
