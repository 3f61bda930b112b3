import { APEX, HIBERNATE, POSTURE_NAMES, type Posture, type PostureName, STALKER, TURTLE } from '../model/posture.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import { SENSOR_NAMES, type SensorName, type SurvivalLow, type SurvivalRun } from '../model/survival-report.ts';
import { dateFromDay, isoFrom } from '../model/time.ts';
import { SENSORS } from '../risk/survival-sensors.ts';
import type { SurvivalStack } from '../risk/survival-stack.ts';

const POSTURES: readonly Posture[] = [APEX, STALKER, TURTLE, HIBERNATE];
/** Least bytes of a day in a walk. */
const DAY_BYTES = 20;

/** How a day began. */
interface DayStart {
  readonly day: number;
  readonly posture: Posture;
  readonly rm: number;
  /** From a row of `safety.csv`. */
  readonly isGiven: boolean;
}

/** What a survival stack has said so far, for the report: state, since a run that goes on reports all of it. */
export class SurvivalTally implements Stateful {
  private evaluations = 0;
  /** Evaluations by the posture that they left. */
  private readonly postures = new Int32Array(POSTURES.length);
  private lowestRm = 1;
  private lowestDay = 0;
  private lowestNsOfDay = Number.NaN;
  private readonly lowestSensors = new Float64Array(SENSORS).fill(Number.NaN);
  private readonly days: DayStart[] = [];

  /** Counts what the stack says at this moment. */
  onEvaluation(stack: SurvivalStack, day: number, nsOfDay: number): void {
    if (this.evaluations < MAX_COUNT) this.evaluations++;
    this.postures[stack.posture] = Math.min(this.postures[stack.posture]! + 1, MAX_COUNT);
    const isFirst = Number.isNaN(this.lowestNsOfDay);
    if (!isFirst && stack.rm >= this.lowestRm) return;
    this.lowestRm = stack.rm;
    this.lowestDay = day;
    this.lowestNsOfDay = nsOfDay;
    this.lowestSensors.set(stack.sensors);
  }

  /** Notes how a day begins; once per day. */
  onDay(day: number, posture: Posture, rm: number, isGiven: boolean): void {
    this.days.push({ day, posture, rm, isGiven });
  }

  /** Everything so far, for reports. Allocates. */
  run(): SurvivalRun {
    const counts = POSTURES.map((posture) => [POSTURE_NAMES[posture], this.postures[posture]!]);
    return {
      evaluations: this.evaluations,
      postures: Object.fromEntries(counts) as Record<PostureName, number>,
      lowestRm: this.lowestRm,
      lowest: this.lowest(),
      days: this.days.map(({ day, posture, rm, isGiven }) => ({
        date: dateFromDay(day),
        posture: POSTURE_NAMES[posture],
        rm,
        source: isGiven ? 'safety.csv' : 'stack',
      })),
    };
  }

  walkState(walk: StateWalk): void {
    this.evaluations = walk.count('evaluations', this.evaluations, MAX_COUNT);
    walk.integers('postures', this.postures, { base: 0, count: POSTURES.length });
    this.lowestRm = walk.number('lowestRm', this.lowestRm);
    this.lowestDay = walk.integer('lowestDay', this.lowestDay);
    this.lowestNsOfDay = walk.number('lowestNsOfDay', this.lowestNsOfDay);
    walk.doubles('lowestSensors', this.lowestSensors, { base: 0, count: SENSORS });
    const count = walk.count('days', this.days.length, MAX_COUNT, DAY_BYTES);
    if (walk.isReading) this.days.length = 0;
    for (let i = 0; i < count; i++) walk.part(`day ${i}`, { walkState: () => this.walkDay(walk, i) });
  }

  private lowest(): SurvivalLow | null {
    if (Number.isNaN(this.lowestNsOfDay)) return null;
    const sensors = SENSOR_NAMES.map((name, sensor) => [name, this.lowestSensors[sensor]!]);
    return {
      ts: isoFrom(this.lowestDay, this.lowestNsOfDay),
      rm: this.lowestRm,
      sensors: Object.fromEntries(sensors) as Record<SensorName, number>,
    };
  }

  private walkDay(walk: StateWalk, index: number): void {
    const { day, posture, rm, isGiven } = this.days[index] ?? { day: 0, posture: APEX, rm: 1, isGiven: false };
    const walked: DayStart = {
      day: walk.integer('day', day),
      posture: walk.code('posture', posture, POSTURES),
      rm: walk.number('rm', rm),
      isGiven: walk.flag('isGiven', isGiven),
    };
    if (walk.isReading) this.days.push(walked);
  }
}
