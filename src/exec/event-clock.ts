import type { Stateful, StateWalk } from '../model/state-walk.ts';
import { NS_PER_DAY } from '../model/time.ts';

/** The time of the execution machine: of its inputs, never of a clock of its own. It does not go back. */
export class EventClock implements Stateful {
  day = 0;
  nsOfDay = 0;
  /** When what is told of just now happened, by its own stamp: the venue's time of an event, else now. Scratch of an input. */
  eventDay = 0;
  eventNsOfDay = 0;
  /** Inputs that were stamped earlier than the one before; they are taken at the time of that one. */
  stepsBack = 0;

  /** Moves to the given time; an earlier one than now is counted and changes nothing. */
  moveTo(day: number, nsOfDay: number): void {
    if (day < this.day || (day === this.day && nsOfDay < this.nsOfDay)) {
      this.stepsBack++;
      return;
    }
    this.day = day;
    this.nsOfDay = nsOfDay;
  }

  /** What is told of from here on happens now. */
  stampNow(): void {
    this.stamp(this.day, this.nsOfDay);
  }

  /** What is told of from here on happened then. */
  stamp(day: number, nsOfDay: number): void {
    this.eventDay = day;
    this.eventNsOfDay = nsOfDay;
  }

  /** Ns from the given time until now. */
  nsSince(day: number, nsOfDay: number): number {
    return (this.day - day) * NS_PER_DAY + (this.nsOfDay - nsOfDay);
  }

  walkState(walk: StateWalk): void {
    this.day = walk.integer('day', this.day);
    this.nsOfDay = walk.number('nsOfDay', this.nsOfDay);
    this.stepsBack = walk.integer('stepsBack', this.stepsBack);
  }
}
