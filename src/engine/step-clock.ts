import type { FrameView } from '../model/frame.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import { nsBetween } from '../model/time.ts';
import type { EventMoment } from './operator-halts.ts';

/** A scan later than this many intervals comes after a gap (semantics §3). */
const GAP_INTERVALS = 2.5;

/** Where the engine stands: bars by their indices, and the venue times of the last step and of the last 0.1 s bar. */
export class StepClock implements Stateful {
  /** Lifetime index of the next bar. */
  lifetimeBar = 0;
  /** Bars of today so far. */
  barIndex = 0;
  /** Venue time of the last 0.1 s bar of today; -Infinity before the first. */
  lastBarNsOfDay = Number.NEGATIVE_INFINITY;
  private lastDay = 0;
  private lastNsOfDay = Number.NaN;

  /** The day begins anew; the lifetime index and the last step stay. */
  beginDay(): void {
    this.barIndex = 0;
    this.lastBarNsOfDay = Number.NEGATIVE_INFINITY;
  }

  /** A step was taken on `frame`. */
  countStep(frame: FrameView): void {
    this.lastDay = frame.tsEventDay;
    this.lastNsOfDay = frame.tsEventNsOfDay;
    this.barIndex++;
    this.lifetimeBar++;
  }

  /** True when the step before, of today, lies too long before `frame`. */
  isAfterGap(frame: FrameView, barIntervalNs: number): boolean {
    if (this.barIndex === 0) return false;
    const sinceLastNs = nsBetween(this.lastDay, this.lastNsOfDay, frame.tsEventDay, frame.tsEventNsOfDay);
    return sinceLastNs > GAP_INTERVALS * barIntervalNs;
  }

  /** Venue time of the last step. Allocates. */
  lastStep(): EventMoment {
    return { day: this.lastDay, nsOfDay: this.lastNsOfDay };
  }

  /** Venue time of the last frame, scan or bar. Allocates. @param day - today, UTC day number. */
  lastFrame(day: number): EventMoment {
    const { lastDay, lastNsOfDay, lastBarNsOfDay } = this;
    if (lastDay === day) return { day, nsOfDay: Math.max(lastNsOfDay, lastBarNsOfDay) };
    const hasBarToday = lastBarNsOfDay > Number.NEGATIVE_INFINITY;
    return hasBarToday ? { day, nsOfDay: lastBarNsOfDay } : this.lastStep();
  }

  walkState(walk: StateWalk): void {
    this.lifetimeBar = walk.count('lifetimeBar', this.lifetimeBar, MAX_COUNT);
    this.barIndex = walk.count('barIndex', this.barIndex, MAX_COUNT);
    this.lastDay = walk.integer('lastDay', this.lastDay);
    this.lastNsOfDay = walk.number('lastNsOfDay', this.lastNsOfDay);
    this.lastBarNsOfDay = walk.number('lastBarNsOfDay', this.lastBarNsOfDay);
  }
}
