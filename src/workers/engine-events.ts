import type { AcbUpdate } from '../engine/actor.ts';
import type { DayResult } from '../model/day-result.ts';
import type { ExecutionReport } from '../model/execution-report.ts';
import { INTENT_FIELDS, REPORT_FIELDS } from '../model/execution-tape.ts';
import { BOOK_VALUES, type FrameView, hasSignals, SIGNAL_VALUES } from '../model/frame.ts';
import type { Intent } from '../model/intent.ts';
import { GAP_RING_FULL } from '../replay/journal/gap.ts';
import { DAY_END_FIELDS, STEP_FIELDS } from '../replay/journal/payloads.ts';
import { writeFields } from '../replay/journal/record-fields.ts';
import { RECORD_KINDS } from '../replay/journal/record-kind.ts';
import { usedSlotBytes } from '../shm/bar-slot.ts';
import { Counter } from '../shm/counters.ts';
import { EventRingProducer, maxEventBytes } from '../shm/event-ring.ts';
import { Heartbeat, readWorkerState } from '../shm/heartbeats.ts';
import {
  CELL_FIELDS,
  CELL_NAMES,
  doubleIndex,
  EVENT_PAYLOAD,
  SLOT_PAYLOAD,
  SLOT_SIGNALS,
  SLOT_TS_TAKE_DAY,
  SLOT_TS_TAKE_NS_OF_DAY,
  wordIndex,
} from '../shm/layout.ts';
import { INSUFFICIENT_CAPACITY } from '../shm/record-ring.ts';
import { COMMAND_CODEC, type CommandRecord } from '../shm/records/command.ts';
import type { Region } from '../shm/region.ts';

/** What the engine tells the journal, in the order of design §3: reports, a frame, then everything that came of it. */
export interface EngineEvents {
  /**
   * A frame is about to be taken.
   * @param slotOffset - of its slot in the region.
   * @returns false when no entry may be decided on it, because the journal has a gap that is still open.
   */
  frame(frame: FrameView, slotOffset: number): boolean;
  /** The step took a value from the ACB's cell. */
  acbTaken(update: AcbUpdate): void;
  /** A report of execution is about to be taken, in front of the frame that it came with. */
  report(report: ExecutionReport): void;
  /** A decision, inside the step or on a report. @returns its number among the events. */
  intent(intent: Intent): number;
  /** An order of the operator was obeyed. */
  command(command: CommandRecord): void;
  dayEnd(day: number, result: DayResult, stateHash: () => Uint8Array): void;
  /** The step on a scan or a bar is over. @param decided - position in `stamps` of the monotonic ns at which it was. */
  step(step: StepOutcome, stamps: Float64Array, decided: number): void;
  /** The machine has taken its END frame. @param reason - 0 the source ended, 1 it was stopped. */
  end(reason: number, stateHash: () => Uint8Array): void;
  /** Hands on what was told so far. */
  publish(): void;
  /** True while what is told is on disk already, from before a crash: no other input may come in between. */
  readonly isCatchingUp: boolean;
}

/** What came of a step; one reusable record of the agent. */
export interface StepOutcome {
  frameSequence: number;
  cellsChanged: boolean;
  intents: number;
  lifetimeBar: number;
}

/** A run that keeps no journal. */
export const NO_EVENTS: EngineEvents = {
  frame: () => true,
  acbTaken: () => undefined,
  report: () => undefined,
  intent: () => 0,
  command: () => undefined,
  dayEnd: () => undefined,
  step: () => undefined,
  end: () => undefined,
  publish: () => undefined,
  isCatchingUp: false,
};

/** What a machine does when its event ring is full: replay waits for the journal, live notes a gap and goes on. */
export type OverflowPolicy = 'wait' | 'gap';

/** A disk that syncs may take seconds; a journal worker that has failed says so by its state. */
const FULL_RING_DEADLINE_MS = 30_000;
const FULL_RING_NAP_MS = 1;
const HASH_BYTES = 32;
const COMMAND_VALUES = 3;
/** Values of the longest event of a step but its frame, generously: a decision, a cell, an end of a day. */
const SMALL_EVENT_BYTES = EVENT_PAYLOAD + 8 * 16;
/** Cells, two ends of a day with their decisions, two decisions, the step itself. */
const SMALL_EVENTS_OF_STEP = 8;

/**
 * Writes the engine's events into its ring. A step is recorded whole or not at all: room for everything that may come of
 * it is made sure of before its frame is taken, so a gap lies between steps.
 */
export class RecordedEvents implements EngineEvents {
  readonly isCatchingUp = false;
  private readonly region: Region;
  private readonly ring: EventRingProducer;
  private readonly heartbeat: Heartbeat;
  private readonly full: Counter;
  private readonly overflow: OverflowPolicy;
  private readonly snapshot: () => Uint8Array;
  private readonly stepBytes: number;
  private readonly frameBytes: number;
  private readonly nap = new Int32Array(new SharedArrayBuffer(4));
  /** Events that found no room since the gap began. */
  private missing = 0;
  private isInGap = false;
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

  frame(frame: FrameView, slotOffset: number): boolean {
    this.makeRoom();
    const { layout, shape, bytes, words, doubles } = this.region;
    const usedBytes = usedSlotBytes(frame.kind, frame.flags, shape.assets, layout.payloadValues);
    const at = this.claim(RECORD_KINDS.FRAME, usedBytes, 0);
    if (at !== INSUFFICIENT_CAPACITY) {
      // Within one buffer, as bytes: the bits of every NaN are kept.
      bytes.copyWithin(at, slotOffset, slotOffset + usedBytes);
      words[wordIndex(at + SLOT_TS_TAKE_DAY)] = frame.tsTakeDay;
      doubles[doubleIndex(at + SLOT_TS_TAKE_NS_OF_DAY)] = frame.tsTakeNsOfDay;
      this.clearUnused(frame, at, usedBytes);
      this.ring.commit();
    }
    return !this.isInGap;
  }

  acbTaken(update: AcbUpdate): void {
    const values = 2 + CELL_FIELDS.acb.length;
    const at = this.claim(RECORD_KINDS.CELLS, 8 * values, 0);
    if (at === INSUFFICIENT_CAPACITY) return;
    const { doubles } = this.region;
    const base = doubleIndex(at);
    doubles[base] = CELL_NAMES.indexOf('acb');
    doubles[base + 1] = update.version;
    doubles[base + 2] = update.hasValue ? 1 : 0;
    doubles[base + 3] = update.boost;
    doubles[base + 4] = update.beta;
    doubles[base + 5] = update.refusals;
    this.ring.commit();
  }

  report(report: ExecutionReport): void {
    this.makeRoom();
    const at = this.claim(RECORD_KINDS.REPORT, 8 * REPORT_FIELDS.length, 0);
    if (at === INSUFFICIENT_CAPACITY) return;
    writeFields(this.region.doubles, doubleIndex(at), REPORT_FIELDS, report);
    this.ring.commit();
  }

  intent(intent: Intent): number {
    // Decided in a gap it is covered by the state behind it, which comes after the GAP.
    const sequence = this.ring.committed + (this.isInGap ? 1 : 0);
    const at = this.claim(RECORD_KINDS.INTENT, 8 * INTENT_FIELDS.length, intent.decidedNs);
    if (at === INSUFFICIENT_CAPACITY) return sequence;
    writeFields(this.region.doubles, doubleIndex(at), INTENT_FIELDS, intent);
    this.ring.commit();
    return sequence;
  }

  command(command: CommandRecord): void {
    this.makeRoom();
    const at = this.claim(RECORD_KINDS.COMMAND, 8 * COMMAND_VALUES, 0);
    if (at === INSUFFICIENT_CAPACITY) return;
    COMMAND_CODEC.write(this.region.doubles, doubleIndex(at), command, command.sequence);
    this.ring.commit();
  }

  dayEnd(day: number, result: DayResult, stateHash: () => Uint8Array): void {
    const at = this.claim(RECORD_KINDS.DAY_END, 8 * DAY_END_FIELDS.length + HASH_BYTES, 0);
    if (at === INSUFFICIENT_CAPACITY) return;
    const base = doubleIndex(at);
    this.region.doubles[base] = day;
    this.region.doubles[base + 1] = result.bars;
    this.region.doubles[base + 2] = result.trades;
    this.region.bytes.set(stateHash(), at + 8 * DAY_END_FIELDS.length);
    this.ring.commit();
  }

  step(
    { frameSequence, cellsChanged, intents, lifetimeBar }: StepOutcome,
    stamps: Float64Array,
    decided: number,
  ): void {
    const at = this.claim(RECORD_KINDS.STEP, 8 * STEP_FIELDS.length, 0);
    if (at === INSUFFICIENT_CAPACITY) return;
    const { doubles } = this.region;
    const base = doubleIndex(at);
    doubles[base] = frameSequence;
    doubles[base + 1] = cellsChanged ? 1 : 0;
    doubles[base + 2] = intents;
    doubles[base + 3] = lifetimeBar;
    this.ring.stamp(stamps, decided);
    this.ring.commit();
  }

  end(reason: number, stateHash: () => Uint8Array): void {
    this.makeRoom();
    const at = this.claim(RECORD_KINDS.END, 8 + HASH_BYTES, 0);
    if (at === INSUFFICIENT_CAPACITY) return;
    this.region.doubles[doubleIndex(at)] = reason;
    this.region.bytes.set(stateHash(), at + 8);
    this.ring.commit();
  }

  publish(): void {
    this.ring.publish();
  }

  private claim(kind: number, payloadBytes: number, stampNs: number): number {
    if (!this.isInGap) return this.ring.claim(kind, payloadBytes, stampNs);
    this.missing++;
    return INSUFFICIENT_CAPACITY;
  }

  /** What an earlier frame left in a slot is no part of this one: two runs of the same frames give the same bytes. */
  private clearUnused({ kind, flags }: FrameView, at: number, usedBytes: number): void {
    const { doubles, layout, shape } = this.region;
    if (!hasSignals(kind, flags)) fillZeros(doubles, doubleIndex(at + SLOT_SIGNALS), SIGNAL_VALUES);
    const behindPrices = SLOT_PAYLOAD + 8 * shape.assets;
    const isPadded = shape.assets < BOOK_VALUES && usedBytes > SLOT_PAYLOAD + 8 * layout.payloadValues;
    if (isPadded) fillZeros(doubles, doubleIndex(at + behindPrices), layout.payloadValues - shape.assets);
  }

  /** Room for everything that may come of the next frame; ends a gap once there is room for the state behind it. */
  private makeRoom(): void {
    if (this.isInGap) this.closeGap();
    else if (!this.ring.hasRoomFor(this.stepBytes, this.frameBytes)) {
      this.full.add(1);
      if (this.overflow === 'wait') this.waitForRoom();
      else this.isInGap = true;
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
    this.isInGap = false;
  }
}

function fillZeros(doubles: Float64Array, from: number, count: number): void {
  for (let i = 0; i < count; i++) doubles[from + i] = 0;
}
