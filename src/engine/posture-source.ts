import type { FrameView } from '../model/frame.ts';
import { APEX, type Posture } from '../model/posture.ts';
import type { SafetyRow } from '../model/safety.ts';
import type { Stateful } from '../model/state-walk.ts';
import type { SurvivalRun } from '../model/survival-report.ts';

/** What a day begins with. */
export interface DayPosture {
  readonly posture: Posture;
  /** Product of the sensors, in [0, 1]. */
  readonly rm: number;
  /** `recorded`: a row of `safety.csv`. `stack`: the own survival stack. `default`: nobody says anything. */
  readonly origin: 'recorded' | 'stack' | 'default';
}

/** Where postures come from: a table, or a stack that watches the frames. A part of the machine: its memory is state. */
export interface PostureSource extends Stateful {
  /** False bars entries: a sensor has no full window yet. */
  readonly mayEnter: boolean;
  /** What it says within a day, of which live rules honour the falls. */
  readonly posture: Posture;
  readonly rm: number;
  /** Asked once at each day change, behind the end of the day before. @param day - UTC day number. */
  postureOn(day: number): DayPosture;
  /**
   * Told of every accepted frame right before the engine takes it; the frame is not kept.
   * @param isStep - false for a 0.1 s bar between two scans: time passes, and nothing is counted.
   */
  onFrame(frame: FrameView, isStep: boolean): void;
  /** What its stack did so far, for reports; null for a table. */
  run(): SurvivalRun | null;
}

const NOTHING_SAID: DayPosture = { posture: APEX, rm: 1, origin: 'default' };

/** Postures of a replay: the rows of `safety.csv`, APEX and 1 for a day without one. It has no memory. */
export class PostureTable implements PostureSource {
  readonly mayEnter = true;
  /** Within a day a table never says that it falls. */
  readonly posture = APEX;
  readonly rm = 1;
  private readonly rows: ReadonlyMap<number, SafetyRow>;

  constructor(rows: readonly SafetyRow[]) {
    this.rows = new Map(rows.map((row) => [row.day, row]));
  }

  postureOn(day: number): DayPosture {
    const row = this.rows.get(day);
    return row === undefined ? NOTHING_SAID : { posture: row.posture, rm: row.rm, origin: 'recorded' };
  }

  onFrame(): void {}

  run(): null {
    return null;
  }

  walkState(): void {}
}
