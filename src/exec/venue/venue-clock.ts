import type { StateWalk } from '../../model/state-walk.ts';
import { createVenueTime, latestOf, type VenueTime, walkTime } from './venue-time.ts';

/** What is now at a venue, whose run it hears, and the numbers of its trades and settlements. */
export class VenueClock {
  /** Not to be changed: a new record for each instant. */
  now: VenueTime = createVenueTime();
  /** Part of the client order ids of the run whose orders arrive. */
  runEpoch = 0;
  private nextTradeId = 1;

  /** Goes to a time, never back. */
  moveTo({ day, nsOfDay }: VenueTime): void {
    this.now = latestOf(this.now, { day, nsOfDay });
  }

  /** A number by which a trade or settlement counts once. */
  takeTradeId(): number {
    return this.nextTradeId++;
  }

  walkState(walk: StateWalk): void {
    walkTime(walk, 'now', this.now);
    this.nextTradeId = walk.number('nextTradeId', this.nextTradeId);
    this.runEpoch = walk.number('epoch', this.runEpoch);
  }
}
