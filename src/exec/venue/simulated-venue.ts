import type { Instrument } from '../../model/instrument.ts';
import type { OrderReference, OrderRequest } from '../../model/order.ts';
import type { Stateful, StateWalk } from '../../model/state-walk.ts';
import { NS_PER_MS, nsBetween } from '../../model/time.ts';
import {
  type Touch,
  type TouchSource,
  VENUE_FUNDING,
  type VenueEvent,
  type VenueEventSink,
  type VenuePort,
} from '../../model/venue.ts';
import { InstrumentGrid } from './acceptance.ts';
import { eventAt, statusEvent } from './order-events.ts';
import { OrderLife } from './order-life.ts';
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
import { RequestDesk } from './request-desk.ts';
import { type FeeSchedule, VenueAccount } from './venue-account.ts';
import { VenueClock } from './venue-clock.ts';
import { VenueCounters } from './venue-counters.ts';
import { type LinkOptions, VenueLink } from './venue-link.ts';
import type { VenueOrder } from './venue-order.ts';
import { compareTimes, type VenueTime } from './venue-time.ts';

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
  /** Fills and ends orders. */
  protected readonly life: OrderLife;
  private readonly grids: readonly InstrumentGrid[];
  private readonly touchMaxAgeNs: number;
  private readonly orders: OrderStore;
  private readonly link: VenueLink;
  private readonly desk: RequestDesk;
  private readonly sink: VenueEventSink;
  private readonly clock = new VenueClock();

  /** @param sink - hears the events, from inside {@link advanceTo} and the calls that bring market data. */
  constructor(options: VenueOptions, sink: VenueEventSink) {
    this.touchMaxAgeNs = options.touchMaxAgeMs * NS_PER_MS;
    this.sink = sink;
    this.grids = options.instruments.map((instrument) => new InstrumentGrid(instrument));
    this.orders = new OrderStore(this.grids.length);
    this.account = new VenueAccount(this.grids.length, options.fees);
    this.link = new VenueLink(options);
    const { grids, clock, orders, account, counters, link } = this;
    const parts = { grids, clock, orders, account, counters, link };
    this.life = new OrderLife(parts);
    this.desk = new RequestDesk(parts, this.life, {
      recvWindowMs: options.recvWindowMs,
      queryLagMs: options.faults.queryLagMs,
      quoteInto: (out, assetIndex) => this.quoteInto(out, assetIndex),
    });
  }

  /** The run whose orders arrive from now on: part of their client order ids. */
  set runEpoch(epoch: number) {
    this.clock.runEpoch = epoch;
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
    this.happenWhile(until, (due) => compareTimes(due, until) <= 0);
  }

  /** Cuts the stream of order events now, for so long: for scripted runs. */
  disconnect(durationMs: number): void {
    this.link.orderStream.cut(this.clock.now, Math.round(durationMs * NS_PER_MS));
  }

  /** The last price of an asset, however old: of its last bar, or of its last trade. NaN before the first. */
  abstract lastPx(assetIndex: number): number;

  /**
   * Settles funding, where a mark price is known.
   * @param markPx - quote currency; NaN settles nothing.
   * @param rate - fraction of the position's notional at the mark price; longs pay a positive one.
   */
  onFunding(day: number, nsOfDay: number, assetIndex: number, markPx: number, rate: number): void {
    this.beforeData({ day, nsOfDay });
    const qty = this.positionQty(assetIndex);
    const payment = this.account.settleFunding(assetIndex, qty * markPx, rate);
    if (payment === 0) return;
    const { clock } = this;
    const event = eventAt(VENUE_FUNDING, clock.now);
    event.runEpoch = clock.runEpoch;
    event.assetIndex = assetIndex;
    event.tradeId = clock.takeTradeId();
    event.lastPx = markPx;
    event.lastQty = qty;
    event.fee = payment;
    this.link.stream(event, clock.now);
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
    for (const order of this.orders.allOpen()) visit(statusEvent(order, this.life.lotsOf(order), this.clock.now));
  }

  /** What a reader of results must know: assets whose prices never reached an order. */
  warnings(): string[] {
    return this.counters.warnings([...this.orders.allOpen()].length);
  }

  /** Events that were lost while the stream was cut. */
  get lostEvents(): number {
    return this.link.orderStream.lostEvents;
  }

  readInto(out: Touch, assetIndex: number): void {
    const quoted = this.quotedAt(assetIndex);
    const { now } = this.clock;
    const ageNs = nsBetween(quoted.day, quoted.nsOfDay, now.day, now.nsOfDay);
    if (ageNs <= this.touchMaxAgeNs) this.quoteInto(out, assetIndex);
    else out.bidPx = out.askPx = Number.NaN;
  }

  walkState(walk: StateWalk): void {
    walk.part('counters', this.counters);
    walk.part('account', this.account);
    walk.part('orders', this.orders);
    walk.part('link', this.link);
    this.clock.walkState(walk);
  }

  /** Quote of an asset however old; NaN = none. */
  protected abstract quoteInto(out: Touch, assetIndex: number): void;
  /** When the quote of an asset was made. */
  protected abstract quotedAt(assetIndex: number): VenueTime;
  /** An order was accepted just now: it may trade, or take its place in the queue. */
  protected abstract onAccepted(order: VenueOrder): void;

  /** To be called first with all market data: what was due before it happens before it. */
  protected beforeData(time: VenueTime): void {
    this.happenWhile(time, (due) => compareTimes(due, time) < 0);
  }

  protected gridOf(assetIndex: number): InstrumentGrid {
    return this.grids[assetIndex] as InstrumentGrid;
  }

  /** As {@link OrderLife.fill}: every fill of prices comes through here. */
  protected fill(order: VenueOrder, px: number, lots: number, isMaker: boolean): number {
    return this.life.fill(order, px, lots, isMaker);
  }

  protected hasOpenOrders(assetIndex: number): boolean {
    return this.orders.openOrders(assetIndex).length > 0;
  }

  private happenWhile(until: VenueTime, isDue: (due: VenueTime) => boolean): void {
    this.link.orderStream.start(until);
    for (let next = this.link.next; next !== undefined && isDue(next); next = this.link.next) this.happen(next);
    this.clock.moveTo(until);
  }

  private happen(pending: PendingEvent): void {
    this.link.pop();
    this.clock.moveTo(pending);
    switch (pending.kind) {
      case PENDING_SUBMIT: {
        const order = this.desk.onSubmit(pending.request, pending.isAnswerLost);
        if (order !== null) this.onAccepted(order);
        break;
      }
      case PENDING_CANCEL:
        this.desk.onCancel(pending.request, pending.isAnswerLost);
        break;
      case PENDING_QUERY:
        this.desk.onQuery(pending.request);
        break;
      case PENDING_ACK:
        this.desk.onAckDue(pending.request);
        break;
      case PENDING_CUT:
      case PENDING_RECONNECT:
        this.link.orderStream.onConnection(pending, this.sink);
        break;
      default:
        this.link.orderStream.deliver(pending, this.sink);
    }
  }
}
