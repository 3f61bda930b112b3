import { createOrderRequest, type OrderReference, type OrderRequest } from '../../model/order.ts';
import type { Stateful, StateWalk } from '../../model/state-walk.ts';
import { NS_PER_MS } from '../../model/time.ts';
import {
  createVenueEvent,
  VENUE_ACCEPTED,
  VENUE_CANCEL_UNKNOWN,
  VENUE_FILL,
  VENUE_SUBMIT_UNKNOWN,
  type VenueEvent,
} from '../../model/venue.ts';
import type { FaultPlan } from './fault-plan.ts';
import {
  LinkChance,
  NO_DELAY,
  STREAM_ACK_DELAY,
  STREAM_CANCEL_RACE,
  STREAM_DUPLICATE,
  STREAM_FILL_BEFORE_ACK,
  STREAM_IN,
  STREAM_LOST_RESPONSE,
  STREAM_OUT,
} from './link-chance.ts';
import { OrderStream } from './order-stream.ts';
import {
  PENDING_ACK,
  PENDING_CANCEL,
  PENDING_QUERY,
  PENDING_RESPONSE,
  PENDING_STREAM,
  PENDING_SUBMIT,
  type PendingEvent,
  PendingEvents,
} from './pending-events.ts';
import { createVenueTime, latestOf, timeAfter, type VenueTime, walkTime } from './venue-time.ts';

/** Latency of one way: at least `minMs`, exponentially more beyond that. Whole nanoseconds. */
export interface LatencyModel {
  readonly minMs: number;
  /** Mean of what comes on top, ms. */
  readonly meanExtraMs: number;
}

/** How a link is set. */
export interface LinkOptions {
  readonly seed: number;
  readonly latencyIn: LatencyModel;
  readonly latencyOut: LatencyModel;
  readonly faults: FaultPlan;
}

/**
 * The way between us and the venue: latency in and out, and everything that goes wrong on it. Without faults requests
 * arrive and events are heard in the order in which they were sent; a fault lets one of them fall behind.
 */
export class VenueLink implements Stateful {
  private readonly options: LinkOptions;
  private readonly faults: FaultPlan;
  private readonly chance: LinkChance;
  private readonly pending = new PendingEvents();
  /** Where what is due is heard. */
  readonly orderStream: OrderStream;
  private lastArrival = createVenueTime();
  private lastHeard = createVenueTime();

  constructor(options: LinkOptions) {
    this.options = options;
    this.faults = options.faults;
    this.chance = new LinkChance(options.seed);
    this.orderStream = new OrderStream(options.faults, this.chance, this.pending);
  }

  private get unknownAfterNs(): number {
    return Math.round(this.faults.unknownAfterMs * NS_PER_MS);
  }

  /** The next thing that is due, or undefined. */
  get next(): PendingEvent | undefined {
    return this.pending.next;
  }

  /** Takes the next thing that is due. */
  pop(): PendingEvent | undefined {
    return this.pending.pop();
  }

  /** Puts an order on its way. Requests are to be sent in the order of their stamps: none overtakes the one before. */
  sendSubmit(request: OrderRequest): void {
    this.send(PENDING_SUBMIT, { ...request }, VENUE_SUBMIT_UNKNOWN, 0);
  }

  /** Puts a cancel on its way. */
  sendCancel(reference: OrderReference): void {
    const delayNs = this.chance.faultNs(STREAM_CANCEL_RACE, this.faults.cancelRace);
    const request = { ...createOrderRequest(), ...reference };
    this.send(PENDING_CANCEL, request, VENUE_CANCEL_UNKNOWN, Number.isNaN(delayNs) ? 0 : delayNs);
  }

  /** Puts a query on its way. Queries are never lost: a lost one is asked again, and nothing else comes of it. */
  sendQuery(reference: OrderReference): void {
    const request = { ...createOrderRequest(), ...reference };
    this.pending.pushRequest(PENDING_QUERY, this.arrivalOf(sentTime(request)), request);
  }

  /** Lets the answer to a request be heard. The record is kept. */
  answer(event: VenueEvent, now: VenueTime): void {
    const isAck = event.kind === VENUE_ACCEPTED;
    this.tell(
      PENDING_RESPONSE,
      event,
      now,
      isAck ? this.chance.faultNs(STREAM_ACK_DELAY, this.faults.ackDelay) : NO_DELAY,
    );
  }

  /** Lets an event of the order stream be heard. The record is kept. */
  stream(event: VenueEvent, now: VenueTime): void {
    const isFill = event.kind === VENUE_FILL;
    this.tell(
      PENDING_STREAM,
      event,
      now,
      isFill ? this.chance.faultNs(STREAM_CANCEL_RACE, this.faults.cancelRace) : NO_DELAY,
    );
  }

  /** Decides whether the acceptance of a new order is held back, and schedules the end of that. */
  withholdsAck(request: OrderRequest, now: VenueTime): boolean {
    const withheldNs = this.chance.faultNs(STREAM_FILL_BEFORE_ACK, this.faults.fillBeforeAck);
    if (Number.isNaN(withheldNs)) return false;
    this.pending.pushRequest(PENDING_ACK, timeAfter(now, withheldNs), request);
    return true;
  }

  walkState(walk: StateWalk): void {
    this.chance.walkState(walk);
    walk.part('pending', this.pending);
    walkTime(walk, 'lastArrival', this.lastArrival);
    walkTime(walk, 'lastHeard', this.lastHeard);
    this.orderStream.walkState(walk);
  }

  private send(kind: number, request: OrderRequest, unknownKind: number, delayNs: number): void {
    const lateNs = this.chance.faultNs(STREAM_LOST_RESPONSE, this.faults.lostResponse);
    const fate = this.chance.uniform(STREAM_LOST_RESPONSE);
    const isLost = !Number.isNaN(lateNs);
    const neverArrives = isLost && fate < 1 / 3;
    const isLate = isLost && fate >= 2 / 3;
    if (!neverArrives) {
      const arrival = timeAfter(
        this.arrivalOf(sentTime(request)),
        delayNs + (isLate ? this.unknownAfterNs + lateNs : 0),
      );
      this.pending.pushRequest(kind, arrival, request, isLost && !isLate);
    }
    if (isLost) this.tellUnknown(unknownKind, request);
  }

  /** Our own time-out of an answer: it needs no venue and no stream. */
  private tellUnknown(kind: number, request: OrderRequest): void {
    const event = createVenueEvent();
    event.kind = kind;
    event.clientOrderSeq = request.clientOrderSeq;
    event.assetIndex = request.assetIndex;
    event.side = request.side;
    event.tsEventDay = request.tsSentDay;
    event.tsEventNsOfDay = request.tsSentNsOfDay;
    this.pending.pushEvent(PENDING_RESPONSE, timeAfter(sentTime(request), this.unknownAfterNs), event);
  }

  /** @param lateNs - falls behind its turn by so much; NaN when it keeps its turn. */
  private tell(kind: number, event: VenueEvent, now: VenueTime, lateNs: number): void {
    const turn = latestOf(this.lastHeard, timeAfter(now, this.latencyNs(STREAM_OUT, this.options.latencyOut)));
    this.lastHeard = turn;
    const due = Number.isNaN(lateNs) ? turn : timeAfter(turn, lateNs);
    this.pending.pushEvent(kind, due, event);
    const againNs = this.chance.faultNs(STREAM_DUPLICATE, this.faults.duplicateReport);
    if (!Number.isNaN(againNs)) this.pending.pushEvent(kind, timeAfter(due, againNs), { ...event });
  }

  /** When a request that is sent now reaches the venue: never before one that was sent earlier. */
  private arrivalOf(sent: VenueTime): VenueTime {
    this.lastArrival = latestOf(this.lastArrival, timeAfter(sent, this.latencyNs(STREAM_IN, this.options.latencyIn)));
    return this.lastArrival;
  }

  private latencyNs(stream: number, { minMs, meanExtraMs }: LatencyModel): number {
    return this.chance.latencyNs(stream, minMs, meanExtraMs);
  }
}

function sentTime({ tsSentDay, tsSentNsOfDay }: OrderRequest): VenueTime {
  return { day: tsSentDay, nsOfDay: tsSentNsOfDay };
}
