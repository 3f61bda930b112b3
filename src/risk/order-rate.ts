import type { Stateful, StateWalk } from '../model/state-walk.ts';
import { RecentMoments } from './recent-moments.ts';

/**
 * Counts orders within a sliding window, exactly: it remembers when the last `capacity` of them left. A time before the
 * last one counts as within the window.
 */
export class OrderRate implements Stateful {
  private readonly windowNs: number;
  private readonly sent: RecentMoments;

  /** @param capacity - largest number of orders that {@link isReached} is asked about. */
  constructor(capacity: number, windowNs: number) {
    this.windowNs = windowNs;
    this.sent = new RecentMoments(capacity);
  }

  /** True when `limit` orders left within the window before this moment; with a limit of 0 always. */
  isReached(limit: number, day: number, nsOfDay: number): boolean {
    if (limit === 0) return true;
    return this.sent.count >= limit && this.sent.ageNs(limit, day, nsOfDay) < this.windowNs;
  }

  /** Counts one order. */
  add(day: number, nsOfDay: number): void {
    this.sent.add(day, nsOfDay);
  }

  walkState(walk: StateWalk): void {
    walk.part('sent', this.sent);
  }
}
