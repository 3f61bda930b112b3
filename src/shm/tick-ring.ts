import { createTick, type Tick } from '../model/tick.ts';
import { Counter } from './counters.ts';
import { Doorbell } from './doorbell.ts';
import {
  doubleIndex,
  headOffset,
  TICK_ASSET_INDEX,
  TICK_KIND,
  TICK_LENGTH_BYTES,
  TICK_SEQUENCE,
  TICK_TS_EVENT_DAY,
  TICK_TS_EVENT_NS_OF_DAY,
  TICK_TS_RECV_DAY,
  TICK_TS_RECV_NS_OF_DAY,
  TICK_VALUE_COUNT,
  TICK_VALUES,
  tailOffset,
  wordIndex,
} from './layout.ts';
import { INSUFFICIENT_CAPACITY } from './record-ring.ts';
import type { Region } from './region.ts';

/** Kind of what fills the ring up to its end; no reader sees it. */
const TICK_PADDING = 0;

/** Most values of one record: with its header an eighth of the ring, so that padding can never starve a record. */
export function maxTickValues(tickBytes: number): number {
  return (tickBytes / 8 - TICK_VALUES) / 8;
}

/*
 *   ┌────────┬──────────────┬─────────┐         records of 8-byte multiples; a record never wraps:
 *   │ record │ record       │ padding │         what is left before the end becomes a padding record
 *   └────────┴──────────────┴─────────┘
 *   0                                  tickBytes
 *
 * Indices are byte positions, Int32, growing for ever and compared by (a - b) | 0.
 * Policy: live data is never waited for: a full ring drops the new record and counts it (`tickDropped`). A replay tries
 * again (write) until there is room, so that nothing is lost.
 */

/** Writing side of the tick ring. Market-data worker only. */
export class TickRingProducer {
  /** Fill this, then offer(). */
  readonly record: Tick;
  /** Records published so far. */
  published = 0;

  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #ringOffset: number;
  readonly #ringBytes: number;
  readonly #tail: number;
  readonly #head: number;
  readonly #bell: Doorbell;
  readonly #dropped: Counter;
  #next: number;
  #cachedHead: number;

  constructor(region: Region) {
    this.#words = region.words;
    this.#doubles = region.doubles;
    this.#ringOffset = region.layout.tickRing;
    this.#ringBytes = region.shape.tickBytes;
    this.record = createTick(maxTickValues(this.#ringBytes));
    this.#tail = wordIndex(tailOffset(region.layout, 'tick'));
    this.#head = wordIndex(headOffset(region.layout, 'tick'));
    this.#bell = new Doorbell(region, 'tick');
    this.#dropped = new Counter(region, 'tickDropped');
    this.#next = Atomics.load(this.#words, this.#tail);
    this.#cachedHead = Atomics.load(this.#words, this.#head);
  }

  /** Live: publishes a copy of `record` and wakes its reader if it sleeps. Its sequence, or INSUFFICIENT_CAPACITY, counted. */
  offer(): number {
    const sequence = this.write();
    if (sequence === INSUFFICIENT_CAPACITY) this.#dropped.add(1);
    else this.#bell.ring();
    return sequence;
  }

  /** Replay: publishes a copy of `record` and wakes nobody. Its sequence, or INSUFFICIENT_CAPACITY: then write it again. */
  write(): number {
    const lengthBytes = TICK_VALUES + 8 * this.record.valueCount;
    const untilEnd = this.#ringBytes - (this.#next & (this.#ringBytes - 1));
    const paddingBytes = lengthBytes > untilEnd ? untilEnd : 0;
    if (!this.#hasRoom(paddingBytes + lengthBytes)) return INSUFFICIENT_CAPACITY;
    if (paddingBytes > 0) this.#writePadding(paddingBytes);
    const sequence = this.published;
    this.#writeRecord(lengthBytes, sequence);
    this.published += 1;
    // Orders the record's plain writes, and the padding's, before the tail that makes them readable.
    Atomics.store(this.#words, this.#tail, this.#next);
    return sequence;
  }

  /** Bytes that the reader has given back, modulo 2^32: whoever waits for room sees by it whether there is progress. */
  get releasedBytes(): number {
    return Atomics.load(this.#words, this.#head);
  }

  #hasRoom(bytes: number): boolean {
    const end = (this.#next + bytes) | 0;
    if (((end - this.#cachedHead) | 0) <= this.#ringBytes) return true;
    this.#cachedHead = Atomics.load(this.#words, this.#head);
    return ((end - this.#cachedHead) | 0) <= this.#ringBytes;
  }

  #writePadding(lengthBytes: number): void {
    const base = this.#ringOffset + (this.#next & (this.#ringBytes - 1));
    this.#words[wordIndex(base + TICK_LENGTH_BYTES)] = lengthBytes;
    this.#words[wordIndex(base + TICK_KIND)] = TICK_PADDING;
    this.#next = (this.#next + lengthBytes) | 0;
  }

  #writeRecord(lengthBytes: number, sequence: number): void {
    const words = this.#words;
    const doubles = this.#doubles;
    const { record } = this;
    const base = this.#ringOffset + (this.#next & (this.#ringBytes - 1));
    words[wordIndex(base + TICK_LENGTH_BYTES)] = lengthBytes;
    words[wordIndex(base + TICK_KIND)] = record.kind;
    doubles[doubleIndex(base + TICK_SEQUENCE)] = sequence;
    words[wordIndex(base + TICK_TS_EVENT_DAY)] = record.tsEventDay;
    words[wordIndex(base + TICK_TS_RECV_DAY)] = record.tsRecvDay;
    doubles[doubleIndex(base + TICK_TS_EVENT_NS_OF_DAY)] = record.tsEventNsOfDay;
    doubles[doubleIndex(base + TICK_TS_RECV_NS_OF_DAY)] = record.tsRecvNsOfDay;
    words[wordIndex(base + TICK_ASSET_INDEX)] = record.assetIndex;
    words[wordIndex(base + TICK_VALUE_COUNT)] = record.valueCount;
    const values = doubleIndex(base + TICK_VALUES);
    for (let i = 0; i < record.valueCount; i++) doubles[values + i] = record.values[i]!;
    this.#next = (this.#next + lengthBytes) | 0;
  }
}

/** Reading side of the tick ring. Execution worker only. */
export class TickRingConsumer {
  /** A copy of the record of the last poll(). */
  readonly record: Tick;
  /** True when a record is there; for {@link Doorbell.park} on tick. */
  readonly isDataReady: () => boolean;

  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #ringOffset: number;
  readonly #ringBytes: number;
  readonly #tail: number;
  readonly #head: number;
  #next: number;
  #cachedTail: number;

  constructor(region: Region) {
    this.#words = region.words;
    this.#doubles = region.doubles;
    this.#ringOffset = region.layout.tickRing;
    this.#ringBytes = region.shape.tickBytes;
    this.record = createTick(maxTickValues(this.#ringBytes));
    this.#tail = wordIndex(tailOffset(region.layout, 'tick'));
    this.#head = wordIndex(headOffset(region.layout, 'tick'));
    this.#next = Atomics.load(this.#words, this.#head);
    this.#cachedTail = this.#next;
    this.isDataReady = () => Atomics.load(this.#words, this.#tail) !== this.#next;
  }

  /** Looks how far there are records: {@link pollSeen} goes no further until it is asked again. False when there are none. */
  look(): boolean {
    // Orders this load before every read of the records that it makes readable.
    this.#cachedTail = Atomics.load(this.#words, this.#tail);
    return this.#next !== this.#cachedTail;
  }

  /** Copies the next record into `record`; false when there is none. */
  poll(): boolean {
    return this.pollSeen() || (this.look() && this.pollSeen());
  }

  /** The same for the records that the last {@link look} saw. */
  pollSeen(): boolean {
    if (this.#next === this.#cachedTail) return false;
    this.#skipPadding();
    this.#readRecord();
    return true;
  }

  /** Gives every polled record back. */
  release(): void {
    // Orders the reads of the records before the position that lets them be overwritten.
    Atomics.store(this.#words, this.#head, this.#next);
  }

  /** Padding is published together with the record behind it, so behind padding there always is one. */
  #skipPadding(): void {
    const base = this.#ringOffset + (this.#next & (this.#ringBytes - 1));
    if (this.#words[wordIndex(base + TICK_KIND)] !== TICK_PADDING) return;
    this.#next = (this.#next + this.#words[wordIndex(base + TICK_LENGTH_BYTES)]!) | 0;
  }

  #readRecord(): void {
    const words = this.#words;
    const doubles = this.#doubles;
    const { record } = this;
    const base = this.#ringOffset + (this.#next & (this.#ringBytes - 1));
    record.kind = words[wordIndex(base + TICK_KIND)]!;
    record.sequence = doubles[doubleIndex(base + TICK_SEQUENCE)]!;
    record.tsEventDay = words[wordIndex(base + TICK_TS_EVENT_DAY)]!;
    record.tsRecvDay = words[wordIndex(base + TICK_TS_RECV_DAY)]!;
    record.tsEventNsOfDay = doubles[doubleIndex(base + TICK_TS_EVENT_NS_OF_DAY)]!;
    record.tsRecvNsOfDay = doubles[doubleIndex(base + TICK_TS_RECV_NS_OF_DAY)]!;
    record.assetIndex = words[wordIndex(base + TICK_ASSET_INDEX)]!;
    record.valueCount = words[wordIndex(base + TICK_VALUE_COUNT)]!;
    const values = doubleIndex(base + TICK_VALUES);
    for (let i = 0; i < record.valueCount; i++) record.values[i] = doubles[values + i]!;
    this.#next = (this.#next + words[wordIndex(base + TICK_LENGTH_BYTES)]!) | 0;
  }
}
