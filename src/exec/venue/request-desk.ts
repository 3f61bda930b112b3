import { BUY, ORDER_LIMIT_POST_ONLY, type OrderRequest } from '../../model/order.ts';
import { NS_PER_MS, nsBetween } from '../../model/time.ts';
import {
  REJECT_DUPLICATE_ID,
  REJECT_RECV_WINDOW,
  type Touch,
  VENUE_CANCEL_REJECTED,
  VENUE_ORDER_NOT_FOUND,
  VENUE_REJECTED,
} from '../../model/venue.ts';
import { type InstrumentGrid, rejectionOf } from './acceptance.ts';
import { eventAt, fillEvent, statusEvent } from './order-events.ts';
import type { OrderLife, VenueParts } from './order-life.ts';
import type { VenueOrder } from './venue-order.ts';

/** When the venue takes a request, and finds an order. */
export interface RequestRules {
  /** An order that arrives this much after it was sent, or later, is refused, ms. */
  readonly recvWindowMs: number;
  /** A query finds an order only this long after it was accepted, ms. */
  readonly queryLagMs: number;
  /** Fills `out` with the quote of an asset however old; NaN = none. */
  readonly quoteInto: (out: Touch, assetIndex: number) => void;
}

/** Answers what arrives at a simulated venue: orders, cancels, queries. It has no state. */
export class RequestDesk {
  private readonly parts: VenueParts;
  private readonly life: OrderLife;
  private readonly rules: RequestRules;
  private readonly touch: Touch = { bidPx: Number.NaN, askPx: Number.NaN };

  constructor(parts: VenueParts, life: OrderLife, rules: RequestRules) {
    this.parts = parts;
    this.life = life;
    this.rules = rules;
  }

  /** @returns the order, which may trade from now on; null when it was rejected. */
  onSubmit(request: OrderRequest, isAnswerLost: boolean): VenueOrder | null {
    const code = this.rejectionOf(request);
    if (code === 0) return this.life.accept(request, isAnswerLost);
    this.parts.counters.rejected++;
    if (!isAnswerLost) this.answerWithout(VENUE_REJECTED, request, code);
    return null;
  }

  onCancel(request: OrderRequest, isAnswerLost: boolean): void {
    const order = this.find(request);
    if (order?.isOpen) this.life.cancel(order, isAnswerLost);
    else if (!isAnswerLost) this.answerWithout(VENUE_CANCEL_REJECTED, request, 0);
  }

  onQuery(request: OrderRequest): void {
    const { link, clock } = this.parts;
    const order = this.find(request);
    if (order === undefined || !this.isQueryable(order)) {
      this.answerWithout(VENUE_ORDER_NOT_FOUND, request, 0);
      return;
    }
    const lots = this.life.lotsOf(order);
    for (const fill of order.fills) link.answer(fillEvent(order, fill, lots), clock.now);
    link.answer(statusEvent(order, lots, clock.now), clock.now);
  }

  /** An acceptance that was held back is due to be told. */
  onAckDue(request: OrderRequest): void {
    const order = this.find(request);
    if (order !== undefined) this.life.tellWithheldAck(order);
  }

  private find({ assetIndex, clientOrderSeq }: OrderRequest): VenueOrder | undefined {
    return this.parts.orders.find(assetIndex, clientOrderSeq);
  }

  private rejectionOf(request: OrderRequest): number {
    const { now } = this.parts.clock;
    const travelNs = nsBetween(request.tsSentDay, request.tsSentNsOfDay, now.day, now.nsOfDay);
    if (travelNs >= this.rules.recvWindowMs * NS_PER_MS) return REJECT_RECV_WINDOW;
    if (this.find(request)?.isOpen) return REJECT_DUPLICATE_ID;
    const { assetIndex, side } = request;
    const grid = this.parts.grids[assetIndex] as InstrumentGrid;
    this.rules.quoteInto(this.touch, assetIndex);
    const referencePx = side === BUY ? this.touch.askPx : this.touch.bidPx;
    return rejectionOf(request, grid, {
      farTicks: this.farTicks(request, grid.ticks.toSteps(referencePx)),
      referencePx,
      positionLots: this.parts.account.positionLots(assetIndex),
    });
  }

  /** Best price on the other side, our own resting orders included. */
  private farTicks({ assetIndex, side }: OrderRequest, quotedTicks: number): number {
    let farTicks = quotedTicks;
    for (const order of this.parts.orders.openOrders(assetIndex)) {
      if (order.type !== ORDER_LIMIT_POST_ONLY || order.side !== -side) continue;
      if (!((order.limitTicks - farTicks) * side >= 0)) farTicks = order.limitTicks;
    }
    return farTicks;
  }

  private isQueryable({ acceptedDay, acceptedNsOfDay }: VenueOrder): boolean {
    const { now } = this.parts.clock;
    return nsBetween(acceptedDay, acceptedNsOfDay, now.day, now.nsOfDay) >= this.rules.queryLagMs * NS_PER_MS;
  }

  private answerWithout(kind: number, request: OrderRequest, code: number): void {
    const { clock, link } = this.parts;
    const event = eventAt(kind, clock.now);
    event.runEpoch = clock.runEpoch;
    event.clientOrderSeq = request.clientOrderSeq;
    event.assetIndex = request.assetIndex;
    event.side = request.side;
    event.code = code;
    link.answer(event, clock.now);
  }
}
