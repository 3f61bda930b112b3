import { NS_PER_DAY } from '../../model/time.ts';

/**
 * Which bar an event stamped exactly on the grid belongs to.
 *
 * ```
 *  closed   a bar at t holds (t - interval, t]   what is stamped t is known at t
 *  open     a bar at t holds [t - interval, t)   what is stamped t opens the next bar, as in the days of `data pull`
 * ```
 */
export const BAR_EDGES = ['closed', 'open'] as const;
export type BarEdge = (typeof BAR_EDGES)[number];

/**
 * Intervals numbered through all days, on a grid aligned to 00:00 UTC of whatever clock stamped the events.
 *
 * Tick `day * ticksPerDay + k` is the interval that ends at `k * interval` of that day and is stamped so. Hence tick
 * `day * ticksPerDay` is the last interval of the day before, stamped 00:00. All results are exact integers.
 */
export class BarGrid {
  readonly intervalNs: number;
  readonly ticksPerDay: number;
  readonly #shiftNs: number;

  /** @throws RangeError when the interval is no whole number of ns that divides a day. */
  constructor(intervalNs: number, edge: BarEdge) {
    requireDivisorOfDay('bar interval', intervalNs);
    this.intervalNs = intervalNs;
    this.ticksPerDay = NS_PER_DAY / intervalNs;
    // An integer n lies in (a, b] exactly when n - 1 lies in [a, b): one comparison serves both edges.
    this.#shiftNs = edge === 'closed' ? 1 : 0;
  }

  /** The interval that an event belongs to. */
  tickOf(day: number, nsOfDay: number): number {
    return day * this.ticksPerDay + Math.floor((nsOfDay - this.#shiftNs) / this.intervalNs) + 1;
  }

  /** Where in its interval an event lies, ns in [0, interval); orders the events of one interval. */
  offsetNsOf(nsOfDay: number): number {
    const shifted = nsOfDay - this.#shiftNs;
    return shifted - Math.floor(shifted / this.intervalNs) * this.intervalNs;
  }

  /** UTC day of an interval's stamp. */
  dayOf(tick: number): number {
    return Math.floor(tick / this.ticksPerDay);
  }

  /** Position of an interval's stamp in its day, 0 = 00:00. */
  indexInDay(tick: number): number {
    return tick - this.dayOf(tick) * this.ticksPerDay;
  }
}

/** @throws RangeError naming `name` and the value. */
export function requireDivisorOfDay(name: string, ns: number): void {
  if (Number.isInteger(ns) && ns > 0 && NS_PER_DAY % ns === 0) return;
  throw new RangeError(`${name} must be a whole number of ns that divides a day, was ${ns}`);
}
