import type { Instrument } from '../../model/instrument.ts';
import { BUY, ORDER_LIMIT_POST_ONLY, ORDER_MARKET, type OrderReference, type OrderRequest } from '../../model/order.ts';
import type { Stateful, StateWalk } from '../../model/state-walk.ts';
import { NS_PER_MS, nsBetween } from '../../model/time.ts';
import {
  EXPIRED_REDUCE_ONLY,
  EXPIRED_SELF_TRADE,
  REJECT_DUPLICATE_ID,
  REJECT_RECV_WINDOW,
  type Touch,
  type TouchSource,
  VENUE_ACCEPTED,
  VENUE_CANCEL_REJECTED,
  VENUE_CANCELED,
  VENUE_EXPIRED,
  VENUE_FUNDING,
  VENUE_ORDER_NOT_FOUND,
  VENUE_REJECTED,
  VENUE_STATUS_CANCELED,
  VENUE_STATUS_EXPIRED,
  VENUE_STATUS_FILLED,
  type VenueEvent,
  type VenueEventSink,
  type VenuePort,
} from '../../model/venue.ts';
import { InstrumentGrid, rejectionOf } from './acceptance.ts';
import { eventAt, fillEvent, orderEvent, statusEvent } from './order-events.ts';
import { OrderStore } from './order-store.ts';
import {
  PENDING_ACK,
  PENDING_CANCEL,
  PENDING_CUT,
  PENDING_QUERY,
  PENDING_RECONNECT,
  PENDING_SUBMIT,
  type PendingEvent,
} from './pending-events.ts';
import type { StepGrid } from './step-grid.ts';
import { type FeeSchedule, VenueAccount } from './venue-account.ts';
import { VenueCounters } from './venue-counters.ts';
import { type LinkOptions, VenueLink } from './venue-link.ts';
import { VenueOrder } from './venue-order.ts';
import { compareTimes, createVenueTime, latestOf, type VenueTime, walkTime } from './venue-time.ts';

/** How a simulated venue is set. */
export interface VenueOptions extends LinkOptions {
  /** One per asset of the universe. */
  readonly instruments: readonly Instrument[];
  readonly fees: FeeSchedule;
  /** An order that arrives this much after it was sent, or later, is refused, ms: it may be relied on. */
  readonly recvWindowMs: number;
  /** A touch older than this is no touch, ms. */
  readonly touchMaxAgeMs: number;
}

/**
 * What both simulated venues have in common: requests and answers on their way, checks, orders, positions, fees, funding.
 * How prices fill orders is the subclass's. Semantics §13, "Simulated venue".
 *
 * Time comes from the caller: market data at its own time, {@link advanceTo} in between. At one instant market data comes
 * first, then funding, then requests that arrive, and events that are heard, in the order in which they were scheduled. So
 * a request never meets data of the instant at which it arrives, or before.
 */
export abstract class SimulatedVenue implements VenuePort, TouchSource, Stateful {
  readonly counters = new VenueCounters();
  readonly account: VenueAccount;
  protected readonly grids: readonly InstrumentGrid[];
  private readonly options: VenueOptions;
  private readonly orders: OrderStore;
  private readonly link: VenueLink;
  private readonly sink: VenueEventSink;
  private readonly touch: Touch = { bidPx: Number.NaN, askPx: Number.NaN };
  private now = createVenueTime();
  private nextTradeId = 1;
  private epoch = 0;

  /** @param sink - hears the events, from inside {@link advanceTo} and the calls that bring market data. */
  constructor(options: VenueOptions, sink: VenueEventSink) {
    this.options = options;
    this.sink = sink;
    this.grids = options.instruments.map((instrument) => new InstrumentGrid(instrument));
    this.orders = new OrderStore(this.grids.length);
    this.account = new VenueAccount(this.grids.length, options.fees);
    this.link = new VenueLink(options);
  }

  /** The run whose orders arrive from now on: part of their client order ids. */
  set runEpoch(epoch: number) {
    this.epoch = epoch;
  }

  submit(request: OrderRequest): void {
    this.link.sendSubmit(request);
  }

  cancel(reference: OrderReference): void {
    this.link.sendCancel(reference);
  }

  query(reference: OrderReference): void {
    this.link.sendQuery(reference);
  }

  /** When the next thing is due without market data: drivers go there before their own timers of a later time. */
  get nextDue(): VenueTime | undefined {
    return this.link.next;
  }

  /** Lets everything happen that is due up to a time, itself included. Requests sent from inside are part of that. */
  advanceTo(day: number, nsOfDay: number): void {
    const until = { day, nsOfDay };
    this.link.start(until);
    for (let next = this.link.next; next !== undefined && compareTimes(next, until) <= 0; next = this.link.next) {
      this.happen(next);
    }
    this.now = latestOf(this.now, until);
  }

  /** Cuts the stream of order events now, for so long: for scripted runs. */
  disconnect(durationMs: number): void {
    this.link.cut(this.now, Math.round(durationMs * NS_PER_MS));
  }

  /**
   * Settles funding.
   * @param rate - fraction of the position's notional at the mark price; longs pay a positive one.
   */
  onFunding(day: number, nsOfDay: number, assetIndex: number, markPx: number, rate: number): void {
    this.beforeData({ day, nsOfDay });
    const qty = this.positionQty(assetIndex);
    const payment = this.account.settleFunding(assetIndex, qty * markPx, rate);
    if (payment === 0) return;
    const event = eventAt(VENUE_FUNDING, this.now);
    event.runEpoch = this.epoch;
    event.assetIndex = assetIndex;
    event.tradeId = this.nextTradeId++;
    event.lastPx = markPx;
    event.lastQty = qty;
    event.fee = payment;
    this.link.stream(event, this.now);
  }

  /** Signed size of a position, base units. Reconciliation asks this as of now. */
  positionQty(assetIndex: number): number {
    return this.gridOf(assetIndex).lots.toValue(this.account.positionLots(assetIndex));
  }

  /** Mean entry price of a position, quote currency; NaN when flat. */
  positionEntryPx(assetIndex: number): number {
    return this.account.costOf(assetIndex) / this.positionQty(assetIndex);
  }

  /** Tells the open orders as of now, one ORDER_STATUS each. Reconciliation asks this. */
  visitOpenOrders(visit: (event: VenueEvent) => void): void {
    for (const order of this.orders.allOpen()) visit(statusEvent(order, this.lotsOf(order), this.now));
  }

  /** What a reader of results must know: assets whose prices never reached an order. */
  warnings(): string[] {
    return this.counters.warnings([...this.orders.allOpen()].length);
  }

  /** Events that were lost while the stream was cut. */
  get lostEvents(): number {
    return this.link.lostEvents;
  }

  readInto(out: Touch, assetIndex: number): void {
    const quoted = this.quotedAt(assetIndex);
    const ageNs = nsBetween(quoted.day, quoted.nsOfDay, this.now.day, this.now.nsOfDay);
    if (ageNs <= this.options.touchMaxAgeMs * NS_PER_MS) this.quoteInto(out, assetIndex);
    else out.bidPx = out.askPx = Number.NaN;
  }

  walkState(walk: StateWalk): void {
    walk.part('counters', this.counters);
    walk.part('account', this.account);
    walk.part('orders', this.orders);
    walk.part('link', this.link);
    walkTime(walk, 'now', this.now);
    this.nextTradeId = walk.number('nextTradeId', this.nextTradeId);
    this.epoch = walk.number('epoch', this.epoch);
  }

  /** Quote of an asset however old; NaN = none. */
  protected abstract quoteInto(out: Touch, assetIndex: number): void;
  /** When the quote of an asset was made. */
  protected abstract quotedAt(assetIndex: number): VenueTime;
  /** An order was accepted just now: it may trade, or take its place in the queue. */
  protected abstract onAccepted(order: VenueOrder): void;

  /** To be called first with all market data: what was due before it happens before it. */
  protected beforeData(time: VenueTime): void {
    this.link.start(time);
    for (let next = this.link.next; next !== undefined && compareTimes(next, time) < 0; next = this.link.next) {
      this.happen(next);
    }
    this.now = latestOf(this.now, time);
  }

  protected gridOf(assetIndex: number): InstrumentGrid {
    return this.grids[assetIndex] as InstrumentGrid;
  }

  /** Open orders of an asset in the order of their arrival: a copy, so that fills may end them meanwhile. */
  protected openOrders(assetIndex: number): VenueOrder[] {
    return [...this.orders.openOrders(assetIndex)];
  }

  protected hasOpenOrders(assetIndex: number): boolean {
    return this.orders.openOrders(assetIndex).length > 0;
  }

  /**
   * Fills an order with up to so many lots at a price, as far as it is fillable.
   * @returns the lots filled.
   */
  protected fill(order: VenueOrder, px: number, lots: number, isMaker: boolean): number {
    const { assetIndex, side } = order;
    const filled = Math.min(lots, this.fillableLots(order));
    if (!(filled > 0 && order.isOpen)) return 0;
    const fee = this.account.fill(assetIndex, side, filled, px * this.gridOf(assetIndex).lots.toValue(filled), isMaker);
    this.countFill(order, isMaker);
    order.leavesLots -= filled;
    const cumLots = order.qtyLots - order.leavesLots;
    const fill = { tradeId: this.nextTradeId++, px, lots: filled, cumLots, fee, isMaker, ...this.now };
    order.fills.push(fill);
    if (order.leavesLots === 0) this.end(order, VENUE_STATUS_FILLED);
    this.link.stream(fillEvent(order, fill, this.lotsOf(order)), this.now);
    this.tellWithheldAck(order);
    this.knockOut(assetIndex);
    return filled;
  }

  /** What an order may still fill: a reduce-only one no more than there is to reduce. Lots. */
  protected fillableLots(order: VenueOrder): number {
    if (!order.isReduceOnly) return order.leavesLots;
    const reducibleLots = Math.max(0, -order.side * this.account.positionLots(order.assetIndex));
    return Math.min(order.leavesLots, reducibleLots);
  }

  /** The venue ends an order. */
  protected expire(order: VenueOrder, code: number): void {
    if (!order.isOpen) return;
    this.tellWithheldAck(order);
    this.end(order, VENUE_STATUS_EXPIRED);
    this.counters.expired++;
    const event = this.eventOf(VENUE_EXPIRED, order);
    event.code = code;
    this.link.stream(event, this.now);
  }

  /** Self-trade prevention, EXPIRE_MAKER: our own resting orders that an order of ours would trade with. */
  protected expireOwnWithin(taker: VenueOrder, isWithin: (limitTicks: number) => boolean): void {
    for (const order of this.openOrders(taker.assetIndex)) {
      if (order.side === -taker.side && isWithin(order.limitTicks)) this.expire(order, EXPIRED_SELF_TRADE);
    }
  }

  private happen(pending: PendingEvent): void {
    this.link.pop();
    this.now = latestOf(this.now, { day: pending.day, nsOfDay: pending.nsOfDay });
    switch (pending.kind) {
      case PENDING_SUBMIT:
        this.onSubmit(pending.request, pending.isAnswerLost);
        break;
      case PENDING_CANCEL:
        this.onCancel(pending.request, pending.isAnswerLost);
        break;
      case PENDING_QUERY:
        this.onQuery(pending.request);
        break;
      case PENDING_ACK:
        this.onAckDue(pending.request);
        break;
      case PENDING_CUT:
      case PENDING_RECONNECT:
        this.link.onConnection(pending, this.sink);
        break;
      default:
        this.link.deliver(pending, this.sink);
    }
  }

  private onAckDue({ assetIndex, clientOrderSeq }: OrderRequest): void {
    const order = this.orders.find(assetIndex, clientOrderSeq);
    if (order !== undefined) this.tellWithheldAck(order);
  }

  private onSubmit(request: OrderRequest, isAnswerLost: boolean): void {
    const code = this.rejectionOf(request);
    if (code !== 0) {
      this.counters.rejected++;
      if (!isAnswerLost) this.answerWithout(VENUE_REJECTED, request, code);
      return;
    }
    const order = this.accept(request);
    if (!isAnswerLost) {
      if (this.link.withholdsAck(request, this.now)) order.isAckWithheld = true;
      else this.link.answer(this.eventOf(VENUE_ACCEPTED, order), this.now);
    }
    this.onAccepted(order);
  }

  private accept(request: OrderRequest): VenueOrder {
    const grid = this.gridOf(request.assetIndex);
    const order = new VenueOrder();
    order.runEpoch = this.epoch;
    order.clientOrderSeq = request.clientOrderSeq;
    order.assetIndex = request.assetIndex;
    order.side = request.side;
    order.type = request.type;
    order.limitTicks = request.type === ORDER_MARKET ? Number.NaN : grid.ticks.toSteps(request.limitPx);
    order.qtyLots = grid.lots.toSteps(request.qty);
    order.leavesLots = order.qtyLots;
    order.isReduceOnly = request.isReduceOnly;
    order.acceptedDay = this.now.day;
    order.acceptedNsOfDay = this.now.nsOfDay;
    this.orders.add(order);
    if (request.type === ORDER_MARKET) this.counters.marketsAccepted++;
    else this.counters.limitsAccepted++;
    return order;
  }

  private rejectionOf(request: OrderRequest): number {
    const travelNs = nsBetween(request.tsSentDay, request.tsSentNsOfDay, this.now.day, this.now.nsOfDay);
    if (travelNs >= this.options.recvWindowMs * NS_PER_MS) return REJECT_RECV_WINDOW;
    if (this.orders.find(request.assetIndex, request.clientOrderSeq)?.isOpen) return REJECT_DUPLICATE_ID;
    const grid = this.gridOf(request.assetIndex);
    const { touch } = this;
    this.quoteInto(touch, request.assetIndex);
    let farTicks = grid.ticks.toSteps(request.side === BUY ? touch.askPx : touch.bidPx);
    for (const order of this.orders.openOrders(request.assetIndex)) {
      if (order.type !== ORDER_LIMIT_POST_ONLY || order.side !== -request.side) continue;
      if (!((order.limitTicks - farTicks) * request.side >= 0)) farTicks = order.limitTicks;
    }
    const referencePx = request.side === BUY ? touch.askPx : touch.bidPx;
    return rejectionOf(request, grid, {
      farTicks,
      referencePx,
      positionLots: this.account.positionLots(request.assetIndex),
    });
  }

  private onCancel(request: OrderRequest, isAnswerLost: boolean): void {
    const order = this.orders.find(request.assetIndex, request.clientOrderSeq);
    if (order === undefined || !order.isOpen) {
      if (!isAnswerLost) this.answerWithout(VENUE_CANCEL_REJECTED, request, 0);
      return;
    }
    this.tellWithheldAck(order);
    this.end(order, VENUE_STATUS_CANCELED);
    this.counters.canceled++;
    if (!isAnswerLost) this.link.answer(this.eventOf(VENUE_CANCELED, order), this.now);
  }

  private onQuery(request: OrderRequest): void {
    const order = this.orders.find(request.assetIndex, request.clientOrderSeq);
    if (order === undefined || !this.isQueryable(order)) {
      this.answerWithout(VENUE_ORDER_NOT_FOUND, request, 0);
      return;
    }
    for (const fill of order.fills) this.link.answer(fillEvent(order, fill, this.lotsOf(order)), this.now);
    this.link.answer(statusEvent(order, this.lotsOf(order), this.now), this.now);
  }

  private isQueryable({ acceptedDay, acceptedNsOfDay }: VenueOrder): boolean {
    const ageNs = nsBetween(acceptedDay, acceptedNsOfDay, this.now.day, this.now.nsOfDay);
    return ageNs >= this.options.faults.queryLagMs * NS_PER_MS;
  }

  private tellWithheldAck(order: VenueOrder): void {
    if (!order.isAckWithheld) return;
    order.isAckWithheld = false;
    const event = this.eventOf(VENUE_ACCEPTED, order);
    event.cumQty = 0;
    event.tsEventDay = order.acceptedDay;
    event.tsEventNsOfDay = order.acceptedNsOfDay;
    this.link.answer(event, this.now);
  }

  private end(order: VenueOrder, status: number): void {
    order.status = status;
    this.orders.retire(order);
  }

  /** A position that is gone, or turned, takes the reduce-only orders with it that have nothing left to reduce. */
  private knockOut(assetIndex: number): void {
    for (const order of this.openOrders(assetIndex)) {
      const isReducing = this.account.positionLots(assetIndex) * order.side < 0;
      if (order.isReduceOnly && !isReducing) this.expire(order, EXPIRED_REDUCE_ONLY);
    }
  }

  private countFill(order: VenueOrder, isMaker: boolean): void {
    if (isMaker) this.counters.makerFills++;
    else this.counters.takerFills++;
    if (order.fills.length > 0) return;
    if (order.type === ORDER_MARKET) this.counters.marketsTouched++;
    else this.counters.limitsTouched++;
  }

  private answerWithout(kind: number, request: OrderRequest, code: number): void {
    const event = eventAt(kind, this.now);
    event.runEpoch = this.epoch;
    event.clientOrderSeq = request.clientOrderSeq;
    event.assetIndex = request.assetIndex;
    event.side = request.side;
    event.code = code;
    this.link.answer(event, this.now);
  }

  private eventOf(kind: number, order: VenueOrder): VenueEvent {
    return orderEvent(kind, order, this.lotsOf(order), this.now);
  }

  private lotsOf({ assetIndex }: VenueOrder): StepGrid {
    return this.gridOf(assetIndex).lots;
  }
}
