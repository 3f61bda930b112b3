import { Counter } from './counters.ts';
import { Doorbell } from './doorbell.ts';
import {
  type BellName,
  type CounterName,
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
 *   ┌────────┬──────────────┬─────────┐         records at multiples of 8 bytes; a record never wraps:
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

/** The writing end of an event ring; a machine's, for one. */
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

  constructor(region: Region, which: EventRingName) {
    const { ring, offset, ringBytes, bell, fullCounter } = placeOf(region, which);
    this.#region = region;
    this.#ringOffset = offset;
    this.#ringBytes = ringBytes;
    this.#tail = wordIndex(tailOffset(region.layout, ring));
    this.#head = wordIndex(headOffset(region.layout, ring));
    this.#bell = new Doorbell(region, bell);
    this.#full = new Counter(region, fullCounter);
    this.#next = Atomics.load(region.words, this.#tail);
    this.#publishedTail = this.#next;
    this.#cachedHead = Atomics.load(region.words, this.#head);
  }

  /**
   * Makes room for one event and writes its header. Claiming again without a commit is the same room.
   *
   * @param payloadBytes - at most {@link maxEventBytes}.
   * @param stampNs - monotonic ns at which it happened; 0 for an event whose way to the disk is not measured.
   * @returns byte offset of its payload in the region, or INSUFFICIENT_CAPACITY, which is counted.
   * @throws RangeError when it could never fit.
   */
  claim(kind: number, payloadBytes: number, stampNs: number): number {
    const lengthBytes = EVENT_PAYLOAD + payloadBytes;
    const paddingBytes = this.#paddingBefore(lengthBytes);
    if (!this.#hasRoom(paddingBytes + roundUp(lengthBytes))) {
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

  /** Gives the claimed event another stamp, `stamps[at]`: a number handed over in hot code may cost memory. */
  stamp(stamps: Float64Array, at: number): void {
    const base = this.#ringOffset + (this.#next & (this.#ringBytes - 1));
    this.#region.doubles[doubleIndex(base + EVENT_STAMP_NS)] = stamps[at]!;
  }

  /** Ends the claimed event: it belongs to the stream now. Nobody sees it before publish(). */
  commit(): void {
    const base = this.#ringOffset + (this.#next & (this.#ringBytes - 1));
    this.#next = (this.#next + roundUp(this.#region.words[wordIndex(base + EVENT_LENGTH_BYTES)]!)) | 0;
    this.committed += 1;
  }

  /** Makes every committed event visible and wakes its reader if that sleeps. */
  publish(): void {
    if (this.#next === this.#publishedTail) return;
    this.#publishedTail = this.#next;
    // Orders the events' plain writes, and the padding's, before the tail that makes them readable.
    Atomics.store(this.#region.words, this.#tail, this.#next);
    this.#bell.ring();
  }

  /**
   * True when events of this many bytes in total would all be taken now, whatever padding falls between them.
   *
   * @param totalBytes - headers included.
   * @param longestBytes - of the longest of them, header included.
   */
  hasRoomFor(totalBytes: number, longestBytes: number): boolean {
    return this.#hasRoom(totalBytes + longestBytes);
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

/** The reading end of an event ring; the journal worker's, for one. */
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

  constructor(region: Region, which: EventRingName) {
    const { ring, offset, ringBytes } = placeOf(region, which);
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
    if (this.#next === this.#cachedTail) return this.poll(); // the padding alone was published so far
    const { words, doubles } = this.#region;
    const base = this.#ringOffset + (this.#next & (this.#ringBytes - 1));
    const lengthBytes = words[wordIndex(base + EVENT_LENGTH_BYTES)]!;
    this.kind = words[wordIndex(base + EVENT_KIND)]!;
    this.stampNs = doubles[doubleIndex(base + EVENT_STAMP_NS)]!;
    this.payloadOffset = base + EVENT_PAYLOAD;
    this.payloadBytes = lengthBytes - EVENT_PAYLOAD;
    this.polled += 1;
    this.#next = (this.#next + roundUp(lengthBytes)) | 0;
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

/** Events begin at multiples of 8. */
function roundUp(bytes: number): number {
  return (bytes + 7) & ~7;
}

/**
 * What an event ring carries: a machine's events to the journal, prices to the scanner and its signals back, the engine's
 * results to the memory worker, and what that has for market data.
 */
export type EventRingName = StreamName | 'scanRequest' | 'scanAnswer' | 'results' | 'inbox';

interface EventRingPlace {
  readonly ring: RingName;
  readonly offset: number;
  readonly ringBytes: number;
  readonly bell: BellName;
  readonly fullCounter: CounterName;
}

function placeOf({ layout, shape }: Region, which: EventRingName): EventRingPlace {
  const { engineEvents, executionEvents, scanRequests, scanAnswers } = layout;
  const { engineEventBytes, executionEventBytes, scanRequestBytes, resultBytes, inboxBytes } = shape;
  const toJournal = { bell: 'journalData', fullCounter: 'eventsFull' } as const;
  const places = {
    engine: { ring: 'engineEvents', offset: engineEvents, ringBytes: engineEventBytes, ...toJournal },
    execution: { ring: 'executionEvents', offset: executionEvents, ringBytes: executionEventBytes, ...toJournal },
    scanRequest: {
      ring: 'scanRequests',
      offset: scanRequests,
      ringBytes: scanRequestBytes,
      bell: 'scanRequest',
      fullCounter: 'scanDropped',
    },
    scanAnswer: {
      ring: 'scanAnswers',
      offset: scanAnswers,
      ringBytes: layout.scanAnswerBytes,
      bell: 'scanAnswer',
      fullCounter: 'scanDropped',
    },
    results: {
      ring: 'results',
      offset: layout.results,
      ringBytes: resultBytes,
      bell: 'resultData',
      fullCounter: 'resultsDropped',
    },
    inbox: {
      ring: 'inbox',
      offset: layout.inbox,
      ringBytes: inboxBytes,
      bell: 'inboxData',
      fullCounter: 'inboxDropped',
    },
  } as const;
  return places[which];
}

function tooLong(payloadBytes: number, ringBytes: number): RangeError {
  return new RangeError(
    `an event of a ring of ${ringBytes} bytes must have at most ${maxEventBytes(ringBytes)} bytes, had ${payloadBytes}`,
  );
}
