import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import { NS_PER_SECOND, nsBetween } from '../model/time.ts';
import { feedSensor } from './survival-sensors.ts';

const MIN_WINDOW_NS = 60 * NS_PER_SECOND;
const MIN_WINDOW_BARS = 12;

/**
 * Counts the bars that came within the last 60 s, or 12 bar intervals when that is longer, for the feed sensor
 * (semantics §8). Time is that of the events in replay and of the clock live: it comes in as an argument.
 *
 * The window is half-open, `(now - window, now]`, so a feed that never fails fills it with exactly the bars expected.
 */
export class FeedWindow implements Stateful {
  /** Bars that a whole window holds. */
  readonly expected: number;
  private readonly windowNs: number;
  private readonly days: Int32Array;
  private readonly nsOfDays: Float64Array;
  private next = 0;
  private count = 0;
  private startDay = 0;
  private startNsOfDay = Number.NaN;

  /** @param barIntervalNs - from bar to bar; bars that come faster than twice that rate count no further. */
  constructor(barIntervalNs: number) {
    this.windowNs = Math.max(MIN_WINDOW_NS, MIN_WINDOW_BARS * barIntervalNs);
    this.expected = Math.floor(this.windowNs / barIntervalNs);
    this.days = new Int32Array(2 * this.expected);
    this.nsOfDays = new Float64Array(2 * this.expected);
  }

  /** Starts the wait for a full window; without it the first bar does. */
  start(day: number, nsOfDay: number): void {
    this.startDay = day;
    this.startNsOfDay = nsOfDay;
  }

  /** Counts one bar by when it came. */
  onBar(day: number, nsOfDay: number): void {
    if (Number.isNaN(this.startNsOfDay)) this.start(day, nsOfDay);
    this.days[this.next] = day;
    this.nsOfDays[this.next] = nsOfDay;
    this.next = (this.next + 1) % this.days.length;
    if (this.count < this.days.length) this.count++;
  }

  /** Bars within the window that ends now. */
  received(day: number, nsOfDay: number): number {
    const slots = this.days.length;
    let inside = 0;
    while (inside < this.count) {
      const slot = (this.next - 1 - inside + slots) % slots;
      if (nsBetween(this.days[slot]!, this.nsOfDays[slot]!, day, nsOfDay) >= this.windowNs) break;
      inside++;
    }
    return inside;
  }

  /** The feed sensor now; NaN until a whole window has passed since the start. */
  sensor(day: number, nsOfDay: number): number {
    const sinceStartNs = nsBetween(this.startDay, this.startNsOfDay, day, nsOfDay);
    const isFull = sinceStartNs >= this.windowNs; // NaN: not started
    return isFull ? feedSensor(this.received(day, nsOfDay), this.expected) : Number.NaN;
  }

  walkState(walk: StateWalk): void {
    const slots = this.days.length;
    this.startDay = walk.integer('startDay', this.startDay);
    this.startNsOfDay = walk.number('startNsOfDay', this.startNsOfDay);
    this.count = walk.count('count', this.count, Math.min(slots, MAX_COUNT));
    const first = walk.isReading ? 0 : (this.next - this.count + slots) % slots;
    walk.integers('days', this.days, { base: 0, count: this.count, first, slots });
    walk.doubles('nsOfDays', this.nsOfDays, { base: 0, count: this.count, first, slots });
    if (walk.isReading) this.next = this.count % slots;
  }
}
