import type { AcbUpdate, PostureUpdate } from '../engine/live-cells.ts';
import type { DayResult } from '../model/day-result.ts';
import type { ExecutionReport } from '../model/execution-report.ts';
import { INTENT_FIELDS, REPORT_FIELDS } from '../model/execution-tape.ts';
import { BOOK_VALUES, type FrameView, hasSignals, SIGNAL_VALUES } from '../model/frame.ts';
import type { Intent } from '../model/intent.ts';
import { DAY_END_FIELDS, STEP_FIELDS } from '../replay/journal/payloads.ts';
import { writeFields } from '../replay/journal/record-fields.ts';
import { RECORD_KINDS } from '../replay/journal/record-kind.ts';
import { usedSlotBytes } from '../shm/bar-slot.ts';
import type { EventRingProducer } from '../shm/event-ring.ts';
import {
  CELL_FIELDS,
  CELL_NAMES,
  type CellName,
  doubleIndex,
  SLOT_PAYLOAD,
  SLOT_SIGNALS,
  SLOT_TS_TAKE_DAY,
  SLOT_TS_TAKE_NS_OF_DAY,
  wordIndex,
} from '../shm/layout.ts';
import { INSUFFICIENT_CAPACITY } from '../shm/record-ring.ts';
import { COMMAND_CODEC, type CommandRecord } from '../shm/records/command.ts';
import type { Region } from '../shm/region.ts';
import type { EngineEvents, StepOutcome } from './engine-events.ts';
import { EventRoom, type OverflowPolicy } from './event-room.ts';

const HASH_BYTES = 32;
const COMMAND_VALUES = 3;

/**
 * Writes the engine's events into its ring. A step is recorded whole or not at all: room for everything that may come of
 * it is made sure of before its frame is taken, so a gap lies between steps.
 */
export class RecordedEvents implements EngineEvents {
  readonly isCatchingUp = false;
  private readonly region: Region;
  private readonly room: EventRoom;
  private readonly ring: EventRingProducer;

  /** @param snapshot - the machine's whole state, for the end of a gap. */
  constructor(region: Region, overflow: OverflowPolicy, snapshot: () => Uint8Array) {
    this.region = region;
    this.room = new EventRoom(region, overflow, snapshot);
    this.ring = this.room.ring;
  }

  frame(frame: FrameView, slotOffset: number): boolean {
    this.room.makeRoom();
    const { layout, shape, bytes, words, doubles } = this.region;
    const usedBytes = usedSlotBytes(frame.kind, frame.flags, shape.assets, layout.payloadValues);
    const at = this.room.claim(RECORD_KINDS.FRAME, usedBytes, 0);
    if (at !== INSUFFICIENT_CAPACITY) {
      // Within one buffer, as bytes: the bits of every NaN are kept.
      bytes.copyWithin(at, slotOffset, slotOffset + usedBytes);
      words[wordIndex(at + SLOT_TS_TAKE_DAY)] = frame.tsTakeDay;
      doubles[doubleIndex(at + SLOT_TS_TAKE_NS_OF_DAY)] = frame.tsTakeNsOfDay;
      this.clearUnused(frame, at, usedBytes);
      this.ring.commit();
    }
    return !this.room.isInGap;
  }

  acbTaken(update: AcbUpdate): void {
    const base = this.claimCell('acb', update.version);
    if (base === INSUFFICIENT_CAPACITY) return;
    const { doubles } = this.region;
    doubles[base] = update.hasValue ? 1 : 0;
    doubles[base + 1] = update.boost;
    doubles[base + 2] = update.beta;
    doubles[base + 3] = update.refusals;
    this.ring.commit();
  }

  postureTaken(update: PostureUpdate): void {
    const base = this.claimCell('posture', update.version);
    if (base === INSUFFICIENT_CAPACITY) return;
    const { doubles } = this.region;
    doubles[base] = update.posture;
    doubles[base + 1] = update.rm;
    doubles[base + 2] = update.tsDay;
    doubles[base + 3] = update.tsNsOfDay;
    this.ring.commit();
  }

  report(report: ExecutionReport): void {
    this.room.makeRoom();
    const at = this.room.claim(RECORD_KINDS.REPORT, 8 * REPORT_FIELDS.length, 0);
    if (at === INSUFFICIENT_CAPACITY) return;
    writeFields(this.region.doubles, doubleIndex(at), REPORT_FIELDS, report);
    this.ring.commit();
  }

  intent(intent: Intent): number {
    // Decided in a gap it is covered by the state behind it, which comes after the GAP.
    const sequence = this.ring.committed + (this.room.isInGap ? 1 : 0);
    const at = this.room.claim(RECORD_KINDS.INTENT, 8 * INTENT_FIELDS.length, intent.decidedNs);
    if (at === INSUFFICIENT_CAPACITY) return sequence;
    writeFields(this.region.doubles, doubleIndex(at), INTENT_FIELDS, intent);
    this.ring.commit();
    return sequence;
  }

  command(command: CommandRecord): void {
    this.room.makeRoom();
    const at = this.room.claim(RECORD_KINDS.COMMAND, 8 * COMMAND_VALUES, 0);
    if (at === INSUFFICIENT_CAPACITY) return;
    COMMAND_CODEC.write(this.region.doubles, doubleIndex(at), command, command.sequence);
    this.ring.commit();
  }

  dayEnd(day: number, result: DayResult, stateHash: () => Uint8Array): void {
    const at = this.room.claim(RECORD_KINDS.DAY_END, 8 * DAY_END_FIELDS.length + HASH_BYTES, 0);
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
    const at = this.room.claim(RECORD_KINDS.STEP, 8 * STEP_FIELDS.length, 0);
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
    this.room.makeRoom();
    const at = this.room.claim(RECORD_KINDS.END, 8 + HASH_BYTES, 0);
    if (at === INSUFFICIENT_CAPACITY) return;
    this.region.doubles[doubleIndex(at)] = reason;
    this.region.bytes.set(stateHash(), at + 8);
    this.ring.commit();
  }

  publish(): void {
    this.ring.publish();
  }

  get committed(): number {
    // What happens in a gap is covered by the state behind it: its GAP and that SNAPSHOT.
    return this.ring.committed + (this.room.isInGap ? 2 : 0);
  }

  /** Position of the first value of a CELLS record; INSUFFICIENT_CAPACITY, and counted, in a gap. */
  private claimCell(cell: CellName, version: number): number {
    const at = this.room.claim(RECORD_KINDS.CELLS, 8 * (2 + CELL_FIELDS[cell].length), 0);
    if (at === INSUFFICIENT_CAPACITY) return at;
    const base = doubleIndex(at);
    this.region.doubles[base] = CELL_NAMES.indexOf(cell);
    this.region.doubles[base + 1] = version;
    return base + 2;
  }

  /** What an earlier frame left in a slot is no part of this one: two runs of the same frames give the same bytes. */
  private clearUnused({ kind, flags }: FrameView, at: number, usedBytes: number): void {
    const { doubles, layout, shape } = this.region;
    if (!hasSignals(kind, flags)) fillZeros(doubles, doubleIndex(at + SLOT_SIGNALS), SIGNAL_VALUES);
    const behindPrices = SLOT_PAYLOAD + 8 * shape.assets;
    const isPadded = shape.assets < BOOK_VALUES && usedBytes > SLOT_PAYLOAD + 8 * layout.payloadValues;
    if (isPadded) fillZeros(doubles, doubleIndex(at + behindPrices), layout.payloadValues - shape.assets);
  }
}

function fillZeros(doubles: Float64Array, from: number, count: number): void {
  for (let i = 0; i < count; i++) doubles[from + i] = 0;
}
