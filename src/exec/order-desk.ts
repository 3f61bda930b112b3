import {
  createOrderReference,
  DENY_TOO_MANY_ORDERS,
  isTerminal,
  ORDER_ACCEPTED,
  ORDER_CANCEL_IN_FLIGHT,
  ORDER_CANCEL_UNKNOWN,
  ORDER_INTENT,
  ORDER_NONE,
  ORDER_PARTIALLY_FILLED,
  ORDER_SUBMIT_UNKNOWN,
  ORDER_SUBMITTED,
  type OrderReference,
  type OrderRequest,
  PRE_TRADE_APPROVED,
  type PreTradeCheck,
} from '../model/order.ts';
import { isValidPrice } from '../model/price.ts';
import type { Stateful, StateWalk } from '../model/state-walk.ts';
import { nsBetween } from '../model/time.ts';
import {
  createVenueEvent,
  REJECT_NEVER_ACCEPTED,
  VENUE_ACCEPTED,
  VENUE_CANCEL_REJECTED,
  VENUE_CANCEL_UNKNOWN,
  VENUE_CANCELED,
  VENUE_CONNECTED,
  VENUE_DISCONNECTED,
  VENUE_EXPIRED,
  VENUE_FILL,
  VENUE_ORDER_NOT_FOUND,
  VENUE_ORDER_STATUS,
  VENUE_REJECTED,
  VENUE_STATUS_CANCELED,
  VENUE_STATUS_EXPIRED,
  VENUE_STATUS_FILLED,
  VENUE_STATUS_OPEN,
  VENUE_SUBMIT_UNKNOWN,
  type VenueEvent,
  type VenuePort,
} from '../model/venue.ts';
import type { EventClock } from './event-clock.ts';
import type { ExecutionSettings } from './execution-settings.ts';
import {
  IRREGULAR_DUPLICATE_FILL,
  IRREGULAR_FORGOTTEN,
  IRREGULAR_LATE_REJECT,
  IRREGULAR_MALFORMED,
  IRREGULAR_NOT_FOUND,
  IRREGULAR_OVERFILL,
  IRREGULAR_PARKED,
  IRREGULAR_TRANSITION,
  type Irregularities,
} from './irregularities.ts';
import type { Order } from './order.ts';
import { OrderTable } from './order-table.ts';
import {
  EVENT_ACCEPT,
  EVENT_APPROVE,
  EVENT_CANCEL,
  EVENT_CANCEL_LOST,
  EVENT_CANCEL_REJECT,
  EVENT_DENY,
  EVENT_EXPIRE,
  EVENT_FILL,
  EVENT_FOUND_OPEN,
  EVENT_FOUND_PARTIAL,
  EVENT_PARTIAL_FILL,
  EVENT_REJECT,
  EVENT_SEND_CANCEL,
  EVENT_SUBMIT,
  EVENT_SUBMIT_LOST,
  nextOrderState,
} from './order-transitions.ts';
import { OrderWatch } from './order-watch.ts';
import { ParkedEvents } from './parked-events.ts';
import { covers, snapToLot } from './quantity.ts';
import type { TimerQueue } from './timer-queue.ts';

/** Told what becomes of orders, in this order within one event: fill, working or unknown, end, settled. */
export interface OrderListener {
  /** A trade was booked. `event` is reused. */
  onFill(order: Order, event: VenueEvent): void;
  /** The venue has it in its book: said for the first time, or found by a query after an unknown outcome. */
  onWorking(order: Order): void;
  /** The answer to its submission or cancel is lost. */
  onUnknown(order: Order): void;
  /** It is at its end. Trades may still be on their way, up to its `venueQty`. */
  onEnd(order: Order): void;
  /** It is at its end and every trade was told. Once per order. */
  onSettled(order: Order): void;
}

/** What an order desk needs of its surroundings. */
export interface OrderDeskPorts {
  readonly venue: VenuePort;
  readonly check: PreTradeCheck;
  readonly irregularities: Irregularities;
}

/**
 * Orders and their states: sends and cancels through the venue port, moves states by the one transition table, books trades
 * once by trade id, and asks for whatever the venue is silent about. It decides nothing about what to trade.
 *
 * An unknown outcome is ended by the venue only: by an event, by the answer to a query, or by two answers "not found", far
 * enough apart, after the time in which the request could have been let in, of an order that the venue never showed to have.
 */
export class OrderDesk implements Stateful {
  readonly table = new OrderTable();
  readonly parked = new ParkedEvents();
  private readonly runEpoch: number;
  private readonly settings: ExecutionSettings;
  private readonly clock: EventClock;
  private readonly watch: OrderWatch;
  private readonly ports: OrderDeskPorts;
  private readonly listener: OrderListener;
  private readonly reference = createOrderReference();
  private readonly unparked = createVenueEvent();
  private isConnected = true;

  constructor(
    runEpoch: number,
    settings: ExecutionSettings,
    clock: EventClock,
    timers: TimerQueue,
    ports: OrderDeskPorts,
    listener: OrderListener,
  ) {
    this.runEpoch = runEpoch;
    this.settings = settings;
    this.clock = clock;
    this.watch = new OrderWatch(settings, timers);
    this.ports = ports;
    this.listener = listener;
  }

  /**
   * Makes an order of a request, has it checked, and sends it.
   * @param request - reusable; sequence and time of sending are filled in here.
   * @returns the order's sequence, or the reason why it was denied, negated.
   */
  submit(request: OrderRequest, workIndex: number, lotQty: number): number {
    const order = this.table.next();
    if (order === null) return -DENY_TOO_MANY_ORDERS;
    order.state = ORDER_INTENT;
    order.intentSequence = request.intentSequence;
    order.workIndex = workIndex;
    order.assetIndex = request.assetIndex;
    order.side = request.side;
    order.type = request.type;
    order.limitPx = request.limitPx;
    order.qty = request.qty;
    order.lotQty = lotQty;
    order.isReduceOnly = request.isReduceOnly;
    order.sentDay = request.tsSentDay = this.clock.day;
    order.sentNsOfDay = request.tsSentNsOfDay = this.clock.nsOfDay;
    request.clientOrderSeq = order.seq;
    const reason = this.ports.check.check(request);
    if (reason !== PRE_TRADE_APPROVED) {
      order.code = reason;
      order.isSettled = true;
      order.state = nextOrderState(order.state, EVENT_DENY);
      return -reason;
    }
    order.state = nextOrderState(order.state, EVENT_APPROVE);
    order.state = nextOrderState(order.state, EVENT_SUBMIT);
    this.watch.await(order);
    this.ports.venue.submit(request);
    if (this.parked.length > 0) this.unpark(order.seq);
    return order.seq;
  }

  /** Asks the venue to cancel; counted and ignored for an order whose state has no cancel. */
  cancel(order: Order): void {
    if (!this.move(order, EVENT_SEND_CANCEL)) return;
    this.ports.venue.cancel(this.referenceTo(order));
  }

  onVenueEvent(event: VenueEvent): void {
    this.clock.stamp(event.tsEventDay, event.tsEventNsOfDay);
    if (event.kind === VENUE_DISCONNECTED || event.kind === VENUE_CONNECTED) {
      this.onConnection(event.kind === VENUE_CONNECTED);
      return;
    }
    const order = this.orderOf(event);
    if (order !== null) this.onOrderEvent(order, event);
  }

  /** The watch of an order has run out: silence makes its outcome unknown, and it is asked for. */
  onWatchTimer(seq: number, timerId: number): void {
    const order = this.table.find(seq);
    if (order === null || !this.watch.isDue(order, timerId)) return;
    if (order.state === ORDER_SUBMITTED) this.move(order, EVENT_SUBMIT_LOST);
    else if (order.state === ORDER_CANCEL_IN_FLIGHT) this.move(order, EVENT_CANCEL_LOST);
    this.query(order);
  }

  walkState(walk: StateWalk): void {
    this.isConnected = walk.flag('isConnected', this.isConnected);
    walk.part('table', this.table);
    walk.part('parked', this.parked);
  }

  /** The order of an event, or null when it is parked or too old. */
  private orderOf(event: VenueEvent): Order | null {
    const { table } = this;
    const seq = event.clientOrderSeq;
    if (event.runEpoch === this.runEpoch && seq >= 0 && seq < table.firstSeq) {
      this.ports.irregularities.note(IRREGULAR_FORGOTTEN, seq, ORDER_NONE, event.kind);
      return null;
    }
    const order = event.runEpoch === this.runEpoch ? table.find(seq) : null;
    if (order !== null) return order;
    this.parked.park(event);
    this.ports.irregularities.note(IRREGULAR_PARKED, seq, ORDER_NONE, event.kind);
    return null;
  }

  private unpark(seq: number): void {
    for (let at = this.parked.indexOf(this.runEpoch, seq); at >= 0; at = this.parked.indexOf(this.runEpoch, seq)) {
      this.parked.removeInto(this.unparked, at);
      this.onVenueEvent(this.unparked);
    }
  }

  private onOrderEvent(order: Order, event: VenueEvent): void {
    switch (event.kind) {
      case VENUE_ACCEPTED:
        order.isAcknowledged = true;
        this.move(order, EVENT_ACCEPT);
        break;
      case VENUE_FILL:
        this.onFill(order, event);
        break;
      case VENUE_CANCELED:
        this.onStatement(order, event, EVENT_CANCEL);
        break;
      case VENUE_EXPIRED:
        this.onStatement(order, event, EVENT_EXPIRE);
        break;
      case VENUE_ORDER_STATUS:
        this.onStatement(order, event, this.eventOfStatus(order, event));
        break;
      case VENUE_REJECTED:
        this.onReject(order, event.code, event.kind);
        break;
      case VENUE_CANCEL_REJECTED:
        this.move(order, EVENT_CANCEL_REJECT);
        break;
      case VENUE_SUBMIT_UNKNOWN:
        this.move(order, EVENT_SUBMIT_LOST);
        break;
      case VENUE_CANCEL_UNKNOWN:
        this.move(order, EVENT_CANCEL_LOST);
        break;
      case VENUE_ORDER_NOT_FOUND:
        this.onNotFound(order, event);
        break;
      default:
        this.note(IRREGULAR_MALFORMED, order, event.kind);
    }
  }

  private onFill(order: Order, event: VenueEvent): void {
    if (!isTrade(event)) {
      this.note(IRREGULAR_MALFORMED, order, event.kind);
      return;
    }
    if (order.hasTrade(event.tradeId)) {
      this.note(IRREGULAR_DUPLICATE_FILL, order, event.kind);
      return;
    }
    const filledQty = snapToLot(order.filledQty + event.lastQty, order.lotQty);
    if (!covers(order.qty, filledQty, order.lotQty)) {
      this.note(IRREGULAR_OVERFILL, order, event.kind);
      return;
    }
    order.addTrade(event.tradeId);
    order.isAcknowledged = true;
    order.filledQty = filledQty;
    this.raiseVenueQty(order, Math.max(filledQty, event.cumQty));
    this.listener.onFill(order, event);
    this.move(order, covers(order.venueQty, order.qty, order.lotQty) ? EVENT_FILL : EVENT_PARTIAL_FILL);
    this.settleWhenHeard(order);
  }

  /** An event that says how much was filled, and moves the order. */
  private onStatement(order: Order, event: VenueEvent, orderEvent: number): void {
    if (!(event.cumQty >= 0) || orderEvent === 0) {
      this.note(IRREGULAR_MALFORMED, order, event.kind);
      return;
    }
    order.isAcknowledged = true;
    this.raiseVenueQty(order, orderEvent === EVENT_FILL ? order.qty : event.cumQty);
    this.move(order, orderEvent);
    this.settleWhenHeard(order);
  }

  private eventOfStatus(order: Order, event: VenueEvent): number {
    switch (event.code) {
      case VENUE_STATUS_OPEN:
        return event.cumQty > 0 || order.venueQty > 0 ? EVENT_FOUND_PARTIAL : EVENT_FOUND_OPEN;
      case VENUE_STATUS_FILLED:
        return EVENT_FILL;
      case VENUE_STATUS_CANCELED:
        return EVENT_CANCEL;
      case VENUE_STATUS_EXPIRED:
        return EVENT_EXPIRE;
      default:
        return 0;
    }
  }

  private onReject(order: Order, code: number, kind: number): void {
    if (order.isAcknowledged) {
      this.note(IRREGULAR_LATE_REJECT, order, kind);
      return;
    }
    if (!isTerminal(order.state)) order.code = code;
    this.move(order, EVENT_REJECT);
    this.settleWhenHeard(order);
  }

  /** Judged by the time of the answer at the venue: one that was made too early proves nothing, however late it comes. */
  private onNotFound(order: Order, event: VenueEvent): void {
    if (isTerminal(order.state)) return;
    if (order.isAcknowledged) {
      this.note(IRREGULAR_NOT_FOUND, order, event.kind);
      return;
    }
    const { settings } = this;
    const { tsEventDay: day, tsEventNsOfDay: nsOfDay } = event;
    const couldLiveNs = settings.recvWindowNs + settings.neverAcceptedMarginNs;
    const isEarly = nsBetween(order.sentDay, order.sentNsOfDay, day, nsOfDay) <= couldLiveNs;
    if (!this.isConnected || isEarly) return;
    if (order.notFoundDay < 0) {
      order.notFoundDay = day;
      order.notFoundNsOfDay = nsOfDay;
    } else if (nsBetween(order.notFoundDay, order.notFoundNsOfDay, day, nsOfDay) >= settings.notFoundSpacingNs) {
      this.onReject(order, REJECT_NEVER_ACCEPTED, event.kind);
    }
  }

  /** What a silent stream did not tell must be asked for; what it would have told cannot be missed for an answer. */
  private onConnection(isConnected: boolean): void {
    this.isConnected = isConnected;
    const { table } = this;
    for (let seq = table.firstSeq; seq < table.nextSeq; seq++) {
      const order = table.find(seq);
      if (order === null || order.isSettled) continue;
      order.notFoundDay = -1;
      if (isConnected) this.query(order);
    }
  }

  private raiseVenueQty(order: Order, cumQty: number): void {
    const claimed = snapToLot(cumQty, order.lotQty);
    if (claimed > order.venueQty) order.venueQty = Math.min(claimed, order.qty);
  }

  /**
   * Moves an order by the table; counts what is not in it.
   * @returns false when the table has no such transition.
   */
  private move(order: Order, event: number): boolean {
    const before = order.state;
    const next = nextOrderState(before, event);
    if (next === ORDER_NONE) {
      this.note(IRREGULAR_TRANSITION, order, event);
      return false;
    }
    if (next === before) return true;
    order.state = next;
    this.watch.await(order);
    if (isTerminal(next)) this.listener.onEnd(order);
    else if (next === ORDER_SUBMIT_UNKNOWN || next === ORDER_CANCEL_UNKNOWN) this.listener.onUnknown(order);
    else if (isWorking(next) && !isWorking(before)) this.listener.onWorking(order);
    return true;
  }

  private settleWhenHeard(order: Order): void {
    if (order.isSettled || !order.isAllHeard) return;
    order.isSettled = true;
    this.watch.end(order);
    this.listener.onSettled(order);
  }

  private query(order: Order): void {
    this.watch.awaitAnswer(order);
    this.ports.venue.query(this.referenceTo(order));
  }

  private referenceTo(order: Order): OrderReference {
    const { reference } = this;
    reference.clientOrderSeq = order.seq;
    reference.assetIndex = order.assetIndex;
    reference.tsSentDay = this.clock.day;
    reference.tsSentNsOfDay = this.clock.nsOfDay;
    return reference;
  }

  private note(code: number, order: Order, event: number): void {
    this.ports.irregularities.note(code, order.seq, order.state, event);
  }
}

function isWorking(state: number): boolean {
  return state === ORDER_ACCEPTED || state === ORDER_PARTIALLY_FILLED;
}

function isTrade(event: VenueEvent): boolean {
  const isQty = event.lastQty > 0 && event.lastQty < Number.POSITIVE_INFINITY && event.cumQty >= event.lastQty * 0.999;
  return event.tradeId >= 0 && isValidPrice(event.lastPx) && isQty && !Number.isNaN(event.fee);
}
