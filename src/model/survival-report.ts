import type { PostureName } from './posture.ts';
import type { RepricedMetrics } from './report.ts';

/** Names of the five sensors, in their order (semantics §8). */
export const SENSOR_NAMES = ['feed', 'memory', 'coverage', 'stress', 'capital'] as const;
export type SensorName = (typeof SENSOR_NAMES)[number];

/** With what posture a day began, and who said so: a row of `safety.csv`, or the survival stack of the run. */
export interface SurvivalDay {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly posture: PostureName;
  /** Product of the sensors, in [0, 1]. */
  readonly rm: number;
  readonly source: 'safety.csv' | 'stack';
}

/** The worst evaluation of a run, the first of equals. */
export interface SurvivalLow {
  /** ISO 8601, UTC. */
  readonly ts: string;
  readonly rm: number;
  /** In [0, 1]; NaN for a sensor without a full window. */
  readonly sensors: Readonly<Record<SensorName, number>>;
}

/** What the survival stack of a replay did (`survival: true`, semantics §8). */
export interface SurvivalRun {
  /** One every 5 s of event time. */
  readonly evaluations: number;
  /** Evaluations by the posture that they left. */
  readonly postures: Readonly<Record<PostureName, number>>;
  /** 1 while there was no evaluation. */
  readonly lowestRm: number;
  /** Null while there was no evaluation. */
  readonly lowest: SurvivalLow | null;
  readonly days: readonly SurvivalDay[];
}

/** The same data, strategy and fills without the stack: the postures of `safety.csv`, else APEX and 1. */
export interface WithoutSurvival extends RepricedMetrics {
  readonly trades: number;
  readonly decisionHash: string;
}

/** What the report of a replay with the survival stack says of it. */
export interface ReportSurvival extends SurvivalRun {
  /** Null when the run was stopped, and for a routed journal, whose reports answer the orders of that run alone. */
  readonly without: WithoutSurvival | null;
}
