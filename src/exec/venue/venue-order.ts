import type { Stateful, StateWalk } from '../../model/state-walk.ts';
import {
  VENUE_STATUS_CANCELED,
  VENUE_STATUS_EXPIRED,
  VENUE_STATUS_FILLED,
  VENUE_STATUS_OPEN,
} from '../../model/venue.ts';

const STATUSES = [VENUE_STATUS_OPEN, VENUE_STATUS_FILLED, VENUE_STATUS_CANCELED, VENUE_STATUS_EXPIRED];
/** In a walk. */
const FILL_BYTES = 56;

/** One trade of an order, kept for queries. */
export interface VenueFill {
  tradeId: number;
  /** Quote currency. */
  px: number;
  lots: number;
  /** Filled of the order, this trade included. */
  cumLots: number;
  fee: number;
  isMaker: boolean;
  day: number;
  nsOfDay: number;
}

/** An order that the venue has accepted. Sizes in lots, prices in ticks. */
export class VenueOrder implements Stateful {
  runEpoch = 0;
  clientOrderSeq = -1;
  assetIndex = -1;
  side = 0;
  type = 0;
  /** NaN for a market order. */
  limitTicks = Number.NaN;
  qtyLots = 0;
  leavesLots = 0;
  isReduceOnly = false;
  /** One of VENUE_STATUS_*. */
  status: number = VENUE_STATUS_OPEN;
  /** Displayed size at its price that is served before it; Infinity as long as nobody knows. It never grows. */
  aheadLots = 0;
  /** The acceptance has not been told yet (a fault). */
  isAckWithheld = false;
  acceptedDay = 0;
  acceptedNsOfDay = 0;
  fills: VenueFill[] = [];

  get isOpen(): boolean {
    return this.status === VENUE_STATUS_OPEN;
  }

  get filledLots(): number {
    return this.fills.at(-1)?.cumLots ?? 0;
  }

  walkState(walk: StateWalk): void {
    this.runEpoch = walk.number('runEpoch', this.runEpoch);
    this.clientOrderSeq = walk.number('clientOrderSeq', this.clientOrderSeq);
    this.assetIndex = walk.integer('assetIndex', this.assetIndex);
    this.side = walk.integer('side', this.side);
    this.type = walk.integer('type', this.type);
    this.limitTicks = walk.number('limitTicks', this.limitTicks);
    this.qtyLots = walk.number('qtyLots', this.qtyLots);
    this.leavesLots = walk.number('leavesLots', this.leavesLots);
    this.isReduceOnly = walk.flag('isReduceOnly', this.isReduceOnly);
    this.status = walk.code('status', this.status, STATUSES);
    this.aheadLots = walk.number('aheadLots', this.aheadLots);
    this.isAckWithheld = walk.flag('isAckWithheld', this.isAckWithheld);
    this.acceptedDay = walk.integer('acceptedDay', this.acceptedDay);
    this.acceptedNsOfDay = walk.number('acceptedNsOfDay', this.acceptedNsOfDay);
    const count = walk.count('fills', this.fills.length, 2 ** 24, FILL_BYTES);
    if (walk.isReading) this.fills = Array.from({ length: count }, emptyFill);
    for (const fill of this.fills) walkFill(walk, fill);
  }
}

function emptyFill(): VenueFill {
  return { tradeId: 0, px: 0, lots: 0, cumLots: 0, fee: 0, isMaker: false, day: 0, nsOfDay: 0 };
}

function walkFill(walk: StateWalk, fill: VenueFill): void {
  fill.tradeId = walk.number('tradeId', fill.tradeId);
  fill.px = walk.number('px', fill.px);
  fill.lots = walk.number('lots', fill.lots);
  fill.cumLots = walk.number('cumLots', fill.cumLots);
  fill.fee = walk.number('fee', fill.fee);
  fill.isMaker = walk.flag('isMaker', fill.isMaker);
  fill.day = walk.integer('day', fill.day);
  fill.nsOfDay = walk.number('nsOfDay', fill.nsOfDay);
}
