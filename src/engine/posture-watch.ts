import { APEX, HIBERNATE, POSTURE_NAMES, type Posture, STALKER, TURTLE } from '../model/posture.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import { dateFromDay } from '../model/time.ts';
import type { AlphaEngine } from './engine.ts';
import { blankPostureUpdate, type LiveCells, NO_POSTURE } from './live-cells.ts';
import type { DayPosture, PostureSource } from './posture-source.ts';

const POSTURES: readonly Posture[] = [APEX, STALKER, TURTLE, HIBERNATE];
const SAYINGS: readonly (Posture | typeof NO_POSTURE)[] = [NO_POSTURE, ...POSTURES];

/**
 * Which posture holds under live rules (semantics §8): asked at a day's start, and lowered at the next step when it falls
 * within the day; a rise waits for the next day. The memory's word counts, else the own stack's. A row of `safety.csv`, which
 * was recorded for its day, is what that day begins with.
 */
export class PostureWatch implements Stateful {
  private readonly source: PostureSource;
  private readonly cells: LiveCells;
  private readonly update = blankPostureUpdate();
  /** The memory's last word, and its Rm. */
  private said: Posture | typeof NO_POSTURE = NO_POSTURE;
  private saidRm = Number.NaN;
  private silentDays = 0;
  private falls = 0;
  private lastFallDay = Number.NaN;
  private lastFallTo: Posture = APEX;

  constructor(source: PostureSource, cells: LiveCells) {
    this.source = source;
    this.cells = cells;
  }

  /** Hears what the memory has said since. @returns version of the cell as taken. */
  listen(): number {
    const { update } = this;
    if (this.cells.takePosture(update)) {
      this.said = update.posture;
      this.saidRm = update.rm;
    }
    return update.version;
  }

  /** Posture that a day begins with. @param own - what the source says of it. */
  startOf(own: DayPosture): Pick<DayPosture, 'posture' | 'rm'> {
    if (own.origin === 'recorded') return own;
    if (this.said !== NO_POSTURE) return { posture: this.said, rm: this.saidRm };
    if (own.origin === 'default') this.silentDays++;
    return own;
  }

  /** Lowers the engine's posture when it has fallen since the day began. */
  honourFall(engine: AlphaEngine, day: number): void {
    const isSaid = this.said !== NO_POSTURE;
    const posture = isSaid ? (this.said as Posture) : this.source.posture;
    if (posture <= engine.posture) return;
    engine.lowerPosture(posture, isSaid ? this.saidRm : this.source.rm);
    this.falls++;
    this.lastFallDay = day;
    this.lastFallTo = posture;
  }

  /** What a reader of the run's results must know, one sentence each. Allocates. */
  notes(): string[] {
    const notes: string[] = [];
    if (this.silentDays > 0) {
      notes.push(`Nobody said a posture at the start of ${this.silentDays} days: they began with APEX and Rm 1.`);
    }
    if (this.falls > 0) {
      const last = `the last time on ${dateFromDay(this.lastFallDay)}, to ${POSTURE_NAMES[this.lastFallTo]}`;
      notes.push(`The posture fell ${this.falls} times within a day, ${last}: that holds to the end of the day.`);
    }
    return notes;
  }

  walkState(walk: StateWalk): void {
    this.said = walk.code('said', this.said, SAYINGS);
    this.saidRm = walk.number('saidRm', this.saidRm);
    this.silentDays = walk.count('silentDays', this.silentDays, MAX_COUNT);
    this.falls = walk.count('falls', this.falls, MAX_COUNT);
    this.lastFallDay = walk.number('lastFallDay', this.lastFallDay);
    this.lastFallTo = walk.code('lastFallTo', this.lastFallTo, POSTURES);
  }
}
