import { NS_PER_MS, nsBetween } from '../model/time.ts';

/** A step in event time beyond this many bar intervals is a hole in the data: pacing does not sit it out. */
const GAP_INTERVALS = 2.5;

/**
 * When a frame of recorded time is due in real time. Pure: real time comes in as monotonic milliseconds.
 *
 * The clock is anchored anew at the first frame, at every day boundary and after every gap, so that pacing never waits
 * over either (semantics §12).
 */
export class Pacing {
  private readonly speed: number;
  private readonly gapNs: number;
  private anchorDay = Number.NaN;
  private anchorNsOfDay = 0;
  private anchorMs = 0;
  private lastNsOfDay = 0;

  /** @param speed - event seconds per second, > 0: 1 is real time. */
  constructor(speed: number, barIntervalNs: number) {
    this.speed = speed;
    this.gapNs = GAP_INTERVALS * barIntervalNs;
  }

  /** Milliseconds from `nowMs` until the frame is due; 0 or less when it is. */
  msUntilDue(day: number, nsOfDay: number, nowMs: number): number {
    if (day !== this.anchorDay || nsOfDay - this.lastNsOfDay > this.gapNs) {
      this.anchorDay = day;
      this.anchorNsOfDay = nsOfDay;
      this.anchorMs = nowMs;
    }
    this.lastNsOfDay = nsOfDay;
    const eventMs = nsBetween(this.anchorDay, this.anchorNsOfDay, day, nsOfDay) / NS_PER_MS;
    return this.anchorMs + eventMs / this.speed - nowMs;
  }
}
