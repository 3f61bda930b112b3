import type { Touch, TouchSource, VenueEvent } from '../model/venue.ts';
import type { EventClock } from './event-clock.ts';
import { type ExecutionMetrics, type FillQuality, slippageBps } from './execution-metrics.ts';
import type { Order } from './order.ts';
import { covers, snapToLot } from './quantity.ts';
import type { Work } from './work.ts';

/**
 * What the trades of an intent are worth and what they cost: sums in its work, metrics at each trade and at its end.
 *
 * The cost of a trade against the price of the decision is split at two mids: the one at the venue's first word about the
 * intent's first order, and the one when the trade is heard of. Where no mid is known then, the last one that was seen for this
 * intent counts, and before any the price of the decision. So the three parts add up to `side * (fill - decision) * qty`.
 */
export class WorkAccounting {
  private readonly metrics: ExecutionMetrics;
  private readonly clock: EventClock;
  private readonly touches: TouchSource;
  private readonly touch: Touch = { bidPx: Number.NaN, askPx: Number.NaN };

  constructor(metrics: ExecutionMetrics, clock: EventClock, touches: TouchSource) {
    this.metrics = metrics;
    this.clock = clock;
    this.touches = touches;
  }

  /** Reads the touch of the intent's asset, and remembers its mid. @returns a reused record. */
  readTouch(work: Work): Touch {
    const { touch } = this;
    this.touches.readInto(touch, work.assetIndex);
    const { bidPx, askPx } = touch;
    if (bidPx > 0 && askPx > bidPx && askPx < Number.POSITIVE_INFINITY) work.lastMidPx = (bidPx + askPx) / 2;
    return touch;
  }

  /** The venue has said something of an order of the intent: the first time is remembered. */
  onWord(work: Work): void {
    if (!Number.isNaN(work.firstMidPx)) return;
    this.readTouch(work);
    work.firstMidPx = work.lastMidPx;
  }

  onFill(work: Work, order: Order, event: VenueEvent): void {
    const { lastPx, lastQty } = event;
    const notional = lastPx * lastQty;
    work.filledQty = snapToLot(work.filledQty + lastQty, order.lotQty);
    work.filledNotional += notional;
    if (event.isMaker !== 1) work.takerQty += lastQty;
    work.lastFillDay = this.clock.day;
    work.lastFillNsOfDay = this.clock.nsOfDay;
    this.readTouch(work);
    if (Number.isNaN(work.firstMidPx)) work.firstMidPx = work.lastMidPx;
    const quality = this.qualityOf(work);
    quality.onTrade(notional, event.fee, event.isMaker);
    quality.onCost(work.side, lastQty, lastPx, work.decisionPx, work.firstMidPx, work.lastMidPx);
  }

  /** An order is at its end: with a part of it filled it counts as partial. */
  onOrderEnd(order: Order): void {
    if (order.venueQty > 0 && !covers(order.venueQty, order.qty, order.lotQty)) this.metrics.add('partials');
  }

  /** The intent is at its end: maker when every trade of it was made, taker when any was taken, or unfilled. */
  onEnd(work: Work): void {
    const { metrics } = this;
    if (work.filledQty <= 0) {
      metrics.add(work.isEntry ? 'entries_unfilled' : 'exits_unfilled');
      return;
    }
    if (work.takerQty > 0) metrics.add(work.isEntry ? 'entries_taker' : 'exits_taker');
    else metrics.add(work.isEntry ? 'entries_maker' : 'exits_maker');
    const averagePx = work.filledNotional / work.filledQty;
    const lastFill = this.clock.nsSince(work.lastFillDay, work.lastFillNsOfDay);
    const timeToFillNs = this.clock.nsSince(work.startDay, work.startNsOfDay) - lastFill;
    this.qualityOf(work).onFilledIntent(
      slippageBps(work.side, averagePx, work.decisionPx),
      work.filledNotional,
      timeToFillNs,
    );
  }

  private qualityOf(work: Work): FillQuality {
    return work.isEntry ? this.metrics.entries : this.metrics.exits;
  }
}
