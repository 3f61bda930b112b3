import { APEX, HIBERNATE, type Posture, STALKER, TURTLE } from '../model/posture.ts';
import type { Stateful, StateWalk } from '../model/state-walk.ts';
import type { StrategyConfig } from '../model/strategy.ts';
import { AdaptiveCircuitBreaker, clampBeta, clampBoost } from '../risk/adaptive-circuit-breaker.ts';
import { clampScale, type Forewarner, type ForewarnerVerdict, NULL_FOREWARNER } from '../risk/forewarner.ts';
import { MC_STATUSES } from './snapshot-days.ts';

/** Regime of a day as it holds now: postures, boosts, the forewarner's verdict. */
export interface DayRegime {
  readonly posture: Posture;
  readonly rm: number;
  readonly boostShort: number;
  readonly boostLong: number;
  readonly beta: number;
  /** Share of each position that is cut away; 0 unless `use_cut`. */
  readonly cut: number;
  readonly mc: ForewarnerVerdict;
  /** Factor of the proxy boost for this bar. */
  readonly proxy: number;
}

const POSTURES: readonly Posture[] = [APEX, STALKER, TURTLE, HIBERNATE];

/** What the day says about size and permission, and who is asked for it at its start (semantics §6). */
export class RegimeOfDay implements Stateful {
  /** UTC day number; NaN before the first. */
  day = Number.NaN;
  posture: Posture = APEX;
  rm = 1;
  boostShort = 1;
  boostLong = 1;
  beta = 0;
  cut = 0;
  mc: ForewarnerVerdict = { status: 'OFF', scale: 1 };
  acb = new AdaptiveCircuitBreaker([]);
  forewarner: Forewarner = NULL_FOREWARNER;
  private readonly params: Pick<StrategyConfig, 'use_cut'>;

  /** @param params - whether the circuit breaker may cut positions. */
  constructor(params: Pick<StrategyConfig, 'use_cut'>) {
    this.params = params;
  }

  /** Asks circuit breaker and forewarner about a UTC day. */
  beginDay(day: number, posture: Posture, rm: number): void {
    this.day = day;
    this.posture = posture;
    this.rm = rm;
    const acb = this.acb.forDay(day);
    this.boostShort = acb.boostShort;
    this.boostLong = acb.boostLong;
    this.beta = acb.beta;
    this.cut = this.params.use_cut ? acb.cut : 0;
    this.mc = clampScale(this.forewarner.assess(day));
  }

  /** The posture fell within the day (semantics §8). */
  lowerPosture(posture: Posture, rm: number): void {
    this.posture = posture;
    this.rm = rm;
  }

  /** Replaces boost and beta, both finite, for both sides, until the next update or day (semantics §6.2). */
  updateBoost(boost: number, beta: number): void {
    this.boostShort = clampBoost(boost);
    this.boostLong = this.boostShort;
    this.beta = clampBeta(beta);
  }

  /** As a record. Allocates. @param proxy - factor of the proxy boost. */
  record(proxy: number): DayRegime {
    const { posture, rm, boostShort, boostLong, beta, cut, mc } = this;
    return { posture, rm, boostShort, boostLong, beta, cut, mc, proxy };
  }

  walkState(walk: StateWalk): void {
    this.day = walk.number('day', this.day);
    this.posture = walk.code('posture', this.posture, POSTURES);
    this.rm = walk.number('rm', this.rm);
    this.boostShort = walk.number('boostShort', this.boostShort);
    this.boostLong = walk.number('boostLong', this.boostLong);
    this.beta = walk.number('beta', this.beta);
    this.cut = walk.number('cut', this.cut);
    const status = walk.code('mcStatus', this.mc.status, MC_STATUSES);
    const scale = walk.number('mcScale', this.mc.scale);
    if (walk.isReading) this.mc = { status, scale };
  }
}
