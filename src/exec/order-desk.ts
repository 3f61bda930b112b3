import {
  createOrderReference,
  DENY_TOO_MANY_ORDERS,
  ORDER_CANCEL_IN_FLIGHT,
  ORDER_INTENT,
  ORDER_NONE,
  ORDER_SUBMITTED,
  type OrderReference,
  type OrderRequest,
  PRE_TRADE_APPROVED,
  type PreTradeCheck,
} from '../model/order.ts';
import type { Stateful, StateWalk } from '../model/state-walk.ts';
import {
  createVenueEvent,
  VENUE_CONNECTED,
  VENUE_DISCONNECTED,
  type VenueEvent,
  type VenuePort,
} from '../model/venue.ts';
import type { EventClock } from './event-clock.ts';
import type { ExecutionSettings } from './execution-settings.ts';
import { IRREGULAR_FORGOTTEN, IRREGULAR_PARKED, type Irregularities } from './irregularities.ts';
import type { Order } from './order.ts';
import type { OrderListener } from './order-listener.ts';
import { OrderStatements } from './order-statements.ts';
import { OrderTable } from './order-table.ts';
import {
  EVENT_APPROVE,
  EVENT_CANCEL_LOST,
  EVENT_DENY,
  EVENT_SEND_CANCEL,
  EVENT_SUBMIT,
  EVENT_SUBMIT_LOST,
  nextOrderState,
} from './order-transitions.ts';
import { OrderWatch } from './order-watch.ts';
import { ParkedEvents } from './parked-events.ts';
import type { TimerQueue } from './timer-queue.ts';

/** What an order desk needs of its surroundings. */
export interface OrderDeskPorts {
  readonly venue: VenuePort;
  readonly check: PreTradeCheck;
  readonly irregularities: Irregularities;
}

/**
 * Orders and their way to the venue: sends and cancels through the venue port, finds the order of whatever is said, and asks
 * for whatever the venue is silent about. What the words do to an order is in {@link OrderStatements}. It decides nothing
 * about what to trade.
 */
export class OrderDesk implements Stateful {
  readonly table = new OrderTable();
  readonly parked = new ParkedEvents();
  private readonly runEpoch: number;
  private readonly clock: EventClock;
  private readonly watch: OrderWatch;
  private readonly ports: OrderDeskPorts;
  private readonly statements: OrderStatements;
  private readonly reference = createOrderReference();
  private readonly unparked = createVenueEvent();

  constructor(
    runEpoch: number,
    settings: ExecutionSettings,
    clock: EventClock,
    timers: TimerQueue,
    ports: OrderDeskPorts,
    listener: OrderListener,
  ) {
    this.runEpoch = runEpoch;
    this.clock = clock;
    this.watch = new OrderWatch(settings, timers);
    this.ports = ports;
    this.statements = new OrderStatements(settings, this.watch, ports.irregularities, listener);
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
    if (!this.statements.move(order, EVENT_SEND_CANCEL)) return;
    this.ports.venue.cancel(this.referenceTo(order));
  }

  onVenueEvent(event: VenueEvent): void {
    this.clock.stamp(event.tsEventDay, event.tsEventNsOfDay);
    if (event.kind === VENUE_DISCONNECTED || event.kind === VENUE_CONNECTED) {
      this.onConnection(event.kind === VENUE_CONNECTED);
      return;
    }
    const order = this.orderOf(event);
    if (order !== null) this.statements.onEvent(order, event);
  }

  /** The watch of an order has run out: silence makes its outcome unknown, and it is asked for. */
  onWatchTimer(seq: number, timerId: number): void {
    const order = this.table.find(seq);
    if (order === null || !this.watch.isDue(order, timerId)) return;
    if (order.state === ORDER_SUBMITTED) this.statements.move(order, EVENT_SUBMIT_LOST);
    else if (order.state === ORDER_CANCEL_IN_FLIGHT) this.statements.move(order, EVENT_CANCEL_LOST);
    this.query(order);
  }

  walkState(walk: StateWalk): void {
    this.statements.isConnected = walk.flag('isConnected', this.statements.isConnected);
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

  /** What a silent stream did not tell must be asked for; what it would have told cannot be missed for an answer. */
  private onConnection(isConnected: boolean): void {
    this.statements.isConnected = isConnected;
    const { table } = this;
    for (let seq = table.firstSeq; seq < table.nextSeq; seq++) {
      const order = table.find(seq);
      if (order === null || order.isSettled) continue;
      order.notFoundDay = -1;
      if (isConnected) this.query(order);
    }
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
}
