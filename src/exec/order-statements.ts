import {
  isTerminal,
  ORDER_ACCEPTED,
  ORDER_CANCEL_UNKNOWN,
  ORDER_NONE,
  ORDER_PARTIALLY_FILLED,
  ORDER_SUBMIT_UNKNOWN,
} from '../model/order.ts';
import { isValidPrice } from '../model/price.ts';
import { nsBetween } from '../model/time.ts';
import {
  REJECT_NEVER_ACCEPTED,
  VENUE_ACCEPTED,
  VENUE_CANCEL_REJECTED,
  VENUE_CANCEL_UNKNOWN,
  VENUE_CANCELED,
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
} from '../model/venue.ts';
import type { ExecutionSettings } from './execution-settings.ts';
import {
  IRREGULAR_DUPLICATE_FILL,
  IRREGULAR_LATE_REJECT,
  IRREGULAR_MALFORMED,
  IRREGULAR_NOT_FOUND,
  IRREGULAR_OVERFILL,
  IRREGULAR_TRANSITION,
  type Irregularities,
} from './irregularities.ts';
import type { Order } from './order.ts';
import type { OrderListener } from './order-listener.ts';
import {
  EVENT_ACCEPT,
  EVENT_CANCEL,
  EVENT_CANCEL_LOST,
  EVENT_CANCEL_REJECT,
  EVENT_EXPIRE,
  EVENT_FILL,
  EVENT_FOUND_OPEN,
  EVENT_FOUND_PARTIAL,
  EVENT_PARTIAL_FILL,
  EVENT_REJECT,
  EVENT_SUBMIT_LOST,
  nextOrderState,
} from './order-transitions.ts';
import type { OrderWatch } from './order-watch.ts';
import { covers, snapToLot } from './quantity.ts';

/**
 * What is said of an order, and what becomes of it by that: moves states by the one transition table, books trades once by
 * trade id, and tells the listener. It sends nothing.
 *
 * An unknown outcome is ended by the venue only: by an event, by the answer to a query, or by two answers "not found", far
 * enough apart, after the time in which the request could have been let in, of an order that the venue never showed to have.
 */
export class OrderStatements {
  /** The stream of order events is up: part of the proof that an order never lived. */
  isConnected = true;
  private readonly settings: ExecutionSettings;
  private readonly watch: OrderWatch;
  private readonly irregularities: Irregularities;
  private readonly listener: OrderListener;

  constructor(settings: ExecutionSettings, watch: OrderWatch, irregularities: Irregularities, listener: OrderListener) {
    this.settings = settings;
    this.watch = watch;
    this.irregularities = irregularities;
    this.listener = listener;
  }

  /** Takes what the venue, or our own time-out, says of an order. @param event - reusable; not kept. */
  onEvent(order: Order, event: VenueEvent): void {
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
        this.watch.onAnswered(order);
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

  /**
   * Moves an order by the table; counts what is not in it.
   * @returns false when the table has no such transition.
   */
  move(order: Order, event: number): boolean {
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

  private raiseVenueQty(order: Order, cumQty: number): void {
    const claimed = snapToLot(cumQty, order.lotQty);
    if (claimed > order.venueQty) order.venueQty = Math.min(claimed, order.qty);
  }

  private settleWhenHeard(order: Order): void {
    if (order.isSettled || !order.isAllHeard) return;
    order.isSettled = true;
    this.watch.end(order);
    this.listener.onSettled(order);
  }

  private note(code: number, order: Order, event: number): void {
    this.irregularities.note(code, order.seq, order.state, event);
  }
}

function isWorking(state: number): boolean {
  return state === ORDER_ACCEPTED || state === ORDER_PARTIALLY_FILLED;
}

function isTrade(event: VenueEvent): boolean {
  const isQty = event.lastQty > 0 && event.lastQty < Number.POSITIVE_INFINITY && event.cumQty >= event.lastQty * 0.999;
  return event.tradeId >= 0 && isValidPrice(event.lastPx) && isQty && !Number.isNaN(event.fee);
}
