import { MAX_COUNT, type Stateful, type StateWalk } from '../../model/state-walk.ts';

/** What happened at the venue, for reports; and what did not happen, in words. */
export class VenueCounters implements Stateful {
  /** Market data seen: bars, updates of books, prints. */
  bars = 0;
  bookUpdates = 0;
  prints = 0;
  limitsAccepted = 0;
  marketsAccepted = 0;
  rejected = 0;
  canceled = 0;
  expired = 0;
  makerFills = 0;
  takerFills = 0;
  /** Limit orders that ended, or are open, with a fill. */
  limitsTouched = 0;
  /** Market orders that were filled, in part at least. */
  marketsTouched = 0;

  /**
   * What a reader of the results must know about prices that never came; empty when all is well.
   * @param openOrders - still open now.
   */
  warnings(openOrders: number): string[] {
    const words: string[] = [];
    if (this.limitsAccepted > 0 && this.limitsTouched === 0) {
      words.push(
        `the simulated venue filled none of ${this.limitsAccepted} resting orders: no price traded through a limit`,
      );
    }
    if (this.bookUpdates > 0 && this.prints === 0 && this.limitsAccepted > 0) {
      words.push('the simulated venue saw books but no trades: resting orders fill only when the touch passes them');
    }
    if (this.marketsAccepted > this.marketsTouched) {
      words.push(
        `${this.marketsAccepted - this.marketsTouched} of ${this.marketsAccepted} market orders found no price at the simulated venue`,
      );
    }
    if (openOrders > 0) words.push(`${openOrders} orders are still open at the simulated venue: no price reached them`);
    return words;
  }

  walkState(walk: StateWalk): void {
    const count = (name: string, value: number): number => walk.count(name, value, MAX_COUNT);
    this.bars = count('bars', this.bars);
    this.bookUpdates = count('bookUpdates', this.bookUpdates);
    this.prints = count('prints', this.prints);
    this.limitsAccepted = count('limitsAccepted', this.limitsAccepted);
    this.marketsAccepted = count('marketsAccepted', this.marketsAccepted);
    this.rejected = count('rejected', this.rejected);
    this.canceled = count('canceled', this.canceled);
    this.expired = count('expired', this.expired);
    this.makerFills = count('makerFills', this.makerFills);
    this.takerFills = count('takerFills', this.takerFills);
    this.limitsTouched = count('limitsTouched', this.limitsTouched);
    this.marketsTouched = count('marketsTouched', this.marketsTouched);
  }
}
