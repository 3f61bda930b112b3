import {
  type ExecutionReport,
  REPORT_FILLED,
  REPORT_INTENT_DONE,
  REPORT_PARTIALLY_FILLED,
} from '../model/execution-report.ts';
import { EXIT_HIBERNATE, RISK, TAKE_PROFIT, UNFILLED_END } from '../model/exit-reason.ts';
import { POSITION_ENTERING, POSITION_EXITING, POSITION_FLAT, POSITION_OPEN, RoutedHolding } from './routed-holding.ts';

export { POSITION_ENTERING, POSITION_EXITING, POSITION_FLAT, POSITION_OPEN } from './routed-holding.ts';

/** What its owner is to do, or to know, after a decision or a report. */
export const ROUTED_NOTHING = 0;
/** Send INTENT_CANCEL_ENTRY. */
export const ROUTED_CANCEL_ENTRY = 1;
/** Send INTENT_EXIT for `qtyOpen` with `exitReason`, and tell its sequence and price by `onExitSent`. */
export const ROUTED_EXIT = 2;
/** Send INTENT_HASTEN_EXIT with `exitReason`. */
export const ROUTED_HASTEN_EXIT = 3;
/** The trade is closed: book it. */
export const ROUTED_CLOSED = 4;
/** The entry ended without a fill: no trade. */
export const ROUTED_UNFILLED = 5;

/** A decided entry, as it is needed until the trade is closed. */
export interface RoutedEntry {
  readonly intentSequence: number;
  readonly assetIndex: number;
  /** -1 SHORT, +1 LONG. */
  readonly direction: number;
  /** Decision price, quote currency. */
  readonly price: number;
  readonly leverage: number;
  /** Strength of the signal: 0 extreme to 3 weak. */
  readonly bucket: number;
}

/**
 * The routed life of a position (semantics §11): FLAT, ENTERING, OPEN, EXITING, moved by decisions of the engine and by
 * reports of execution, and by nothing else. It sends nothing; it says what is to be sent.
 *
 * After a close the fields keep the closed trade until the next {@link enter}.
 */
export class RoutedPosition extends RoutedHolding {
  /** A decided entry is sent. @returns false, changing nothing, unless flat: only FLAT opens. */
  enter(entry: RoutedEntry): boolean {
    if (this.state !== POSITION_FLAT) return false;
    this.state = POSITION_ENTERING;
    this.entryIntent = entry.intentSequence;
    this.exitIntent = -1;
    this.assetIndex = entry.assetIndex;
    this.direction = entry.direction;
    this.decisionPrice = entry.price;
    this.leverage = entry.leverage;
    this.bucket = entry.bucket;
    this.qtyEntered = this.qtyExited = 0;
    this.entryNotional = this.exitNotional = this.exitDecisionNotional = 0;
    this.exitDecisionPrice = Number.NaN;
    this.feesEntry = this.feesExit = this.funding = 0;
    this.barsHeld = 0;
    this.exitReason = this.exitReasonSent = 0;
    return true;
  }

  /** Counts bars while it is held. @param bars - 0 for a 0.1 s bar between two scans. */
  onBar(bars = 1): void {
    if (this.isHeld) this.barsHeld += bars;
  }

  /**
   * An exit is decided. While ENTERING it cancels the entry, and what was filled is left upon its end; one exit at a time; RISK
   * and HIBERNATE take over from a TAKE_PROFIT that works or waits.
   * @returns what is to be sent.
   */
  decideExit(reason: number): number {
    if (this.state === POSITION_FLAT) return ROUTED_NOTHING;
    if (this.state === POSITION_OPEN) {
      this.state = POSITION_EXITING;
      this.exitReason = reason;
      return ROUTED_EXIT;
    }
    if (this.exitReason === 0) {
      this.exitReason = reason;
      return ROUTED_CANCEL_ENTRY;
    }
    if (this.exitReason !== TAKE_PROFIT || (reason !== RISK && reason !== EXIT_HIBERNATE)) return ROUTED_NOTHING;
    this.exitReason = reason;
    if (this.state !== POSITION_EXITING) return ROUTED_NOTHING;
    this.exitReasonSent = reason;
    return ROUTED_HASTEN_EXIT;
  }

  /** The exit that {@link ROUTED_EXIT} asked for is sent. @param price - at which it was decided, quote currency. */
  onExitSent(intentSequence: number, price: number): void {
    this.exitIntent = intentSequence;
    this.exitReasonSent = this.exitReason;
    this.exitDecisionPrice = price;
  }

  /**
   * Takes a report of execution.
   * @param report - reusable; not kept.
   * @param lifetimeBar - of the last bar that the engine has seen.
   * @returns what is to be sent or booked.
   */
  onReport(report: ExecutionReport, lifetimeBar: number): number {
    const { kind, intentSequence } = report;
    if (kind === REPORT_FILLED || kind === REPORT_PARTIALLY_FILLED) return this.onFill(report, lifetimeBar);
    if (kind !== REPORT_INTENT_DONE || this.state === POSITION_FLAT) return ROUTED_NOTHING;
    if (intentSequence === this.entryIntent && this.state === POSITION_ENTERING) return this.onEntryDone();
    if (intentSequence === this.exitIntent && this.state === POSITION_EXITING) return this.onExitDone();
    return ROUTED_NOTHING;
  }

  /** A funding payment; one that is heard after the last exit fill still belongs to it. @param paid - negative when received. */
  onFunding(assetIndex: number, paid: number): void {
    if (this.isOpen && assetIndex === this.assetIndex && this.qtyEntered > 0) this.funding += paid;
    else this.strayFills++;
  }

  /**
   * The data is at its end: what is left is marked at `price` and the trade is closed, reason UNFILLED_END, without a fee.
   * @returns ROUTED_CLOSED, or ROUTED_UNFILLED when nothing was held.
   */
  closeAtEnd(price: number, day: number, nsOfDay: number): number {
    const { qtyOpen } = this;
    this.state = POSITION_FLAT;
    if (qtyOpen === 0) {
      this.entriesUnfilled++;
      return ROUTED_UNFILLED;
    }
    this.qtyExited = this.qtyEntered;
    this.exitNotional += qtyOpen * price;
    this.exitDecisionNotional += qtyOpen * price;
    this.exitDay = day;
    this.exitNsOfDay = nsOfDay;
    this.exitReason = UNFILLED_END;
    return ROUTED_CLOSED;
  }

  private onFill(report: ExecutionReport, lifetimeBar: number): number {
    const isOurs = this.state !== POSITION_FLAT;
    const notional = report.lastPx * report.lastQty;
    if (isOurs && report.intentSequence === this.entryIntent) {
      if (this.qtyEntered === 0) this.beginHolding(report, lifetimeBar);
      this.qtyEntered += report.lastQty;
      this.entryNotional += notional;
      this.feesEntry += report.fee;
    } else if (isOurs && report.intentSequence > this.entryIntent && report.intentSequence <= this.exitIntent) {
      // Of the exit that works, or of an earlier one whose order was given up and lived: it has left the position as well.
      this.qtyExited += report.lastQty;
      this.exitNotional += notional;
      this.exitDecisionNotional += this.exitDecisionPrice * report.lastQty;
      this.feesExit += report.fee;
      this.exitDay = report.tsEventDay;
      this.exitNsOfDay = report.tsEventNsOfDay;
    } else this.strayFills++;
    return this.state === POSITION_OPEN && this.qtyOpen === 0 ? this.onLeftLate() : ROUTED_NOTHING;
  }

  /** The order of an exit that had ended short was alive after all and has left the rest. */
  private onLeftLate(): number {
    this.state = POSITION_FLAT;
    this.exitReason = this.exitReasonSent;
    return ROUTED_CLOSED;
  }

  private beginHolding(report: ExecutionReport, lifetimeBar: number): void {
    this.entryBar = lifetimeBar;
    this.entryDay = report.tsEventDay;
    this.entryNsOfDay = report.tsEventNsOfDay;
  }

  private onEntryDone(): number {
    if (this.qtyOpen === 0) {
      this.state = POSITION_FLAT;
      this.entriesUnfilled++;
      return ROUTED_UNFILLED;
    }
    this.state = this.exitReason === 0 ? POSITION_OPEN : POSITION_EXITING;
    return this.exitReason === 0 ? ROUTED_NOTHING : ROUTED_EXIT;
  }

  /** Left in part only (denied, rejected, the venue's rest): it is open again and the next bar decides anew. */
  private onExitDone(): number {
    if (this.qtyOpen === 0) {
      this.state = POSITION_FLAT;
      return ROUTED_CLOSED;
    }
    this.state = POSITION_OPEN;
    this.exitReason = 0;
    return ROUTED_NOTHING;
  }
}
