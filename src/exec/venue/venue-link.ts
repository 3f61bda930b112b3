import { createOrderRequest, type OrderReference, type OrderRequest } from '../../model/order.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../../model/state-walk.ts';
import { NS_PER_MS } from '../../model/time.ts';
import {
  createVenueEvent,
  VENUE_ACCEPTED,
  VENUE_CANCEL_UNKNOWN,
  VENUE_CONNECTED,
  VENUE_DISCONNECTED,
  VENUE_FILL,
  VENUE_SUBMIT_UNKNOWN,
  type VenueEvent,
  type VenueEventSink,
} from '../../model/venue.ts';
import type { Fault, FaultPlan } from './fault-plan.ts';
import {
  PENDING_ACK,
  PENDING_CANCEL,
  PENDING_CUT,
  PENDING_QUERY,
  PENDING_RECONNECT,
  PENDING_RESPONSE,
  PENDING_STREAM,
  PENDING_SUBMIT,
  type PendingEvent,
  PendingEvents,
} from './pending-events.ts';
import { SeededRandom } from './seeded-random.ts';
import { createVenueTime, latestOf, timeAfter, type VenueTime, walkTime } from './venue-time.ts';

/** Latency of one way: at least `minMs`, exponentially more beyond that. Whole nanoseconds. */
export interface LatencyModel {
  readonly minMs: number;
  /** Mean of what comes on top, ms. */
  readonly meanExtraMs: number;
}

/** Places of the streams of random numbers; never renumbered, so that a seed keeps its meaning. */
const STREAM_IN = 1;
const STREAM_OUT = 2;
const STREAM_ACK_DELAY = 3;
const STREAM_FILL_BEFORE_ACK = 4;
const STREAM_CANCEL_RACE = 5;
const STREAM_LOST_RESPONSE = 6;
const STREAM_DUPLICATE = 7;
const STREAM_DISCONNECT = 8;

/** The fault did not happen. */
const NO_DELAY = Number.NaN;

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
  private readonly random: readonly SeededRandom[];
  private readonly pending = new PendingEvents();
  private lastArrival = createVenueTime();
  private lastHeard = createVenueTime();
  private hasStarted = false;
  private isCut = false;
  /** Events of the stream that nobody heard. */
  lostEvents = 0;

  constructor(options: LinkOptions) {
    this.options = options;
    this.faults = options.faults;
    this.random = Array.from({ length: STREAM_DISCONNECT + 1 }, (_, stream) => new SeededRandom(options.seed, stream));
  }

  get isConnected(): boolean {
    return !this.isCut;
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
    const delayNs = this.drawNs(STREAM_CANCEL_RACE, this.faults.cancelRace);
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
    this.tell(PENDING_RESPONSE, event, now, isAck ? this.drawNs(STREAM_ACK_DELAY, this.faults.ackDelay) : NO_DELAY);
  }

  /** Lets an event of the order stream be heard. The record is kept. */
  stream(event: VenueEvent, now: VenueTime): void {
    const isFill = event.kind === VENUE_FILL;
    this.tell(PENDING_STREAM, event, now, isFill ? this.drawNs(STREAM_CANCEL_RACE, this.faults.cancelRace) : NO_DELAY);
  }

  /** Decides whether the acceptance of a new order is held back, and schedules the end of that. */
  withholdsAck(request: OrderRequest, now: VenueTime): boolean {
    const withheldNs = this.drawNs(STREAM_FILL_BEFORE_ACK, this.faults.fillBeforeAck);
    if (Number.isNaN(withheldNs)) return false;
    this.pending.pushRequest(PENDING_ACK, timeAfter(now, withheldNs), request);
    return true;
  }

  /** Starts the clock of the seeded disconnections, once, at the first time that the venue hears of. */
  start(now: VenueTime): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    this.scheduleCut(now);
  }

  /** Cuts the order stream at `now`, for so long. Meant for scripted runs, without seeded disconnections beside it. */
  cut(now: VenueTime, durationNs: number): void {
    this.pending.pushRequest(PENDING_CUT, now);
    this.pending.pushRequest(PENDING_RECONNECT, timeAfter(now, durationNs));
  }

  /** A cut or a reconnection is due: tells it, unless it changes nothing. */
  onConnection(pending: PendingEvent, sink: VenueEventSink): void {
    const isCut = pending.kind === PENDING_CUT;
    if (isCut === this.isCut) return;
    this.isCut = isCut;
    const event = createVenueEvent();
    event.kind = isCut ? VENUE_DISCONNECTED : VENUE_CONNECTED;
    event.tsEventDay = pending.day;
    event.tsEventNsOfDay = pending.nsOfDay;
    hear(event, pending, sink);
    if (!isCut) this.scheduleCut(pending);
  }

  /** An event is due to be heard: tells it, unless the stream is cut. */
  deliver(pending: PendingEvent, sink: VenueEventSink): void {
    if (pending.kind === PENDING_STREAM && this.isCut) this.lostEvents++;
    else hear(pending.event, pending, sink);
  }

  walkState(walk: StateWalk): void {
    for (const random of this.random) walk.part('random', random);
    walk.part('pending', this.pending);
    walkTime(walk, 'lastArrival', this.lastArrival);
    walkTime(walk, 'lastHeard', this.lastHeard);
    this.hasStarted = walk.flag('hasStarted', this.hasStarted);
    this.isCut = walk.flag('isCut', this.isCut);
    this.lostEvents = walk.count('lostEvents', this.lostEvents, MAX_COUNT);
  }

  private send(kind: number, request: OrderRequest, unknownKind: number, delayNs: number): void {
    const lateNs = this.drawNs(STREAM_LOST_RESPONSE, this.faults.lostResponse);
    const fate = this.randomOf(STREAM_LOST_RESPONSE).uniform();
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
    const againNs = this.drawNs(STREAM_DUPLICATE, this.faults.duplicateReport);
    if (!Number.isNaN(againNs)) this.pending.pushEvent(kind, timeAfter(due, againNs), { ...event });
  }

  private scheduleCut(now: VenueTime): void {
    const { meanIntervalMs, meanDurationMs } = this.faults.disconnect;
    if (meanIntervalMs === 0) return;
    const random = this.randomOf(STREAM_DISCONNECT);
    const start = timeAfter(now, Math.round(random.exponential(meanIntervalMs * NS_PER_MS)));
    this.cut(start, Math.round(random.exponential(meanDurationMs * NS_PER_MS)));
  }

  /** When a request that is sent now reaches the venue: never before one that was sent earlier. */
  private arrivalOf(sent: VenueTime): VenueTime {
    this.lastArrival = latestOf(this.lastArrival, timeAfter(sent, this.latencyNs(STREAM_IN, this.options.latencyIn)));
    return this.lastArrival;
  }

  private latencyNs(stream: number, { minMs, meanExtraMs }: LatencyModel): number {
    return Math.round((minMs + this.randomOf(stream).exponential(meanExtraMs)) * NS_PER_MS);
  }

  /** Whether a fault happens: how long it takes, ns; NaN when it does not. Two draws either way. */
  private drawNs(stream: number, { probability, meanMs }: Fault): number {
    const random = this.randomOf(stream);
    const happens = random.happens(probability);
    const ns = Math.round(random.exponential(meanMs * NS_PER_MS));
    return happens ? ns : NO_DELAY;
  }

  private randomOf(stream: number): SeededRandom {
    return this.random[stream] as SeededRandom;
  }
}

/** Stamps an event with the time at which it is heard, and tells it. */
function hear(event: VenueEvent, at: VenueTime, sink: VenueEventSink): void {
  event.tsRecvDay = at.day;
  event.tsRecvNsOfDay = at.nsOfDay;
  sink.onVenueEvent(event);
}

function sentTime({ tsSentDay, tsSentNsOfDay }: OrderRequest): VenueTime {
  return { day: tsSentDay, nsOfDay: tsSentNsOfDay };
}
