import type { Intent } from '../model/intent.ts';
import { Counter } from './counters.ts';
import { Doorbell } from './doorbell.ts';
import {
  type BellName,
  COMMAND_STRIDE_BYTES,
  type CounterName,
  doubleIndex,
  headOffset,
  INTENT_STRIDE_BYTES,
  REPORT_STRIDE_BYTES,
  type RingName,
  tailOffset,
  wordIndex,
} from './layout.ts';
import type { RecordCodec } from './records/codec.ts';
import { COMMAND_CODEC, type CommandRecord } from './records/command.ts';
import { INTENT_CODEC } from './records/intent.ts';
import { REPORT_CODEC, type ReportRecord } from './records/report.ts';
import type { Region } from './region.ts';

/** offer() found no free record. Nothing was written; it is counted. */
export const INSUFFICIENT_CAPACITY = -2;

/** Where one ring of fixed-size records lies in a region, and who is told about it. */
interface RecordRingPlace<R extends { sequence: number }> {
  readonly ring: RingName;
  readonly bell: BellName;
  readonly fullCounter: CounterName;
  readonly codec: RecordCodec<R>;
  readonly offset: number;
  readonly strideBytes: number;
  readonly slots: number;
}

/**
 * Writing side of a single-producer, single-consumer ring of fixed-size records. Every record is visible at once.
 * A full ring refuses (INSUFFICIENT_CAPACITY) and counts: what is in it must never be overwritten.
 */
class RecordRingProducer<R extends { sequence: number }> {
  /** Fill this, then offer(). */
  readonly record: R;
  /** Records published so far. */
  published = 0;

  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #place: RecordRingPlace<R>;
  readonly #tail: number;
  readonly #head: number;
  readonly #bell: Doorbell;
  readonly #full: Counter;
  #next: number;
  #cachedHead: number;

  constructor(region: Region, place: RecordRingPlace<R>) {
    this.#words = region.words;
    this.#doubles = region.doubles;
    this.#place = place;
    this.record = place.codec.blank();
    this.#tail = wordIndex(tailOffset(region.layout, place.ring));
    this.#head = wordIndex(headOffset(region.layout, place.ring));
    this.#bell = new Doorbell(region, place.bell);
    this.#full = new Counter(region, place.fullCounter);
    this.#next = Atomics.load(this.#words, this.#tail);
    this.#cachedHead = Atomics.load(this.#words, this.#head);
  }

  /** {@link write}, then {@link wake}. @returns as write. */
  offer(record: R = this.record): number {
    const sequence = this.write(record);
    if (sequence !== INSUFFICIENT_CAPACITY) this.wake();
    return sequence;
  }

  /** Wakes the reader if it sleeps. Where its core is halted that takes the waker tens of microseconds. */
  wake(): void {
    this.#bell.ring();
  }

  /**
   * Publishes a copy of the record: when this returns, a reader that is awake can read it. Then {@link wake}.
   * @param record - its own `sequence` is not looked at: the ring numbers what it carries, from 0.
   * @returns the record's sequence, or INSUFFICIENT_CAPACITY.
   */
  write(record: R = this.record): number {
    const next = this.#next;
    const { codec, offset, strideBytes, slots } = this.#place;
    if (((next - this.#cachedHead) | 0) >= slots) {
      this.#cachedHead = Atomics.load(this.#words, this.#head);
      if (((next - this.#cachedHead) | 0) >= slots) {
        this.#full.add(1);
        return INSUFFICIENT_CAPACITY;
      }
    }
    const sequence = this.published;
    codec.write(this.#doubles, doubleIndex(offset + (next & (slots - 1)) * strideBytes), record, sequence);
    this.published += 1;
    this.#next = (next + 1) | 0;
    // Orders the record's plain writes before the tail that makes it readable.
    Atomics.store(this.#words, this.#tail, this.#next);
    return sequence;
  }

  /** Records that may be offered now. */
  freeSlots(): number {
    this.#cachedHead = Atomics.load(this.#words, this.#head);
    return this.#place.slots - ((this.#next - this.#cachedHead) | 0);
  }
}

/** Reading side of a ring of fixed-size records. */
class RecordRingConsumer<R extends { sequence: number }> {
  /** A copy of the record of the last poll(). */
  readonly record: R;
  /** Records released so far. */
  released = 0;
  /** True when a record is there; for {@link Doorbell.park} on this ring's bell. */
  readonly isDataReady: () => boolean;

  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #place: RecordRingPlace<R>;
  readonly #tail: number;
  readonly #head: number;
  #next: number;
  #releasedHead: number;
  #cachedTail: number;

  constructor(region: Region, place: RecordRingPlace<R>) {
    this.#words = region.words;
    this.#doubles = region.doubles;
    this.#place = place;
    this.record = place.codec.blank();
    this.#tail = wordIndex(tailOffset(region.layout, place.ring));
    this.#head = wordIndex(headOffset(region.layout, place.ring));
    this.#releasedHead = Atomics.load(this.#words, this.#head);
    this.#next = this.#releasedHead;
    this.#cachedTail = this.#next;
    this.isDataReady = () => this.available() > 0;
  }

  /** Copies the next record into `record`; false when there is none. */
  poll(): boolean {
    const next = this.#next;
    if (next === this.#cachedTail) {
      // Orders this load before every read of the records that it makes readable.
      this.#cachedTail = Atomics.load(this.#words, this.#tail);
      if (next === this.#cachedTail) return false;
    }
    const { codec, offset, strideBytes, slots } = this.#place;
    codec.read(this.#doubles, doubleIndex(offset + (next & (slots - 1)) * strideBytes), this.record);
    this.#next = (next + 1) | 0;
    return true;
  }

  /** Gives every polled record back. */
  release(): void {
    const next = this.#next;
    if (next === this.#releasedHead) return;
    this.released += (next - this.#releasedHead) | 0;
    this.#releasedHead = next;
    // Orders the reads of the records before the index that lets them be overwritten.
    Atomics.store(this.#words, this.#head, next);
  }

  /** Records that poll() would return now. */
  available(): number {
    this.#cachedTail = Atomics.load(this.#words, this.#tail);
    return (this.#cachedTail - this.#next) | 0;
  }
}

/** Engine's side of the intent ring. Full: the decision is refused and counted (`intentFull`), the engine must halt. */
export class IntentRingProducer extends RecordRingProducer<Intent> {
  constructor(region: Region) {
    super(region, intentPlace(region));
  }
}

/** Execution's side of the intent ring; its bell is intentData. */
export class IntentRingConsumer extends RecordRingConsumer<Intent> {
  constructor(region: Region) {
    super(region, intentPlace(region));
  }
}

/** Execution's side of the report ring. Full: refused and counted (`reportFull`), to be offered again. */
export class ReportRingProducer extends RecordRingProducer<ReportRecord> {
  constructor(region: Region) {
    super(region, reportPlace(region));
  }
}

/** Engine's side of the report ring; its bell is reportData. */
export class ReportRingConsumer extends RecordRingConsumer<ReportRecord> {
  constructor(region: Region) {
    super(region, reportPlace(region));
  }
}

/** Main's side of the command ring; rings where the engine sleeps. Full: refused and counted (`commandFull`), the operator is told. */
export class CommandRingProducer extends RecordRingProducer<CommandRecord> {
  constructor(region: Region) {
    super(region, commandPlace(region));
  }
}

/** Engine's side of the command ring. Its bell is barData: the engine sleeps for frames and commands in one place. */
export class CommandRingConsumer extends RecordRingConsumer<CommandRecord> {
  constructor(region: Region) {
    super(region, commandPlace(region));
  }
}

function intentPlace({ layout, shape }: Region): RecordRingPlace<Intent> {
  return {
    ring: 'intent',
    bell: 'intentData',
    fullCounter: 'intentFull',
    codec: INTENT_CODEC,
    offset: layout.intentRing,
    strideBytes: INTENT_STRIDE_BYTES,
    slots: shape.intentSlots,
  };
}

function reportPlace({ layout, shape }: Region): RecordRingPlace<ReportRecord> {
  return {
    ring: 'report',
    bell: 'reportData',
    fullCounter: 'reportFull',
    codec: REPORT_CODEC,
    offset: layout.reportRing,
    strideBytes: REPORT_STRIDE_BYTES,
    slots: shape.reportSlots,
  };
}

function commandPlace({ layout, shape }: Region): RecordRingPlace<CommandRecord> {
  return {
    ring: 'command',
    bell: 'barData',
    fullCounter: 'commandFull',
    codec: COMMAND_CODEC,
    offset: layout.commandRing,
    strideBytes: COMMAND_STRIDE_BYTES,
    slots: shape.commandSlots,
  };
}
