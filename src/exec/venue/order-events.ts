import { createVenueEvent, VENUE_FILL, VENUE_ORDER_STATUS, type VenueEvent } from '../../model/venue.ts';
import type { StepGrid } from '../step-grid.ts';
import type { VenueFill, VenueOrder } from './venue-order.ts';
import type { VenueTime } from './venue-time.ts';

/* What the venue says, as records of their own: each is on its way until it is heard. */

/** An event of a kind that happens now; everything else says nothing yet. */
export function eventAt(kind: number, now: VenueTime): VenueEvent {
  const event = createVenueEvent();
  event.kind = kind;
  event.tsEventDay = now.day;
  event.tsEventNsOfDay = now.nsOfDay;
  return event;
}

/** An event of an order that happens now, with what is filled of it so far. */
export function orderEvent(kind: number, order: VenueOrder, lots: StepGrid, now: VenueTime): VenueEvent {
  const event = eventAt(kind, now);
  event.runEpoch = order.runEpoch;
  event.clientOrderSeq = order.clientOrderSeq;
  event.assetIndex = order.assetIndex;
  event.side = order.side;
  event.cumQty = lots.toValue(order.filledLots);
  return event;
}

/** A fill, with the time at which it happened. */
export function fillEvent(order: VenueOrder, fill: VenueFill, lots: StepGrid): VenueEvent {
  const event = orderEvent(VENUE_FILL, order, lots, fill);
  event.tradeId = fill.tradeId;
  event.lastPx = fill.px;
  event.lastQty = lots.toValue(fill.lots);
  event.cumQty = lots.toValue(fill.cumLots);
  event.fee = fill.fee;
  event.isMaker = fill.isMaker ? 1 : 0;
  return event;
}

/** The status of an order as of now. */
export function statusEvent(order: VenueOrder, lots: StepGrid, now: VenueTime): VenueEvent {
  const event = orderEvent(VENUE_ORDER_STATUS, order, lots, now);
  event.code = order.status;
  return event;
}
