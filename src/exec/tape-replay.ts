import type { ExecutionReport, ReportSink } from '../model/execution-report.ts';
import {
  ABANDON_ENTRIES,
  TAPE_ABANDON,
  TAPE_ADVANCE,
  TAPE_CHECK,
  TAPE_FIELDS,
  TAPE_INTENT,
  TAPE_VENUE_EVENT,
  type TapeKind,
  type TapeSink,
} from '../model/execution-tape.ts';
import { PRE_TRADE_APPROVED } from '../model/order.ts';
import { intentFrom, venueEventFrom } from './tape-values.ts';
import type { TapedMachine, TapeFollower } from './taped-machine.ts';

/** Where a machine and its tape part. */
export interface TapeDifference {
  /** Number of the record on the tape, from 0. */
  readonly record: number;
  /** Of the record on the tape: TAPE_*; NaN when the next input or nothing stands there. */
  readonly kind: number;
  /** Name of the value, or `kind` when the machine did something else, or nothing. */
  readonly field: string;
  /** On the tape. */
  readonly expected: number;
  /** Of the machine: the value, or the kind of what it did; NaN when it did nothing. */
  readonly got: number;
}

/** What a replay has found. */
export interface TapeVerdict {
  /** Records that were taken. */
  readonly records: number;
  /** The first difference, or null. */
  readonly difference: TapeDifference | null;
  /** What the last input made the machine do beyond the end of the tape; 0 unless the tape is torn inside an input. */
  readonly beyondEnd: number;
}

interface TapeRecord {
  readonly kind: TapeKind;
  readonly values: Float64Array;
}

const IGNORE: ReportSink = { report: () => undefined };

/**
 * Makes a machine again from its tape: inputs and answers alone drive a fresh one, and everything that it does is compared
 * with what the tape says that it did. Nothing is sent. It is a tape sink: write the records of the tape to it in order, then
 * {@link finish}; each input is taken when the next one, or the end, shows that all its records are there.
 *
 * A tape may end inside an input: a process was killed. What the machine then does beyond the end is written to its own
 * tape and told, so that the two tapes together are one, but no request of it is sent: behind the end
 * {@link TapedMachine.recover} asks the venue for every order.
 *
 * After a difference nothing more is taken: the machine is not what the tape says.
 */
export class TapeReplay implements TapeSink, TapeFollower {
  private readonly taped: TapedMachine;
  private readonly heard: ReportSink;
  /** An input and what follows it, up to the next one. */
  private group: TapeRecord[] = [];
  private cursor = 0;
  private groupStart = 0;
  private records = 0;
  private isLast = false;
  private beyondEnd = 0;
  private difference: TapeDifference | null = null;

  /**
   * @param taped - fresh, of the same options; its ports are not used but for what lies beyond the end of a torn tape.
   * @param heard - told of the reports that are on the tape.
   */
  constructor(taped: TapedMachine, heard: ReportSink = IGNORE) {
    this.taped = taped;
    this.heard = heard;
    taped.follow(this);
  }

  /** The first difference so far, or null. */
  get firstDifference(): TapeDifference | null {
    return this.difference;
  }

  /** Takes the next record of the tape. */
  write(kind: TapeKind, values: Float64Array): void {
    if (isInput(kind) && this.group.length > 0) this.takeGroup();
    if (this.group.length === 0) this.groupStart = this.records;
    this.group.push({ kind, values: values.slice(0, TAPE_FIELDS[kind].length) });
    this.records++;
  }

  /** The tape is at its end. The machine can go on from here, unless there is a difference. */
  finish(): TapeVerdict {
    this.isLast = true;
    if (this.group.length > 0) this.takeGroup();
    this.taped.unfollow();
    return { records: this.records, difference: this.difference, beyondEnd: this.beyondEnd };
  }

  hasDone(kind: TapeKind, values: Float64Array): boolean {
    if (this.difference !== null) return true;
    const record = this.nextOnTape(kind);
    if (record === undefined) return this.difference !== null;
    this.compare(record, values, record.values.length);
    this.cursor++;
    return true;
  }

  answerInto(kind: TapeKind, values: Float64Array): boolean {
    const record = this.difference === null ? this.nextOnTape(kind) : undefined;
    if (record === undefined && this.difference === null) return false;
    // After a difference the answer means nothing: the machine is only to come to the end of its input.
    if (record === undefined) values.fill(kind === TAPE_CHECK ? PRE_TRADE_APPROVED : Number.NaN, 1);
    else {
      this.compare(record, values, 1);
      values.set(record.values);
      this.cursor++;
    }
    return true;
  }

  onReport(report: ExecutionReport): void {
    if (this.difference === null) this.heard.report(report);
  }

  private takeGroup(): void {
    const { group } = this;
    if (this.difference === null) {
      this.cursor = 1;
      this.input(group[0]!);
      if (this.cursor < group.length)
        this.differ(group[this.cursor]!.kind, 'kind', group[this.cursor]!.kind, Number.NaN);
    }
    this.group = [];
  }

  private input({ kind, values }: TapeRecord): void {
    const { machine } = this.taped;
    if (kind === TAPE_INTENT) machine.onIntent(intentFrom(values));
    else if (kind === TAPE_ADVANCE) machine.advance(values[0]!, values[1]!);
    else if (kind === TAPE_VENUE_EVENT) machine.onVenueEvent(venueEventFrom(values));
    else if (kind !== TAPE_ABANDON)
      this.differ(kind, 'kind', kind, Number.NaN); // a tape begins with an input
    else if (values[0] === ABANDON_ENTRIES) machine.abandonEntries();
    else machine.abandonAll();
  }

  /** The record that stands where the machine is; undefined, and a difference unless the tape is torn there, if none fits. */
  private nextOnTape(kind: TapeKind): TapeRecord | undefined {
    const record = this.group[this.cursor];
    if (record?.kind === kind) return record;
    if (record === undefined && this.isLast) this.beyondEnd++;
    else this.differ(record?.kind ?? Number.NaN, 'kind', record?.kind ?? Number.NaN, kind);
    return undefined;
  }

  private compare(record: TapeRecord, values: Float64Array, count: number): void {
    for (let i = 0; i < count && this.difference === null; i++) {
      const [expected, got] = [record.values[i]!, values[i]!];
      if (!Object.is(expected, got)) this.differ(record.kind, TAPE_FIELDS[record.kind][i]!, expected, got);
    }
  }

  private differ(kind: number, field: string, expected: number, got: number): void {
    this.difference ??= { record: this.groupStart + this.cursor, kind, field, expected, got };
  }
}

function isInput(kind: TapeKind): boolean {
  return kind === TAPE_INTENT || kind === TAPE_ADVANCE || kind === TAPE_VENUE_EVENT || kind === TAPE_ABANDON;
}
