import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import { NS_PER_DAY } from '../model/time.ts';
import type { EventClock } from './event-clock.ts';

const INITIAL_TIMERS = 64;
/** Id of no timer. */
export const NO_TIMER = -1;

/** Told of timers that are due. */
export interface TimerHandler {
  /**
   * @param kind - what the timer is for.
   * @param subject - whom it is about.
   * @param id - of the timer, which is gone already.
   */
  onTimer(kind: number, subject: number, id: number): void;
}

/**
 * One-shot timers on event time: the timer wheel of execution. Due timers fire in order of due time and then id, inside
 * {@link fireDue} and nowhere else, so that a replay fires them alike. Sorted rows stand where a wheel of slots would: an
 * order has at most two timers, event time jumps by hours, and the order within an instant must be exact.
 */
export class TimerQueue implements Stateful {
  private readonly clock: EventClock;
  private ids = 0;
  private count = 0;
  // Sorted, the next one to fire last, so that it is taken off the end.
  private dueDays = new Int32Array(INITIAL_TIMERS);
  private dueNs = new Float64Array(INITIAL_TIMERS);
  private timerIds = new Float64Array(INITIAL_TIMERS);
  private kinds = new Int32Array(INITIAL_TIMERS);
  private subjects = new Float64Array(INITIAL_TIMERS);

  constructor(clock: EventClock) {
    this.clock = clock;
  }

  get length(): number {
    return this.count;
  }

  /** Due time of the next timer, UTC day and ns of it; day -1 when there is none. */
  get nextDueDay(): number {
    return this.count === 0 ? -1 : this.dueDays[this.count - 1]!;
  }

  get nextDueNsOfDay(): number {
    return this.count === 0 ? 0 : this.dueNs[this.count - 1]!;
  }

  /**
   * Arms a timer.
   * @param delayNs - from now, 0 or more, less than a day.
   * @param kind - what it is for, a 32-bit integer.
   * @param subject - whom it is about.
   * @returns its id: greater than that of every timer before it.
   */
  arm(delayNs: number, kind: number, subject: number): number {
    if (this.count === this.timerIds.length) this.grow();
    const { clock } = this;
    const sum = clock.nsOfDay + delayNs;
    const day = sum < NS_PER_DAY ? clock.day : clock.day + 1;
    const ns = sum < NS_PER_DAY ? sum : sum - NS_PER_DAY;
    let at = this.count;
    // An equal due time has the smaller id and fires first: the new one goes before it in the rows.
    while (at > 0 && !this.isLater(at - 1, day, ns)) at--;
    this.moveRows(at + 1, at);
    this.dueDays[at] = day;
    this.dueNs[at] = ns;
    this.timerIds[at] = this.ids;
    this.kinds[at] = kind;
    this.subjects[at] = subject;
    this.count++;
    return this.ids++;
  }

  /** @returns false when there is no such timer: it fired, was disarmed, or is NO_TIMER. */
  disarm(id: number): boolean {
    if (id === NO_TIMER) return false;
    for (let at = this.count - 1; at >= 0; at--) {
      if (this.timerIds[at] !== id) continue;
      this.moveRows(at, at + 1);
      this.count--;
      return true;
    }
    return false;
  }

  /** Fires every timer that is due now, those that a handler arms for now included. @returns how many fired. */
  fireDue(handler: TimerHandler): number {
    let fired = 0;
    while (this.count > 0 && !this.isLater(this.count - 1, this.clock.day, this.clock.nsOfDay)) {
      const at = --this.count;
      handler.onTimer(this.kinds[at]!, this.subjects[at]!, this.timerIds[at]!);
      fired++;
    }
    return fired;
  }

  walkState(walk: StateWalk): void {
    this.ids = walk.number('ids', this.ids);
    const rowBytes = 32;
    this.count = walk.count('count', this.count, MAX_COUNT, rowBytes);
    while (this.timerIds.length < this.count) this.grow();
    const all = { base: 0, count: this.count };
    walk.integers('dueDays', this.dueDays, all);
    walk.doubles('dueNs', this.dueNs, all);
    walk.doubles('timerIds', this.timerIds, all);
    walk.integers('kinds', this.kinds, all);
    walk.doubles('subjects', this.subjects, all);
  }

  private isLater(at: number, day: number, nsOfDay: number): boolean {
    const dueDay = this.dueDays[at]!;
    return dueDay > day || (dueDay === day && this.dueNs[at]! > nsOfDay);
  }

  /** Moves the rows from `from` to the end so that they begin at `to`. */
  private moveRows(to: number, from: number): void {
    this.dueDays.copyWithin(to, from, this.count);
    this.dueNs.copyWithin(to, from, this.count);
    this.timerIds.copyWithin(to, from, this.count);
    this.kinds.copyWithin(to, from, this.count);
    this.subjects.copyWithin(to, from, this.count);
  }

  private grow(): void {
    const length = 2 * this.timerIds.length;
    const doubles = (old: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(length);
      larger.set(old);
      return larger;
    };
    const integers = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(length);
      larger.set(old);
      return larger;
    };
    this.dueDays = integers(this.dueDays);
    this.dueNs = doubles(this.dueNs);
    this.timerIds = doubles(this.timerIds);
    this.kinds = integers(this.kinds);
    this.subjects = doubles(this.subjects);
  }
}
