import type { FactorRow } from '../model/factors.ts';

/** Shares of a position that stress may cut away; `cut` of `k` stress signals is CUTS[k]. */
export const CUTS = [0, 0.15, 0.45, 0.55, 0.75, 0.8] as const;

const BOOST_MIN = 0.5;
const BOOST_MAX = 2;
const BETA_MAX = 5;
const BETA_HIGH = 0.8;
const BETA_LOW = 0.2;
const HISTORY_ROWS = 60;
const MIN_HISTORY_VALUES = 10;

/** What the breaker says for one day. */
export interface AcbDay {
  readonly boostShort: number;
  readonly boostLong: number;
  readonly beta: number;
  readonly cut: number;
}

const NEUTRAL: AcbDay = { boostShort: 1, boostLong: 1, beta: 0, cut: 0 };

/** ACBv6: size by the day's external stress (semantics §6.1). */
export class AdaptiveCircuitBreaker {
  private readonly rows: readonly FactorRow[];

  /** @param rows - any order, at most one per day. */
  constructor(rows: readonly FactorRow[]) {
    this.rows = rows.toSorted((a, b) => a.day - b.day);
  }

  /** Boost, beta and cut of a UTC day; neutral when it has no row. */
  forDay(day: number): AcbDay {
    const index = this.rows.findIndex((row) => row.day === day);
    const today = this.rows[index];
    if (today === undefined) return NEUTRAL;
    const signals = stressSignals(today);
    return {
      boostShort: clampBoost(1 + 0.5 * Math.log(1 + signals)),
      boostLong: clampBoost(1 - (0.5 * Math.log(1 + signals)) / Math.log(6)),
      beta: this.beta(index),
      cut: CUTS[signals]!,
    };
  }

  private beta(index: number): number {
    const today = this.rows[index]!.w750Velocity;
    const before = this.rows.slice(Math.max(0, index - HISTORY_ROWS), index).map((row) => row.w750Velocity);
    const known = Float64Array.from(before.filter((value) => !Number.isNaN(value))).sort();
    if (Number.isNaN(today) || known.length < MIN_HISTORY_VALUES) return BETA_LOW;
    return today > percentile60(known) ? BETA_HIGH : BETA_LOW;
  }
}

/** Number of stress signals, 0 to 5; a missing factor is none. */
export function stressSignals(row: FactorRow): number {
  let signals = 0;
  if (row.fundingBtc <= -0.0001) signals++;
  if (row.fundingBtc <= -0.0002) signals++;
  if (row.dvolBtc >= 55) signals++;
  if (row.dvolBtc >= 75) signals++;
  if (row.fearGreed <= 25) signals++;
  return signals;
}

/** A boost from outside, brought into the range that the engine accepts. */
export function clampBoost(boost: number): number {
  return Math.min(BOOST_MAX, Math.max(BOOST_MIN, boost));
}

/** A beta from outside, brought into the range that the engine accepts. */
export function clampBeta(beta: number): number {
  return Math.min(BETA_MAX, Math.max(0, beta));
}

/**
 * What is left of a position after a cut.
 * @param size - any unit; the answer has the same.
 * @throws RangeError when `cut` is not one of CUTS.
 */
export function applyCutToPositionSize(size: number, cut: number): number {
  if (!(CUTS as readonly number[]).includes(cut)) {
    throw new RangeError(`cut must be one of ${CUTS.join(', ')}, was ${cut}`);
  }
  return size * (1 - cut);
}

function percentile60(sorted: Float64Array): number {
  const position = 0.6 * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  const fraction = position - below;
  return fraction < 0.5 ? low + (high - low) * fraction : high - (high - low) * (1 - fraction);
}
