import {
  type ExecutionReport,
  REPORT_FILLED,
  REPORT_INTENT_DONE,
  REPORT_PARTIALLY_FILLED,
} from '../model/execution-report.ts';
import { EXIT_HIBERNATE, RISK, TAKE_PROFIT, UNFILLED_END } from '../model/exit-reason.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import type { PositionView } from './open-position.ts';

/** States of a routed position (semantics §11); codes stand in snapshots. */
export const POSITION_FLAT = 0;
/** From the intent on; the position itself exists from the first fill. */
export const POSITION_ENTERING = 1;
export const POSITION_OPEN = 2;
export const POSITION_EXITING = 3;

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

/** What is left of a position below this share of what was entered is what binary fractions left. */
const RELATIVE_TOLERANCE = 1e-9;

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
 * reports of execution, and by nothing else. It is what its fills make it: entry and exit are their volume-weighted prices, fees
 * are theirs, the time it is held counts from the first of them. It sends nothing; it says what is to be sent.
 *
 * After a close the fields keep the closed trade until the next {@link enter}.
 */
export class RoutedPosition implements Stateful, PositionView {
  state = POSITION_FLAT;
  assetIndex = -1;
  direction = 0;
  /** Decision price of the entry, quote currency. */
  decisionPrice = Number.NaN;
  leverage = Number.NaN;
  bucket = 0;
  /** Base units, entered and left again. */
  qtyEntered = 0;
  qtyExited = 0;
  /** Quote currency. */
  entryNotional = 0;
  exitNotional = 0;
  /** Quote currency; negative for a rebate. */
  feesEntry = 0;
  feesExit = 0;
  /** Paid, quote currency; negative when received. */
  funding = 0;
  /** Of the first fill; bar by lifetime index. */
  entryBar = 0;
  entryDay = 0;
  entryNsOfDay = Number.NaN;
  /** Of the last exit fill. */
  exitDay = 0;
  exitNsOfDay = Number.NaN;
  /** Row of its trade in the log; kept for the owner. */
  tradeIndex = -1;
  /** Bars since the first fill: the bar after it is 1. */
  barsHeld = 0;
  /** Of the decided or working exit; 0 when there is none. */
  exitReason = 0;
  /** Entries that ended without a fill, over the run. */
  entriesUnfilled = 0;
  /** Fills and settlements that are not this position's: for reconciliation. */
  strayFills = 0;

  private entryIntent = -1;
  private exitIntent = -1;
  /** Reason of the last exit that was sent, or of what hastened it. */
  private exitReasonSent = 0;
  /** Decision price of the last exit, and the sum of decision price x quantity over what was left. */
  private exitDecisionPrice = Number.NaN;
  private exitDecisionNotional = 0;

  get isFlat(): boolean {
    return this.state === POSITION_FLAT;
  }

  /** True from the intent of the entry until everything is left again. */
  get isOpen(): boolean {
    return this.state !== POSITION_FLAT;
  }

  /** Quote currency, entered. */
  get notional(): number {
    return this.entryNotional;
  }

  /** Base units, held now. */
  get qty(): number {
    return this.qtyOpen;
  }

  /** True from the first fill on: exits are asked. */
  get isHeld(): boolean {
    return this.state !== POSITION_FLAT && this.qtyOpen > 0;
  }

  /** Base units; exactly 0 when all of it is left. */
  get qtyOpen(): number {
    const open = this.qtyEntered - this.qtyExited;
    return open <= RELATIVE_TOLERANCE * this.qtyEntered ? 0 : open;
  }

  /** Volume-weighted price of the entry fills, quote currency; NaN before the first. */
  get entryPrice(): number {
    return this.entryNotional / this.qtyEntered;
  }

  /** Volume-weighted price of the exit fills, quote currency; NaN before the first. */
  get exitPrice(): number {
    return this.exitNotional / this.qtyExited;
  }

  /** Price at which what was left was decided to be left, quote currency: average by quantity; NaN before an exit fill. */
  get exitDecision(): number {
    return this.exitDecisionNotional / this.qtyExited;
  }

  /** Of a closed trade: gross less fees and funding, quote currency. */
  get pnl(): number {
    return this.direction * (this.exitNotional - this.entryNotional) - this.feesEntry - this.feesExit - this.funding;
  }

  /** What it would have made if the rest were left at `price` without a fee, quote currency; 0 before the first fill. */
  markedPnl(price: number): number {
    return this.pnl + this.direction * this.qtyOpen * price;
  }

  /** Signed return at `price` since entry, as a fraction; positive is a gain; NaN before the first fill. */
  change(price: number): number {
    return this.direction * (price / this.entryPrice - 1);
  }

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

  /** What a flat position was is in the log; only its counts stay. */
  walkState(walk: StateWalk): void {
    this.entriesUnfilled = walk.count('entriesUnfilled', this.entriesUnfilled, MAX_COUNT);
    this.strayFills = walk.count('strayFills', this.strayFills, MAX_COUNT);
    this.state = walk.integer('state', this.state);
    if (this.state === POSITION_FLAT) return;
    this.entryIntent = walk.number('entryIntent', this.entryIntent);
    this.exitIntent = walk.number('exitIntent', this.exitIntent);
    this.assetIndex = walk.integer('assetIndex', this.assetIndex);
    this.direction = walk.integer('direction', this.direction);
    this.decisionPrice = walk.number('decisionPrice', this.decisionPrice);
    this.leverage = walk.number('leverage', this.leverage);
    this.bucket = walk.integer('bucket', this.bucket);
    this.qtyEntered = walk.number('qtyEntered', this.qtyEntered);
    this.qtyExited = walk.number('qtyExited', this.qtyExited);
    this.entryNotional = walk.number('entryNotional', this.entryNotional);
    this.exitNotional = walk.number('exitNotional', this.exitNotional);
    this.feesEntry = walk.number('feesEntry', this.feesEntry);
    this.feesExit = walk.number('feesExit', this.feesExit);
    this.funding = walk.number('funding', this.funding);
    this.entryBar = walk.count('entryBar', this.entryBar, MAX_COUNT);
    this.entryDay = walk.integer('entryDay', this.entryDay);
    this.entryNsOfDay = walk.number('entryNsOfDay', this.entryNsOfDay);
    this.barsHeld = walk.count('barsHeld', this.barsHeld, MAX_COUNT);
    this.exitReason = walk.integer('exitReason', this.exitReason);
    this.exitReasonSent = walk.integer('exitReasonSent', this.exitReasonSent);
    this.exitDecisionPrice = walk.number('exitDecisionPrice', this.exitDecisionPrice);
    this.exitDecisionNotional = walk.number('exitDecisionNotional', this.exitDecisionNotional);
    this.exitDay = walk.integer('exitDay', this.exitDay);
    this.exitNsOfDay = walk.number('exitNsOfDay', this.exitNsOfDay);
    this.tradeIndex = walk.integer('tradeIndex', this.tradeIndex);
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
