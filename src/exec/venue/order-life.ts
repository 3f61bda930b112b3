import { ORDER_MARKET, type OrderRequest } from '../../model/order.ts';
import {
  EXPIRED_REDUCE_ONLY,
  EXPIRED_SELF_TRADE,
  VENUE_ACCEPTED,
  VENUE_CANCELED,
  VENUE_EXPIRED,
  VENUE_STATUS_CANCELED,
  VENUE_STATUS_EXPIRED,
  VENUE_STATUS_FILLED,
  type VenueEvent,
} from '../../model/venue.ts';
import type { StepGrid } from '../step-grid.ts';
import type { InstrumentGrid } from './acceptance.ts';
import { fillEvent, orderEvent } from './order-events.ts';
import type { OrderStore } from './order-store.ts';
import type { VenueAccount } from './venue-account.ts';
import type { VenueClock } from './venue-clock.ts';
import type { VenueCounters } from './venue-counters.ts';
import type { VenueLink } from './venue-link.ts';
import { VenueOrder } from './venue-order.ts';

/** What the parts of one simulated venue share. */
export interface VenueParts {
  /** By asset index. */
  readonly grids: readonly InstrumentGrid[];
  readonly clock: VenueClock;
  readonly orders: OrderStore;
  readonly account: VenueAccount;
  readonly counters: VenueCounters;
  readonly link: VenueLink;
}

/** The life of an order at a simulated venue, from its acceptance to its end, and what is told of it. It has no state. */
export class OrderLife {
  private readonly parts: VenueParts;

  constructor(parts: VenueParts) {
    this.parts = parts;
  }

  /** Takes an order in, and tells so unless the answer is lost or held back. */
  accept(request: OrderRequest, isAnswerLost: boolean): VenueOrder {
    const { orders, counters, link, clock } = this.parts;
    const order = this.orderOf(request);
    orders.add(order);
    if (request.type === ORDER_MARKET) counters.marketsAccepted++;
    else counters.limitsAccepted++;
    if (isAnswerLost) return order;
    if (link.withholdsAck(request, clock.now)) order.isAckWithheld = true;
    else link.answer(this.eventOf(VENUE_ACCEPTED, order), clock.now);
    return order;
  }

  /**
   * Fills an order with up to so many lots at a price, as far as it is fillable.
   * @returns the lots filled.
   */
  fill(order: VenueOrder, px: number, lots: number, isMaker: boolean): number {
    const { account, clock, link } = this.parts;
    const { assetIndex, side } = order;
    const filled = Math.min(lots, this.fillableLots(order));
    if (!(filled > 0 && order.isOpen)) return 0;
    const fee = account.fill(assetIndex, side, filled, px * this.lotsOf(order).toValue(filled), isMaker);
    this.countFill(order, isMaker);
    order.leavesLots -= filled;
    const cumLots = order.qtyLots - order.leavesLots;
    const fill = { tradeId: clock.takeTradeId(), px, lots: filled, cumLots, fee, isMaker, ...clock.now };
    order.fills.push(fill);
    if (order.leavesLots === 0) this.end(order, VENUE_STATUS_FILLED);
    link.stream(fillEvent(order, fill, this.lotsOf(order)), clock.now);
    this.tellWithheldAck(order);
    this.knockOut(assetIndex);
    return filled;
  }

  /** What an order may still fill: a reduce-only one no more than there is to reduce. Lots. */
  fillableLots(order: VenueOrder): number {
    if (!order.isReduceOnly) return order.leavesLots;
    const reducibleLots = Math.max(0, -order.side * this.parts.account.positionLots(order.assetIndex));
    return Math.min(order.leavesLots, reducibleLots);
  }

  /** We end an order. */
  cancel(order: VenueOrder, isAnswerLost: boolean): void {
    const { counters, link, clock } = this.parts;
    this.tellWithheldAck(order);
    this.end(order, VENUE_STATUS_CANCELED);
    counters.canceled++;
    if (!isAnswerLost) link.answer(this.eventOf(VENUE_CANCELED, order), clock.now);
  }

  /** The venue ends an order. */
  expire(order: VenueOrder, code: number): void {
    if (!order.isOpen) return;
    this.tellWithheldAck(order);
    this.end(order, VENUE_STATUS_EXPIRED);
    this.parts.counters.expired++;
    const event = this.eventOf(VENUE_EXPIRED, order);
    event.code = code;
    this.parts.link.stream(event, this.parts.clock.now);
  }

  /** Self-trade prevention, EXPIRE_MAKER: our own resting orders that an order of ours would trade with. */
  expireOwnWithin(taker: VenueOrder, isWithin: (limitTicks: number) => boolean): void {
    for (const order of this.openOrders(taker.assetIndex)) {
      if (order.side === -taker.side && isWithin(order.limitTicks)) this.expire(order, EXPIRED_SELF_TRADE);
    }
  }

  /** Tells an acceptance that was held back, as of when it happened. */
  tellWithheldAck(order: VenueOrder): void {
    if (!order.isAckWithheld) return;
    order.isAckWithheld = false;
    const event = this.eventOf(VENUE_ACCEPTED, order);
    event.cumQty = 0;
    event.tsEventDay = order.acceptedDay;
    event.tsEventNsOfDay = order.acceptedNsOfDay;
    this.parts.link.answer(event, this.parts.clock.now);
  }

  /** Open orders of an asset in the order of their arrival: a copy, so that fills may end them meanwhile. */
  openOrders(assetIndex: number): VenueOrder[] {
    return [...this.parts.orders.openOrders(assetIndex)];
  }

  lotsOf({ assetIndex }: VenueOrder): StepGrid {
    return (this.parts.grids[assetIndex] as InstrumentGrid).lots;
  }

  private orderOf(request: OrderRequest): VenueOrder {
    const { grids, clock } = this.parts;
    const grid = grids[request.assetIndex] as InstrumentGrid;
    const order = new VenueOrder();
    order.runEpoch = clock.runEpoch;
    order.clientOrderSeq = request.clientOrderSeq;
    order.assetIndex = request.assetIndex;
    order.side = request.side;
    order.type = request.type;
    order.limitTicks = request.type === ORDER_MARKET ? Number.NaN : grid.ticks.toSteps(request.limitPx);
    order.qtyLots = grid.lots.toSteps(request.qty);
    order.leavesLots = order.qtyLots;
    order.isReduceOnly = request.isReduceOnly;
    order.acceptedDay = clock.now.day;
    order.acceptedNsOfDay = clock.now.nsOfDay;
    return order;
  }

  private end(order: VenueOrder, status: number): void {
    order.status = status;
    this.parts.orders.retire(order);
  }

  /** A position that is gone, or turned, takes the reduce-only orders with it that have nothing left to reduce. */
  private knockOut(assetIndex: number): void {
    for (const order of this.openOrders(assetIndex)) {
      const isReducing = this.parts.account.positionLots(assetIndex) * order.side < 0;
      if (order.isReduceOnly && !isReducing) this.expire(order, EXPIRED_REDUCE_ONLY);
    }
  }

  private countFill(order: VenueOrder, isMaker: boolean): void {
    const { counters } = this.parts;
    if (isMaker) counters.makerFills++;
    else counters.takerFills++;
    if (order.fills.length > 0) return;
    if (order.type === ORDER_MARKET) counters.marketsTouched++;
    else counters.limitsTouched++;
  }

  private eventOf(kind: number, order: VenueOrder): VenueEvent {
    return orderEvent(kind, order, this.lotsOf(order), this.parts.clock.now);
  }
}
