import { type ExitParams, exitReason } from '../alpha/layers/exits.ts';
import { DAY_END, EXIT_HIBERNATE, RISK } from '../model/exit-reason.ts';
import type { FrameView } from '../model/frame.ts';
import type { Stateful, StateWalk } from '../model/state-walk.ts';
import { nsBetween } from '../model/time.ts';
import type { RoutedPosition } from '../portfolio/routed-position.ts';
import type { DayTally } from './day-tally.ts';
import type { RunParams } from './run-params.ts';

const NONE = -1;

/**
 * Why a routed position is to be left, and which day that belongs to (semantics §11). The same exits as PositionDesk (§4.7),
 * asked from the first fill on against the average of the entry. It says, and its desk decides. Allocates once.
 */
export class RoutedExits implements Stateful {
  /** The operator orders it left, reason RISK, whatever else holds. */
  mustFlatten = false;
  /** Day that the last decided exit belongs to; NONE before the first. */
  closeDay = NONE;
  /** Its day has ended: it is left as soon as it can be, and belongs to that day. */
  isDayOver = false;
  private readonly params: RunParams;
  private readonly position: RoutedPosition;
  private readonly tally: DayTally;
  private readonly exitParams: ExitParams;
  private isLateCounted = false;

  /** @param position - that is asked about. @param tally - told once when it is overdue without a price to leave it at. */
  constructor(params: RunParams, position: RoutedPosition, tally: DayTally) {
    const { config } = params;
    this.params = params;
    this.position = position;
    this.tally = tally;
    this.exitParams = { takeProfitFrac: config.fixed_tp_pct, stopFrac: config.stop_pct };
  }

  /** An entry is decided: nothing is known of its exit. */
  begin(): void {
    this.isLateCounted = false;
    this.mustFlatten = false;
    this.closeDay = NONE;
    this.isDayOver = false;
  }

  /** It is left by a decision of today, and belongs there, unless one of before still holds. @param today - UTC day number. */
  decidedOn(today: number): void {
    if (!this.isLeaving) this.closeDay = today;
  }

  /** Its day has ended. @param today - as {@link decidedOn}. */
  endDay(today: number): void {
    this.decidedOn(today);
    this.isDayOver = true;
  }

  /** True unless its exit belongs to another day. @param today - as {@link decidedOn}. */
  isOf(today: number): boolean {
    return !this.isLeaving || this.closeDay === today;
  }

  /** Reason for which it is to be left whether there is a price or not; 0 for none. */
  ordered(isHibernating: boolean): number {
    if (this.mustFlatten) return RISK;
    return isHibernating ? EXIT_HIBERNATE : 0;
  }

  /** True when it is held for as long as it may be, by bars or by the time of this one. */
  isOverdue(bar: FrameView): boolean {
    const { position, params } = this;
    if (position.barsHeld >= params.config.max_hold_bars) return true;
    const heldNs = nsBetween(position.entryDay, position.entryNsOfDay, bar.tsEventDay, bar.tsEventNsOfDay);
    return heldNs >= params.maxHoldNs;
  }

  /** It is overdue on a bar without a price. */
  countLate(): void {
    if (this.isLateCounted) return;
    this.isLateCounted = true;
    this.tally.lateExits++;
  }

  /**
   * Reason for which it is to be left at a valid price; 0 for none. A decided exit is replaced by an order to leave or by the
   * loss limit alone, so nothing else is asked.
   */
  reasonOf(ordered: number, price: number, isLossLimitHit: boolean, isOverdue: boolean): number {
    const { position } = this;
    if (ordered !== 0) return ordered;
    if (position.exitReason !== 0) return isLossLimitHit ? RISK : 0;
    if (this.isDayOver) return DAY_END;
    return exitReason(this.exitParams, position.change(price), isLossLimitHit, isOverdue);
  }

  /** Of a position that is entered or held. */
  walkState(walk: StateWalk): void {
    this.isLateCounted = walk.flag('isLateCounted', this.isLateCounted);
    this.mustFlatten = walk.flag('mustFlatten', this.mustFlatten);
    this.closeDay = walk.integer('closeDay', this.closeDay);
    this.isDayOver = walk.flag('isDayOver', this.isDayOver);
  }

  /** True from the decision to leave until it has ended short; for good when the day of the position is over. */
  private get isLeaving(): boolean {
    return this.isDayOver || this.position.exitReason !== 0;
  }
}
