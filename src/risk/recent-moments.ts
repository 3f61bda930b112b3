import type { Stateful, StateWalk } from '../model/state-walk.ts';
import { nsBetween } from '../model/time.ts';

/** The moments of the last so many events, in a ring. Allocates once. */
export class RecentMoments implements Stateful {
  /** Moments that it holds, at most its capacity. */
  count = 0;
  private readonly days: Int32Array;
  private readonly nsOfDays: Float64Array;
  private next = 0;

  constructor(capacity: number) {
    this.days = new Int32Array(capacity);
    this.nsOfDays = new Float64Array(capacity);
  }

  /** Adds the newest; the oldest falls out when it is full. */
  add(day: number, nsOfDay: number): void {
    this.days[this.next] = day;
    this.nsOfDays[this.next] = nsOfDay;
    this.next = (this.next + 1) % this.days.length;
    if (this.count < this.days.length) this.count++;
  }

  /** Age in ns of the n-th last moment, n from 1 to `count`; negative when time went backwards. */
  ageNs(n: number, day: number, nsOfDay: number): number {
    const slot = (this.next - n + this.days.length) % this.days.length;
    return nsBetween(this.days[slot]!, this.nsOfDays[slot]!, day, nsOfDay);
  }

  walkState(walk: StateWalk): void {
    const slots = this.days.length;
    this.count = walk.count('count', this.count, slots);
    // Where the ring begins is no state: read back, it begins at slot 0.
    const first = walk.isReading ? 0 : (this.next - this.count + slots) % slots;
    walk.integers('days', this.days, { base: 0, count: this.count, first, slots });
    walk.doubles('nsOfDays', this.nsOfDays, { base: 0, count: this.count, first, slots });
    if (walk.isReading) this.next = this.count % slots;
  }
}
