import { MAX_COUNT, type StateWalk } from '../../model/state-walk.ts';
import {
  createVenueEvent,
  VENUE_CONNECTED,
  VENUE_DISCONNECTED,
  type VenueEvent,
  type VenueEventSink,
} from '../../model/venue.ts';
import type { FaultPlan } from './fault-plan.ts';
import { type LinkChance, STREAM_DISCONNECT } from './link-chance.ts';
import {
  PENDING_CUT,
  PENDING_RECONNECT,
  PENDING_STREAM,
  type PendingEvent,
  type PendingEvents,
} from './pending-events.ts';
import { timeAfter, type VenueTime } from './venue-time.ts';

/** Where events are heard: the stream of order events, which may be cut, and answers to requests, which come all the same. */
export class OrderStream {
  private readonly disconnect: FaultPlan['disconnect'];
  private readonly chance: LinkChance;
  private readonly pending: PendingEvents;
  private hasStarted = false;
  private isCut = false;
  /** Events of the stream that nobody heard. */
  lostEvents = 0;

  constructor({ disconnect }: FaultPlan, chance: LinkChance, pending: PendingEvents) {
    this.disconnect = disconnect;
    this.chance = chance;
    this.pending = pending;
  }

  /** Starts the clock of the seeded disconnections, once, at the first time that the venue hears of. */
  start(now: VenueTime): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    this.scheduleCut(now);
  }

  /** Cuts the stream at `now`, for so long. Meant for scripted runs, without seeded disconnections beside it. */
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

  /** An event is due to be heard: tells it, unless it is of the stream and that is cut. */
  deliver(pending: PendingEvent, sink: VenueEventSink): void {
    if (pending.kind === PENDING_STREAM && this.isCut) this.lostEvents++;
    else hear(pending.event, pending, sink);
  }

  walkState(walk: StateWalk): void {
    this.hasStarted = walk.flag('hasStarted', this.hasStarted);
    this.isCut = walk.flag('isCut', this.isCut);
    this.lostEvents = walk.count('lostEvents', this.lostEvents, MAX_COUNT);
  }

  private scheduleCut(now: VenueTime): void {
    const { meanIntervalMs, meanDurationMs } = this.disconnect;
    if (meanIntervalMs === 0) return;
    const start = timeAfter(now, this.chance.exponentialNs(STREAM_DISCONNECT, meanIntervalMs));
    this.cut(start, this.chance.exponentialNs(STREAM_DISCONNECT, meanDurationMs));
  }
}

/** Stamps an event with the time at which it is heard, and tells it. */
function hear(event: VenueEvent, at: VenueTime, sink: VenueEventSink): void {
  event.tsRecvDay = at.day;
  event.tsRecvNsOfDay = at.nsOfDay;
  sink.onVenueEvent(event);
}
