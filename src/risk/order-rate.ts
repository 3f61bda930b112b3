import type { Stateful, StateWalk } from '../model/state-walk.ts';
import { nsBetween } from '../model/time.ts';

/**
 * Counts orders within a sliding window, exactly: it remembers when the last `capacity` of them left. A time before the
 * last one counts as within the window.
 */
export class OrderRate implements Stateful {
  private readonly windowNs: number;
  private readonly days: Int32Array;
  private readonly nsOfDays: Float64Array;
  private next = 0;
  private count = 0;

  /** @param capacity - largest number of orders that {@link isReached} is asked about. */
  constructor(capacity: number, windowNs: number) {
    this.windowNs = windowNs;
    this.days = new Int32Array(capacity);
    this.nsOfDays = new Float64Array(capacity);
  }

  /** True when `limit` orders left within the window before this moment; with a limit of 0 always. */
  isReached(limit: number, day: number, nsOfDay: number): boolean {
    if (limit === 0) return true;
    if (this.count < limit) return false;
    const slot = (this.next - limit + this.days.length) % this.days.length;
    return nsBetween(this.days[slot]!, this.nsOfDays[slot]!, day, nsOfDay) < this.windowNs;
  }

  /** Counts one order. */
  add(day: number, nsOfDay: number): void {
    this.days[this.next] = day;
    this.nsOfDays[this.next] = nsOfDay;
    this.next = (this.next + 1) % this.days.length;
    if (this.count < this.days.length) this.count++;
  }

  walkState(walk: StateWalk): void {
    const slots = this.days.length;
    this.count = walk.count('count', this.count, slots);
    const first = walk.isReading ? 0 : (this.next - this.count + slots) % slots;
    walk.integers('days', this.days, { base: 0, count: this.count, first, slots });
    walk.doubles('nsOfDays', this.nsOfDays, { base: 0, count: this.count, first, slots });
    if (walk.isReading) this.next = this.count % slots;
  }
}
