/** One row of `factors.csv`: what was published before 00:00 UTC of its day. NaN = missing. Semantics §6.1. */
export interface FactorRow {
  /** UTC day number. */
  readonly day: number;
  /** BTC perpetual funding rate, a fraction per interval. */
  readonly fundingBtc: number;
  /** BTC implied-volatility index, annualised percent. */
  readonly dvolBtc: number;
  /** Fear-and-greed index, 0 to 100. */
  readonly fearGreed: number;
  /** Velocity of the 750-bar eigenvalue, dimensionless. */
  readonly w750Velocity: number;
}
