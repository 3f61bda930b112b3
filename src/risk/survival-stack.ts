import { APEX, HIBERNATE, type Posture, STALKER, TURTLE } from '../model/posture.ts';
import type { Stateful, StateWalk } from '../model/state-walk.ts';
import { SENSORS } from './survival-sensors.ts';

/** Lowest Rm of each posture, by code; HIBERNATE takes the rest. Spec 1.0 §7. */
const MIN_RM = [0.9, 0.75, 0.5, 0] as const;
/** A better posture is earned by this many evaluations in a row, above its threshold by this margin. */
const EVALUATIONS_UP = 12;
const MARGIN_UP = 0.02;
const POSTURES: readonly Posture[] = [APEX, STALKER, TURTLE, HIBERNATE];

/** Posture of an Rm alone, without memory; NaN hibernates. */
export function postureOfRm(rm: number): Posture {
  if (rm >= MIN_RM[APEX]) return APEX;
  if (rm >= MIN_RM[STALKER]) return STALKER;
  return rm >= MIN_RM[TURTLE] ? TURTLE : HIBERNATE;
}

/**
 * Survival stack (spec 1.0 §7, semantics §8): five sensors, their product Rm, and a posture that falls at once and rises
 * slowly. Each posture has its own count of evaluations in a row that were good enough for it, so a full recovery goes
 * straight to APEX after 12, and a partial one no further than it reaches.
 *
 * A HIBERNATE that the day itself brought stays until {@link release} or the next day: what made it may have left a
 * wound that no sensor shows. Evaluated every 5 s, by the caller's time; the stack has none.
 */
export class SurvivalStack implements Stateful {
  posture: Posture = APEX;
  /** Product of the sensors; one without a full window counts as 1. */
  rm = 1;
  /** Latest sensors by SENSOR_ code; NaN = no full window. */
  readonly sensors = new Float64Array(SENSORS).fill(Number.NaN);

  /** Evaluations in a row good enough for APEX, STALKER, TURTLE. */
  private readonly goodInARow = new Int32Array(HIBERNATE);
  private isHibernatingToday = false;

  /** True when every sensor has a full window: entries wait for it. */
  get isComplete(): boolean {
    return !this.sensors.some(Number.isNaN);
  }

  /** True while nothing but the operator or the next day ends HIBERNATE. */
  get isLatched(): boolean {
    return this.isHibernatingToday;
  }

  /**
   * Takes the sensors of this moment.
   * @param sensors - length SENSORS, by SENSOR_ code, each in [0, 1] or NaN; copied.
   * @returns the posture from now on.
   */
  evaluate(sensors: ArrayLike<number>): Posture {
    let rm = 1;
    for (let i = 0; i < SENSORS; i++) {
      const value = sensors[i]!;
      this.sensors[i] = value;
      if (!Number.isNaN(value)) rm *= value;
    }
    this.rm = rm;
    this.countGood(rm);
    const now = postureOfRm(rm);
    if (now > this.posture) this.fall(now);
    else if (!this.isHibernatingToday) this.rise();
    return this.posture;
  }

  /** As new: nothing was evaluated yet. */
  reset(): void {
    this.posture = APEX;
    this.rm = 1;
    this.sensors.fill(Number.NaN);
    this.goodInARow.fill(0);
    this.isHibernatingToday = false;
  }

  /** Starts a UTC day: a HIBERNATE of the day before may end by the ordinary rule, and does if it was earned. */
  beginDay(): void {
    this.release();
  }

  /** The operator lets HIBERNATE end; a better posture must still be earned. */
  release(): void {
    this.isHibernatingToday = false;
    this.rise();
  }

  walkState(walk: StateWalk): void {
    this.posture = walk.code('posture', this.posture, POSTURES);
    this.rm = walk.number('rm', this.rm);
    walk.doubles('sensors', this.sensors, { base: 0, count: SENSORS });
    walk.integers('goodInARow', this.goodInARow, { base: 0, count: HIBERNATE });
    this.isHibernatingToday = walk.flag('isHibernatingToday', this.isHibernatingToday);
  }

  private countGood(rm: number): void {
    for (let posture = APEX; posture < HIBERNATE; posture++) {
      const isGood = rm > MIN_RM[posture]! + MARGIN_UP;
      const before = this.goodInARow[posture]!;
      this.goodInARow[posture] = isGood ? Math.min(before + 1, EVALUATIONS_UP) : 0;
    }
  }

  private fall(to: Posture): void {
    this.posture = to;
    if (to === HIBERNATE) this.isHibernatingToday = true;
  }

  private rise(): void {
    for (const posture of POSTURES) {
      if (posture >= this.posture) return;
      if (this.goodInARow[posture]! < EVALUATIONS_UP) continue;
      this.posture = posture;
      return;
    }
  }
}
