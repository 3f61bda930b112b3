import { GAP_RING_FULL } from '../replay/journal/gap.ts';
import { RECORD_KINDS } from '../replay/journal/record-kind.ts';
import { Counter } from '../shm/counters.ts';
import { EventRingProducer, maxEventBytes } from '../shm/event-ring.ts';
import { Heartbeat, readWorkerState } from '../shm/heartbeats.ts';
import { doubleIndex, EVENT_PAYLOAD } from '../shm/layout.ts';
import { INSUFFICIENT_CAPACITY } from '../shm/record-ring.ts';
import type { Region } from '../shm/region.ts';

/** What a machine does when its event ring is full: replay waits for the journal, live notes a gap and goes on. */
export type OverflowPolicy = 'wait' | 'gap';

/** A disk that syncs may take seconds; a journal worker that has failed says so by its state. */
const FULL_RING_DEADLINE_MS = 30_000;
const FULL_RING_NAP_MS = 1;
/** Values of the longest event of a step but its frame, generously: a decision, a cell, an end of a day. */
const SMALL_EVENT_BYTES = EVENT_PAYLOAD + 8 * 16;
/** Two cells, two ends of a day with their decisions, two decisions, the step itself. */
const SMALL_EVENTS_OF_STEP = 9;

/**
 * Room in the engine's event ring. It is made sure of before a step, for everything that may come of it, so that a gap lies
 * between steps; who writes events claims the place of each from here, and commits it in the ring.
 */
export class EventRoom {
  readonly ring: EventRingProducer;
  private readonly region: Region;
  private readonly heartbeat: Heartbeat;
  private readonly full: Counter;
  private readonly overflow: OverflowPolicy;
  private readonly snapshot: () => Uint8Array;
  private readonly stepBytes: number;
  private readonly frameBytes: number;
  private readonly nap = new Int32Array(new SharedArrayBuffer(4));
  /** Events that found no room since the gap began. */
  private missing = 0;
  private isInGapNow = false;
  /** The state has outgrown the ring: the gap stays open and entries stay barred, which is safe and is told. */
  private isOpenForGood = false;

  /** @param snapshot - the machine's whole state, for the end of a gap. */
  constructor(region: Region, overflow: OverflowPolicy, snapshot: () => Uint8Array) {
    this.region = region;
    this.ring = new EventRingProducer(region, 'engine');
    this.heartbeat = new Heartbeat(region, 'ENGINE');
    this.full = new Counter(region, 'eventsFull');
    this.overflow = overflow;
    this.snapshot = snapshot;
    this.frameBytes = EVENT_PAYLOAD + region.layout.barStrideBytes;
    this.stepBytes = this.frameBytes + SMALL_EVENTS_OF_STEP * SMALL_EVENT_BYTES;
  }

  /** True while events find no room. */
  get isInGap(): boolean {
    return this.isInGapNow;
  }

  /** Place of the payload of a new event; INSUFFICIENT_CAPACITY, and counted, in a gap. Units as of the ring's own claim. */
  claim(kind: number, payloadBytes: number, stampNs: number): number {
    if (!this.isInGapNow) return this.ring.claim(kind, payloadBytes, stampNs);
    this.missing++;
    return INSUFFICIENT_CAPACITY;
  }

  /** Room for everything that may come of the next frame; ends a gap once there is room for the state behind it. */
  makeRoom(): void {
    if (this.isInGapNow) this.closeGap();
    else if (!this.ring.hasRoomFor(this.stepBytes, this.frameBytes)) {
      this.full.add(1);
      if (this.overflow === 'wait') this.waitForRoom();
      else this.isInGapNow = true;
    }
  }

  private waitForRoom(): void {
    this.ring.publish();
    for (let waitedMs = 0; waitedMs < FULL_RING_DEADLINE_MS; waitedMs += FULL_RING_NAP_MS) {
      this.heartbeat.beat(); // it waits for a disk, it does not hang
      Atomics.wait(this.nap, 0, 0, FULL_RING_NAP_MS);
      if (this.ring.hasRoomFor(this.stepBytes, this.frameBytes)) return;
      if (readWorkerState(this.region, 'JOURNAL') === 'FAILED') break;
    }
    throw new Error('the journal takes no more events: its ring stayed full');
  }

  /** The missing events stand as one GAP; the state behind them follows, so that a replay can go on from there. */
  private closeGap(): void {
    // Serialising is dear: only with half of the ring free is it worth trying.
    const halfRing = this.region.shape.engineEventBytes / 2;
    if (this.isOpenForGood || !this.ring.hasRoomFor(halfRing, 0)) return;
    const state = this.snapshot();
    this.isOpenForGood = state.length > maxEventBytes(this.region.shape.engineEventBytes);
    if (this.isOpenForGood) return;
    const stateBytes = EVENT_PAYLOAD + state.length;
    const gapBytes = EVENT_PAYLOAD + 16;
    if (!this.ring.hasRoomFor(gapBytes + stateBytes + this.stepBytes, Math.max(stateBytes, this.frameBytes))) return;
    const { doubles, bytes } = this.region;
    const gapAt = this.ring.claim(RECORD_KINDS.GAP, 16, 0);
    doubles[doubleIndex(gapAt)] = this.missing;
    doubles[doubleIndex(gapAt) + 1] = GAP_RING_FULL;
    this.ring.commit();
    bytes.set(state, this.ring.claim(RECORD_KINDS.SNAPSHOT, state.length, 0));
    this.ring.commit();
    this.missing = 0;
    this.isInGapNow = false;
  }
}
