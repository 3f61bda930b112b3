import type { StateWalk } from '../../model/state-walk.ts';
import { NS_PER_DAY } from '../../model/time.ts';

/** A UTC day and the exact ns of that day. */
export interface VenueTime {
  day: number;
  nsOfDay: number;
}

/** Before everything. */
export function createVenueTime(): VenueTime {
  return { day: 0, nsOfDay: 0 };
}

/** < 0 when a is earlier, 0 when they are equal, > 0 when a is later. */
export function compareTimes(a: VenueTime, b: VenueTime): number {
  return a.day - b.day || a.nsOfDay - b.nsOfDay;
}

/** `time` plus whole, non-negative nanoseconds, as a new record. */
export function timeAfter(time: VenueTime, ns: number): VenueTime {
  const nsOfDay = time.nsOfDay + ns;
  const days = Math.floor(nsOfDay / NS_PER_DAY);
  return { day: time.day + days, nsOfDay: nsOfDay - days * NS_PER_DAY };
}

/** The later of two times. */
export function latestOf(a: VenueTime, b: VenueTime): VenueTime {
  return compareTimes(a, b) >= 0 ? a : b;
}

/** Walks a time that belongs to one holder alone. */
export function walkTime(walk: StateWalk, name: string, time: VenueTime): void {
  time.day = walk.integer(`${name}Day`, time.day);
  time.nsOfDay = walk.number(`${name}NsOfDay`, time.nsOfDay);
}
