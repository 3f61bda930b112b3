import type { Stateful, StateWalk } from '../model/state-walk.ts';
import { NS_PER_SECOND, nsBetween } from '../model/time.ts';
import { RecentMoments } from './recent-moments.ts';
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
  private readonly bars: RecentMoments;
  private startDay = 0;
  private startNsOfDay = Number.NaN;

  /** @param barIntervalNs - from bar to bar; bars that come faster than twice that rate count no further. */
  constructor(barIntervalNs: number) {
    this.windowNs = Math.max(MIN_WINDOW_NS, MIN_WINDOW_BARS * barIntervalNs);
    this.expected = Math.floor(this.windowNs / barIntervalNs);
    this.bars = new RecentMoments(2 * this.expected);
  }

  /** Starts the wait for a full window; without it the first bar does. */
  start(day: number, nsOfDay: number): void {
    this.startDay = day;
    this.startNsOfDay = nsOfDay;
  }

  /** Counts one bar by when it came. */
  onBar(day: number, nsOfDay: number): void {
    if (Number.isNaN(this.startNsOfDay)) this.start(day, nsOfDay);
    this.bars.add(day, nsOfDay);
  }

  /** Bars within the window that ends now. */
  received(day: number, nsOfDay: number): number {
    const { bars } = this;
    let inside = 0;
    while (inside < bars.count && bars.ageNs(inside + 1, day, nsOfDay) < this.windowNs) inside++;
    return inside;
  }

  /** Bars that are due within the window that ends now; NaN until a whole one has passed since the start. */
  due(day: number, nsOfDay: number): number {
    const sinceStartNs = nsBetween(this.startDay, this.startNsOfDay, day, nsOfDay);
    return sinceStartNs >= this.windowNs ? this.expected : Number.NaN; // NaN: not started
  }

  /** The feed sensor now; NaN until a whole window has passed since the start. */
  sensor(day: number, nsOfDay: number): number {
    return feedSensor(this.received(day, nsOfDay), this.due(day, nsOfDay));
  }

  walkState(walk: StateWalk): void {
    this.startDay = walk.integer('startDay', this.startDay);
    this.startNsOfDay = walk.number('startNsOfDay', this.startNsOfDay);
    walk.part('bars', this.bars);
  }
}
