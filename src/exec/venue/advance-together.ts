import type { SimulatedVenue } from './simulated-venue.ts';
import { compareTimes, type VenueTime } from './venue-time.ts';

/** A machine with timers of its own, as the execution machine is. */
export interface TimedMachine {
  /** When its next timer is due: UTC day, -1 when none is, and ns of that day. */
  readonly nextDueDay: number;
  readonly nextDueNsOfDay: number;
  /** Moves its time on and fires what is due. */
  advance(day: number, nsOfDay: number): unknown;
}

/**
 * Moves a machine and its simulated venue on to a time, itself included, one due instant after the other, so that a timer's
 * request, its answer and the next timer happen at their own times between two frames. At a tie the venue goes first: what is
 * heard at an instant is known to the timer of that instant.
 */
export function advanceTogether(machine: TimedMachine, venue: SimulatedVenue, day: number, nsOfDay: number): void {
  const until = { day, nsOfDay };
  happenWhile(machine, venue, (due) => compareTimes(due, until) <= 0);
  venue.advanceTo(day, nsOfDay);
  machine.advance(day, nsOfDay);
}

/** The same for everything that is due before a time: to be called before the market data of that time is given. */
export function advanceTogetherBefore(
  machine: TimedMachine,
  venue: SimulatedVenue,
  day: number,
  nsOfDay: number,
): void {
  const until = { day, nsOfDay };
  happenWhile(machine, venue, (due) => compareTimes(due, until) < 0);
}

function happenWhile(machine: TimedMachine, venue: SimulatedVenue, isDue: (due: VenueTime) => boolean): void {
  for (;;) {
    const timer = timerOf(machine);
    const event = venue.nextDue;
    const isEventFirst = event !== undefined && (timer === undefined || compareTimes(event, timer) <= 0);
    const next = isEventFirst ? event : timer;
    if (next === undefined || !isDue(next)) return;
    const { day, nsOfDay } = next;
    venue.advanceTo(day, nsOfDay);
    if (!isEventFirst) machine.advance(day, nsOfDay);
  }
}

function timerOf({ nextDueDay, nextDueNsOfDay }: TimedMachine): VenueTime | undefined {
  return nextDueDay < 0 ? undefined : { day: nextDueDay, nsOfDay: nextDueNsOfDay };
}
