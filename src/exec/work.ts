import type { Stateful, StateWalk } from '../model/state-walk.ts';
import type { Order } from './order.ts';
import { NO_TIMER } from './timer-queue.ts';

/** Phases of a work; codes stand in snapshots. */
export const PHASE_FREE = 0;
/** A post-only limit is in flight or in the book. */
export const PHASE_LIMIT = 1;
/** It is being canceled; what comes then is in `afterCancel`. */
export const PHASE_CANCELING = 2;
/** A market order is under way. */
export const PHASE_MARKET = 3;
/** Nothing more is sent; the last trades may still be on their way. */
export const PHASE_CONCLUDING = 4;

export const THEN_MARKET = 0;
export const THEN_FINISH = 1;

/** One intent while it is worked: a record of fixed fields, used anew for later intents. */
export class Work implements Stateful {
  phase = PHASE_FREE;
  intentSequence = -1;
  isEntry = false;
  assetIndex = -1;
  /** Of its orders: BUY or SELL. */
  side = 0;
  /** Exit reason; 0 for an entry. */
  reason = 0;
  /** What it may fill in all, base units: the `Q` of semantics §11. */
  qty = 0;
  /** Price of the decision, quote currency. */
  decisionPx = Number.NaN;
  /** Mid when the venue said its first word about the intent; NaN before. Quote currency. */
  firstMidPx = Number.NaN;
  /** The last mid that was seen for it, from its decision price on. */
  lastMidPx = Number.NaN;
  /** Of ended orders: what they have filled by the venue's account. */
  claimedQty = 0;
  /** Of all orders: what they have filled by the trades that we heard of. */
  filledQty = 0;
  filledNotional = 0;
  takerQty = 0;
  /** Its order that is not at its end; -1 when there is none. */
  orderSeq = -1;
  /** Orders that were sent and not settled. */
  unsettled = 0;
  limits = 0;
  afterCancel = THEN_MARKET;
  lifeTimer = NO_TIMER;
  startDay = 0;
  startNsOfDay = 0;
  lastFillDay = 0;
  lastFillNsOfDay = 0;

  /** Forgets whatever intent the record held. */
  begin(): void {
    this.firstMidPx = Number.NaN;
    this.lastMidPx = Number.NaN;
    this.claimedQty = 0;
    this.filledQty = 0;
    this.filledNotional = 0;
    this.takerQty = 0;
    this.orderSeq = -1;
    this.unsettled = 0;
    this.limits = 0;
    this.afterCancel = THEN_MARKET;
    this.lifeTimer = NO_TIMER;
  }

  /** Takes over what an ended order has filled by the venue's account, as far as it has not yet. */
  claim(order: Order): void {
    this.claimedQty += order.venueQty - order.claimedQty;
    order.claimedQty = order.venueQty;
  }

  /** Nothing but that it is free, when it is. */
  walkState(walk: StateWalk): void {
    this.phase = walk.integer('phase', this.phase);
    if (this.phase === PHASE_FREE) return;
    this.intentSequence = walk.number('intentSequence', this.intentSequence);
    this.isEntry = walk.flag('isEntry', this.isEntry);
    this.assetIndex = walk.integer('assetIndex', this.assetIndex);
    this.side = walk.integer('side', this.side);
    this.reason = walk.integer('reason', this.reason);
    this.qty = walk.number('qty', this.qty);
    this.decisionPx = walk.number('decisionPx', this.decisionPx);
    this.firstMidPx = walk.number('firstMidPx', this.firstMidPx);
    this.lastMidPx = walk.number('lastMidPx', this.lastMidPx);
    this.claimedQty = walk.number('claimedQty', this.claimedQty);
    this.filledQty = walk.number('filledQty', this.filledQty);
    this.filledNotional = walk.number('filledNotional', this.filledNotional);
    this.takerQty = walk.number('takerQty', this.takerQty);
    this.orderSeq = walk.number('orderSeq', this.orderSeq);
    this.unsettled = walk.integer('unsettled', this.unsettled);
    this.limits = walk.integer('limits', this.limits);
    this.afterCancel = walk.integer('afterCancel', this.afterCancel);
    this.lifeTimer = walk.number('lifeTimer', this.lifeTimer);
    this.startDay = walk.integer('startDay', this.startDay);
    this.startNsOfDay = walk.number('startNsOfDay', this.startNsOfDay);
    this.lastFillDay = walk.integer('lastFillDay', this.lastFillDay);
    this.lastFillNsOfDay = walk.number('lastFillNsOfDay', this.lastFillNsOfDay);
  }
}
