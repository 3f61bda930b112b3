import { createOrderRequest, type OrderRequest } from '../../model/order.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../../model/state-walk.ts';
import { createVenueEvent, type VenueEvent } from '../../model/venue.ts';
import { compareTimes, type VenueTime } from './venue-time.ts';

/** What will happen at the venue, or between it and us, without any market data. */
export const PENDING_SUBMIT = 0;
export const PENDING_CANCEL = 1;
export const PENDING_QUERY = 2;
/** An answer to a request reaches us. */
export const PENDING_RESPONSE = 3;
/** An event of the order stream reaches us, unless the stream is cut. */
export const PENDING_STREAM = 4;
/** An acceptance that was held back is told. */
export const PENDING_ACK = 5;
/** The stream of order events is cut, and comes back. */
export const PENDING_CUT = 6;
export const PENDING_RECONNECT = 7;
const KINDS = 8;
/** At least, in a walk. */
const PENDING_BYTES = 96;

/** One thing that is due. */
export interface PendingEvent extends VenueTime {
  kind: number;
  /** Ties at one instant go by this: what was scheduled first happens first. */
  sequence: number;
  /** SUBMIT, CANCEL, QUERY, ACK: the order it is about; what a reference lacks is NaN or 0. */
  readonly request: OrderRequest;
  /** RESPONSE, STREAM: what will be heard. */
  readonly event: VenueEvent;
  /** SUBMIT, CANCEL: nobody will hear the answer. */
  isAnswerLost: boolean;
}

const NO_REQUEST = createOrderRequest();
const NO_EVENT = createVenueEvent();

/**
 * What is due, by time and then by the order in which it was scheduled. Few are pending at a time: a sorted list.
 */
export class PendingEvents implements Stateful {
  /** Earliest last. */
  private queue: PendingEvent[] = [];
  private sequence = 0;

  get count(): number {
    return this.queue.length;
  }

  /** The next one, or undefined. */
  get next(): PendingEvent | undefined {
    return this.queue.at(-1);
  }

  /** Schedules a request, or what is about no order. The record is kept, not copied. */
  pushRequest(kind: number, time: VenueTime, request: OrderRequest = NO_REQUEST, isAnswerLost = false): void {
    this.push(kind, time, request, NO_EVENT, isAnswerLost);
  }

  /** Schedules what will be heard. The record is kept, not copied. */
  pushEvent(kind: number, time: VenueTime, event: VenueEvent): void {
    this.push(kind, time, NO_REQUEST, event, false);
  }

  pop(): PendingEvent | undefined {
    return this.queue.pop();
  }

  walkState(walk: StateWalk): void {
    this.sequence = walk.number('sequence', this.sequence);
    const count = walk.count('count', this.queue.length, MAX_COUNT, PENDING_BYTES);
    if (walk.isReading) this.queue = Array.from({ length: count }, emptyPending);
    for (const pending of this.queue) walkPending(walk, pending);
  }

  private push(kind: number, time: VenueTime, request: OrderRequest, event: VenueEvent, isAnswerLost: boolean): void {
    const { day, nsOfDay } = time;
    const pending = { kind, day, nsOfDay, sequence: this.sequence++, request, event, isAnswerLost };
    let low = 0;
    let high = this.queue.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareTimes(this.queue[middle] as PendingEvent, pending) > 0) low = middle + 1;
      else high = middle;
    }
    this.queue.splice(low, 0, pending);
  }
}

function emptyPending(): PendingEvent {
  return {
    kind: 0,
    day: 0,
    nsOfDay: 0,
    sequence: 0,
    request: createOrderRequest(),
    event: createVenueEvent(),
    isAnswerLost: false,
  };
}

function walkPending(walk: StateWalk, pending: PendingEvent): void {
  pending.kind = walk.count('kind', pending.kind, KINDS - 1);
  pending.day = walk.integer('day', pending.day);
  pending.nsOfDay = walk.number('nsOfDay', pending.nsOfDay);
  pending.sequence = walk.number('sequence', pending.sequence);
  pending.isAnswerLost = walk.flag('isAnswerLost', pending.isAnswerLost);
  if (isHeard(pending.kind)) walkVenueEvent(walk, pending.event);
  else walkRequest(walk, pending.request);
}

function isHeard(kind: number): boolean {
  return kind === PENDING_RESPONSE || kind === PENDING_STREAM;
}

function walkRequest(walk: StateWalk, request: OrderRequest): void {
  request.clientOrderSeq = walk.number('clientOrderSeq', request.clientOrderSeq);
  request.intentSequence = walk.number('intentSequence', request.intentSequence);
  request.assetIndex = walk.integer('assetIndex', request.assetIndex);
  request.side = walk.integer('side', request.side);
  request.type = walk.integer('type', request.type);
  request.limitPx = walk.number('limitPx', request.limitPx);
  request.referencePx = walk.number('referencePx', request.referencePx);
  request.qty = walk.number('qty', request.qty);
  request.isReduceOnly = walk.flag('isReduceOnly', request.isReduceOnly);
  request.tsSentDay = walk.integer('tsSentDay', request.tsSentDay);
  request.tsSentNsOfDay = walk.number('tsSentNsOfDay', request.tsSentNsOfDay);
}

function walkVenueEvent(walk: StateWalk, event: VenueEvent): void {
  event.kind = walk.integer('kind', event.kind);
  event.runEpoch = walk.number('runEpoch', event.runEpoch);
  event.clientOrderSeq = walk.number('clientOrderSeq', event.clientOrderSeq);
  event.assetIndex = walk.integer('assetIndex', event.assetIndex);
  event.side = walk.integer('side', event.side);
  event.tradeId = walk.number('tradeId', event.tradeId);
  event.lastPx = walk.number('lastPx', event.lastPx);
  event.lastQty = walk.number('lastQty', event.lastQty);
  event.cumQty = walk.number('cumQty', event.cumQty);
  event.fee = walk.number('fee', event.fee);
  event.isMaker = walk.integer('isMaker', event.isMaker);
  event.code = walk.integer('code', event.code);
  event.tsEventDay = walk.integer('tsEventDay', event.tsEventDay);
  event.tsEventNsOfDay = walk.number('tsEventNsOfDay', event.tsEventNsOfDay);
}
