import type { ExecutionReport } from '../model/execution-report.ts';
import {
  ABANDON_ALL,
  ABANDON_ENTRIES,
  TAPE_ABANDON,
  TAPE_ADVANCE,
  TAPE_CANCEL,
  TAPE_CHECK,
  TAPE_INTENT,
  TAPE_IRREGULAR,
  TAPE_QUERY,
  TAPE_REPORT,
  TAPE_SUBMIT,
  TAPE_TOUCH,
  TAPE_VALUES_MAX,
  TAPE_VENUE_EVENT,
  type TapeKind,
  type TapeSink,
} from '../model/execution-tape.ts';
import type { Intent } from '../model/intent.ts';
import type { OrderReference, OrderRequest } from '../model/order.ts';
import { createVenueEvent, type Touch, VENUE_CONNECTED, type VenueEvent } from '../model/venue.ts';
import { ExecutionMachine, type ExecutionMachineOptions, type ExecutionMachinePorts } from './execution-machine.ts';
import { intentInto, referenceInto, reportInto, submitInto, venueEventInto } from './tape-values.ts';

/** Whoever drives a machine from a tape: it knows what the machine did and was answered then. */
export interface TapeFollower {
  /** The machine does something. @returns true when the tape has it: it happened then, and is not to happen again. */
  hasDone(kind: TapeKind, values: Float64Array): boolean;
  /** The machine asks; values[0] says of what. @returns true when the tape has the answer: the rest is filled in. */
  answerInto(kind: TapeKind, values: Float64Array): boolean;
  /** A report that the tape has. */
  onReport(report: ExecutionReport): void;
}

/**
 * An execution machine with a tape: every input, every answer that it asked for and everything that it does is written, in
 * order. What it does is written before it happens, so no order is at the venue without a record; a sink that throws keeps
 * it from happening.
 *
 * Time is written when the tape needs it: a timer fires, an input follows that brings no time of its own, or it goes back.
 */
export class TapedMachine {
  readonly machine: ExecutionMachine;
  private readonly ports: ExecutionMachinePorts;
  private readonly tape: TapeSink;
  private readonly values = new Float64Array(TAPE_VALUES_MAX);
  private follower: TapeFollower | null = null;
  /** The machine's time as the tape has it. */
  private writtenDay = 0;
  private writtenNsOfDay = 0;

  constructor(options: ExecutionMachineOptions, ports: ExecutionMachinePorts, tape: TapeSink) {
    this.ports = ports;
    this.tape = tape;
    this.machine = new ExecutionMachine(options, {
      venue: {
        submit: (request) => this.submit(request),
        cancel: (reference) => this.refer(TAPE_CANCEL, reference),
        query: (reference) => this.refer(TAPE_QUERY, reference),
      },
      reports: { report: (report) => this.report(report) },
      irregularities: { irregular: (code, seq, state, event) => this.irregular(code, seq, state, event) },
      check: { check: (request) => this.check(request) },
      touches: { readInto: (out, assetIndex) => this.readTouch(out, assetIndex) },
    });
  }

  get nextDueDay(): number {
    return this.machine.nextDueDay;
  }

  get nextDueNsOfDay(): number {
    return this.machine.nextDueNsOfDay;
  }

  /** Moves time on and fires the timers that are due. @returns how many fired. */
  advance(day: number, nsOfDay: number): number {
    const { machine } = this;
    const goesBack = isBefore(day, nsOfDay, machine.day, machine.nsOfDay);
    if (goesBack) this.writeTime();
    const isDue = machine.nextDueDay >= 0 && !isBefore(day, nsOfDay, machine.nextDueDay, machine.nextDueNsOfDay);
    if (goesBack || isDue) this.writeAdvance(day, nsOfDay);
    return machine.advance(day, nsOfDay);
  }

  /** Takes a decision of the engine, at the machine's present time. @param intent - reusable; not kept. */
  onIntent(intent: Intent): void {
    this.writeTime();
    intentInto(this.values, intent);
    this.tape.write(TAPE_INTENT, this.values);
    this.machine.onIntent(intent);
  }

  /** Takes an event of the venue. @param event - reusable; not kept. */
  onVenueEvent(event: VenueEvent): void {
    const { machine } = this;
    if (isBefore(event.tsRecvDay, event.tsRecvNsOfDay, machine.day, machine.nsOfDay)) this.writeTime();
    venueEventInto(this.values, event);
    this.tape.write(TAPE_VENUE_EVENT, this.values);
    if (isBefore(machine.day, machine.nsOfDay, event.tsRecvDay, event.tsRecvNsOfDay)) {
      this.hasWritten(event.tsRecvDay, event.tsRecvNsOfDay);
    } else this.hasWritten(machine.day, machine.nsOfDay);
    machine.onVenueEvent(event);
  }

  /** Cancels every working entry and orders nothing more for it; exits go on. */
  abandonEntries(): void {
    this.writeAbandon(ABANDON_ENTRIES);
    this.machine.abandonEntries();
  }

  /** Cancels whatever works and orders nothing more for it. */
  abandonAll(): void {
    this.writeAbandon(ABANDON_ALL);
    this.machine.abandonAll();
  }

  /**
   * Goes on after a restart, when the machine was made again from its tape: every order that is not at its end becomes a
   * question to the venue, and nothing is sent again. To the machine it is the stream of order events that is there again,
   * and so it is on the tape.
   */
  recover(day: number, nsOfDay: number): void {
    const event = createVenueEvent();
    event.kind = VENUE_CONNECTED;
    event.tsEventDay = event.tsRecvDay = day;
    event.tsEventNsOfDay = event.tsRecvNsOfDay = nsOfDay;
    this.onVenueEvent(event);
  }

  /** From now on the machine is driven by a tape, until {@link unfollow}: for whoever replays it. */
  follow(follower: TapeFollower): void {
    this.follower = follower;
  }

  /** The tape is at its end, and everything further is written behind it. */
  unfollow(): void {
    this.follower = null;
    this.hasWritten(this.machine.day, this.machine.nsOfDay);
  }

  private submit(request: OrderRequest): void {
    submitInto(this.values, request);
    if (this.isToBeSent(TAPE_SUBMIT)) this.ports.venue.submit(request);
  }

  private refer(kind: typeof TAPE_CANCEL | typeof TAPE_QUERY, reference: OrderReference): void {
    referenceInto(this.values, reference);
    if (!this.isToBeSent(kind)) return;
    if (kind === TAPE_CANCEL) this.ports.venue.cancel(reference);
    else this.ports.venue.query(reference);
  }

  /** While a tape is followed nothing is sent, not even what an input at its torn end did not come to: that is asked for. */
  private isToBeSent(kind: TapeKind): boolean {
    return this.isNew(kind) && this.follower === null;
  }

  private report(report: ExecutionReport): void {
    reportInto(this.values, report);
    if (this.isNew(TAPE_REPORT)) this.ports.reports.report(report);
    else this.follower?.onReport(report);
  }

  private irregular(code: number, clientOrderSeq: number, state: number, event: number): void {
    this.put(code, clientOrderSeq, state, event);
    if (this.isNew(TAPE_IRREGULAR)) this.ports.irregularities.irregular(code, clientOrderSeq, state, event);
  }

  private check(request: OrderRequest): number {
    const { values } = this;
    this.put(request.clientOrderSeq);
    if (this.follower?.answerInto(TAPE_CHECK, values)) return values[1]!;
    const answer = this.ports.check.check(request);
    this.put(request.clientOrderSeq, answer);
    this.tape.write(TAPE_CHECK, values);
    return answer;
  }

  private readTouch(out: Touch, assetIndex: number): void {
    const { values } = this;
    this.put(assetIndex);
    if (this.follower?.answerInto(TAPE_TOUCH, values)) {
      out.bidPx = values[1]!;
      out.askPx = values[2]!;
      return;
    }
    this.ports.touches.readInto(out, assetIndex);
    this.put(assetIndex, out.bidPx, out.askPx);
    this.tape.write(TAPE_TOUCH, values);
  }

  /** Writes what is about to happen, unless the tape has it already. */
  private isNew(kind: TapeKind): boolean {
    if (this.follower?.hasDone(kind, this.values)) return false;
    this.tape.write(kind, this.values);
    return true;
  }

  private writeAbandon(scope: number): void {
    this.writeTime();
    this.put(scope);
    this.tape.write(TAPE_ABANDON, this.values);
  }

  /** Brings the tape to the machine's time. */
  private writeTime(): void {
    const { day, nsOfDay } = this.machine;
    if (day !== this.writtenDay || nsOfDay !== this.writtenNsOfDay) this.writeAdvance(day, nsOfDay);
  }

  private writeAdvance(day: number, nsOfDay: number): void {
    this.put(day, nsOfDay);
    this.tape.write(TAPE_ADVANCE, this.values);
    if (isBefore(this.writtenDay, this.writtenNsOfDay, day, nsOfDay)) this.hasWritten(day, nsOfDay);
  }

  private hasWritten(day: number, nsOfDay: number): void {
    this.writtenDay = day;
    this.writtenNsOfDay = nsOfDay;
  }

  private put(...values: number[]): void {
    this.values.set(values);
  }
}

function isBefore(day: number, nsOfDay: number, thanDay: number, thanNsOfDay: number): boolean {
  return day < thanDay || (day === thanDay && nsOfDay < thanNsOfDay);
}
