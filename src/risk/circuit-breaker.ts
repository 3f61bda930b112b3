import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';

/** Why the breaker is open: nothing, the day's loss, a row of losses, or a person. */
export type TripReason = 'dailyLoss' | 'consecutiveLosses' | 'manual';

/** Order of the codes of a trip. */
const TRIPS: readonly (TripReason | null)[] = [null, 'dailyLoss', 'consecutiveLosses', 'manual'];

export interface CircuitBreakerLimits {
  /** Fraction of the capital at the day's start; 0.10 = 10 %. */
  readonly dailyLossFrac: number;
  /** Losing trades in a row, or null for no such limit. */
  readonly maxConsecutiveLosses: number | null;
}

/**
 * Stops new positions for the rest of the UTC day (semantics §8). Once tripped it stays so until the next day or a
 * manual reset. The audit calls the original loss formula inverted; `-pnl/start >= limit` and `pnl/start <= -limit` are
 * the same inequality, and the second is written here.
 */
export class CircuitBreakerManager implements Stateful {
  private readonly limits: CircuitBreakerLimits;
  private capitalAtDayStart = Number.NaN;
  private lossesInARow = 0;
  private tripped: TripReason | null = null;

  constructor(limits: CircuitBreakerLimits) {
    this.limits = limits;
  }

  /** @param capital - realised capital, USDT. */
  beginDay(capital: number): void {
    this.capitalAtDayStart = capital;
    this.lossesInARow = 0;
    this.tripped = null;
  }

  /** A trade of an earlier day has closed only now: its pnl is none of this day's. @param capital - at the day's start, USDT. */
  moveDayStart(capital: number): void {
    this.capitalAtDayStart = capital;
  }

  /**
   * Asks on a bar with a marked price, or after a close with nothing open.
   * @param equity - realised capital plus the marked gain of an open position.
   * @returns true when the day's loss is at its limit on this bar.
   */
  onEquity(equity: number): boolean {
    const change = (equity - this.capitalAtDayStart) / this.capitalAtDayStart;
    const isHit = change <= -this.limits.dailyLossFrac;
    if (isHit && this.tripped === null) this.tripped = 'dailyLoss';
    return isHit;
  }

  /** Told after each close. */
  onTradeClosed(pnl: number, capital: number): void {
    this.onEquity(capital);
    this.lossesInARow = pnl < 0 ? this.lossesInARow + 1 : 0;
    const limit = this.limits.maxConsecutiveLosses;
    if (limit !== null && this.lossesInARow >= limit && this.tripped === null) this.tripped = 'consecutiveLosses';
  }

  get isTripped(): boolean {
    return this.tripped !== null;
  }

  canOpen(): boolean {
    return this.tripped === null;
  }

  /** Why it is open, or null when positions may be opened. */
  get status(): TripReason | null {
    return this.tripped;
  }

  /** Trips by hand. */
  trip(reason: TripReason): void {
    this.tripped ??= reason;
  }

  /** Resets by hand; a limit that is still exceeded trips it again at the next question. */
  reset(): void {
    this.tripped = null;
    this.lossesInARow = 0;
  }

  walkState(walk: StateWalk): void {
    this.capitalAtDayStart = walk.number('capitalAtDayStart', this.capitalAtDayStart);
    this.lossesInARow = walk.count('lossesInARow', this.lossesInARow, MAX_COUNT);
    this.tripped = walk.code('tripped', this.tripped, TRIPS);
  }
}
