import type { Stateful, StateWalk } from '../model/state-walk.ts';
import { createVenueEvent, type VenueEvent } from '../model/venue.ts';

/** Events that can wait; more are dropped and counted. */
export const PARKED_EVENTS_SIZE = 64;

/**
 * Events of orders that execution does not know: of another run, of a person, forced by the venue, or of a sequence that is
 * not made yet. They move nothing; whoever reconciles reads them, and an order that comes to be known is given its own.
 */
export class ParkedEvents implements Stateful {
  /** Events that found no room. */
  dropped = 0;
  private readonly events: readonly VenueEvent[] = Array.from({ length: PARKED_EVENTS_SIZE }, createVenueEvent);
  private count = 0;

  get length(): number {
    return this.count;
  }

  park(event: VenueEvent): void {
    if (this.count === PARKED_EVENTS_SIZE) this.dropped++;
    else Object.assign(this.events[this.count++]!, event);
  }

  /** The i-th parked event, oldest first; valid until the next {@link removeInto} or {@link clear}. */
  at(i: number): VenueEvent | undefined {
    return i < this.count ? this.events[i] : undefined;
  }

  /** Index of the oldest event of an order, or -1. */
  indexOf(runEpoch: number, clientOrderSeq: number): number {
    for (let i = 0; i < this.count; i++) {
      const event = this.events[i]!;
      if (event.clientOrderSeq === clientOrderSeq && event.runEpoch === runEpoch) return i;
    }
    return -1;
  }

  /** Takes out the i-th event, copying it to `out`. */
  removeInto(out: VenueEvent, i: number): void {
    Object.assign(out, this.events[i]!);
    for (let to = i; to < this.count - 1; to++) Object.assign(this.events[to]!, this.events[to + 1]!);
    this.count--;
  }

  /** Forgets all of them, when they were reconciled. */
  clear(): void {
    this.count = 0;
  }

  walkState(walk: StateWalk): void {
    this.dropped = walk.integer('dropped', this.dropped);
    this.count = walk.count('count', this.count, PARKED_EVENTS_SIZE, 2 * Float64Array.BYTES_PER_ELEMENT);
    for (let i = 0; i < this.count; i++) walkEvent(walk, this.events[i]!);
  }
}

function walkEvent(walk: StateWalk, event: VenueEvent): void {
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
  event.isMaker = walk.number('isMaker', event.isMaker);
  event.code = walk.number('code', event.code);
  event.tsEventDay = walk.integer('tsEventDay', event.tsEventDay);
  event.tsEventNsOfDay = walk.number('tsEventNsOfDay', event.tsEventNsOfDay);
  event.tsRecvDay = walk.integer('tsRecvDay', event.tsRecvDay);
  event.tsRecvNsOfDay = walk.number('tsRecvNsOfDay', event.tsRecvNsOfDay);
}
