import type { Instrument } from '../model/instrument.ts';
import {
  createOrderRequest,
  DENY_NO_TOUCH,
  ORDER_LIMIT_POST_ONLY,
  ORDER_MARKET,
  ORDER_REJECTED,
} from '../model/order.ts';
import { isValidPrice } from '../model/price.ts';
import { REJECT_POST_ONLY } from '../model/venue.ts';
import type { ExecutionMetrics } from './execution-metrics.ts';
import type { ExecutionSettings } from './execution-settings.ts';
import type { IntentReports } from './intent-reports.ts';
import { postOnlyLimitPx } from './limit-price.ts';
import type { Order } from './order.ts';
import type { OrderDesk } from './order-desk.ts';
import { covers, floorToLot } from './quantity.ts';
import { NO_TIMER, type TimerQueue } from './timer-queue.ts';
import {
  PHASE_CANCELING,
  PHASE_CONCLUDING,
  PHASE_FREE,
  PHASE_LIMIT,
  PHASE_MARKET,
  THEN_FINISH,
  THEN_MARKET,
  type Work,
} from './work.ts';
import type { WorkAccounting } from './work-accounting.ts';
import type { WorkTable } from './work-table.ts';

/** Kind of the timers that end the life of a limit; their subject is the slot of the work. */
export const TIMER_LIFE = 2;
/** A post-only limit is tried so often: the first, and one re-priced after a rejection. */
const LIMITS_MAX = 2;

/** What the orders of works share with the rest of SmartExec. */
export interface WorkOrdersParts {
  readonly works: WorkTable;
  readonly metrics: ExecutionMetrics;
  readonly reports: IntentReports;
  readonly accounting: WorkAccounting;
  readonly instruments: readonly Instrument[];
}

/**
 * The orders that a work sends, one after the other: limit, re-priced limit, cancel, market order, end (semantics §11). A
 * work goes on only when the venue has ended the order before; and it is over when every fill was told. It has no memory
 * of its own: that is in the work.
 */
export class WorkOrders {
  private readonly settings: ExecutionSettings;
  private readonly timers: TimerQueue;
  private readonly parts: WorkOrdersParts;
  private readonly request = createOrderRequest();
  private desk!: OrderDesk;

  constructor(settings: ExecutionSettings, timers: TimerQueue, parts: WorkOrdersParts) {
    this.settings = settings;
    this.timers = timers;
    this.parts = parts;
  }

  attach(desk: OrderDesk): void {
    this.desk = desk;
  }

  /** A post-only limit for what is left. Without a touch an entry is denied and an exit goes to market. */
  placeLimit(work: Work): void {
    const { bidPx, askPx } = this.parts.accounting.readTouch(work);
    const limitPx = postOnlyLimitPx(work.side, bidPx, askPx, this.instrumentOf(work).tickPx);
    if (Number.isNaN(limitPx)) {
      if (work.isEntry) {
        this.deny(work, DENY_NO_TOUCH);
      } else this.placeMarket(work);
      return;
    }
    work.phase = PHASE_LIMIT;
    work.limits++;
    if (work.limits === 1) {
      const lifeNs = work.isEntry ? this.settings.entryLifeNs : this.settings.takeProfitLifeNs;
      work.lifeTimer = this.timers.arm(lifeNs, TIMER_LIFE, this.parts.works.slots.indexOf(work));
    }
    this.send(work, ORDER_LIMIT_POST_ONLY, limitPx, limitPx);
  }

  /** A market order for what is left; less than a lot, or than an entry may be, is left. */
  placeMarket(work: Work): void {
    this.disarmLife(work);
    const touch = this.parts.accounting.readTouch(work);
    const farPx = work.side > 0 ? touch.askPx : touch.bidPx;
    const referencePx = isValidPrice(farPx) ? farPx : work.decisionPx;
    const instrument = this.instrumentOf(work);
    const qty = this.remainingQty(work);
    if (qty <= 0 || (work.isEntry && qty * referencePx < instrument.minNotional)) {
      this.conclude(work);
      return;
    }
    if (work.limits > 0) this.parts.metrics.add('fallbacks');
    work.phase = PHASE_MARKET;
    this.send(work, ORDER_MARKET, Number.NaN, referencePx);
  }

  /** What follows upon the end of an order. */
  goOn(work: Work, order: Order): void {
    if (this.remainingQty(work) <= 0 || !mayGoOn(work, order)) this.conclude(work);
    else if (isRepriceDue(work, order)) this.placeLimit(work);
    else this.placeMarket(work);
  }

  onLifeTimer(work: Work, timerId: number): void {
    if (work.lifeTimer !== timerId) return;
    work.lifeTimer = NO_TIMER;
    if (work.phase === PHASE_LIMIT) this.cancelThen(work, THEN_MARKET);
  }

  /** Cancels the working order; only the venue's word about it decides what follows. */
  cancelThen(work: Work, afterCancel: number): void {
    this.disarmLife(work);
    work.phase = PHASE_CANCELING;
    work.afterCancel = afterCancel;
    const order = this.desk.table.find(work.orderSeq);
    if (order !== null) this.cancel(order);
  }

  cancel(order: Order): void {
    this.parts.metrics.add('cancels');
    this.desk.cancel(order);
  }

  /** Ends a work that sends nothing more, when every fill of it was told. */
  finishWhenSettled(work: Work): void {
    if (work.phase !== PHASE_CONCLUDING || work.unsettled > 0) return;
    this.parts.accounting.onEnd(work);
    work.phase = PHASE_FREE;
    this.parts.reports.done(work);
  }

  private send(work: Work, type: number, limitPx: number, referencePx: number): void {
    const { request } = this;
    request.intentSequence = work.intentSequence;
    request.assetIndex = work.assetIndex;
    request.side = work.side;
    request.type = type;
    request.limitPx = limitPx;
    request.referencePx = referencePx;
    request.qty = this.remainingQty(work);
    request.isReduceOnly = !work.isEntry;
    // Counted before it is sent: a parked event may end it inside the call.
    work.unsettled++;
    work.orderSeq = this.desk.table.nextSeq;
    const workIndex = this.parts.works.slots.indexOf(work);
    const answer = this.desk.submit(request, workIndex, this.instrumentOf(work).lotQty);
    if (answer >= 0) {
      this.parts.metrics.add('orders');
      return;
    }
    work.unsettled--;
    work.orderSeq = -1;
    this.deny(work, -answer);
  }

  private deny(work: Work, reason: number): void {
    this.parts.metrics.onDenied(reason);
    this.parts.reports.denied(work, reason);
    this.conclude(work);
  }

  private conclude(work: Work): void {
    this.disarmLife(work);
    work.phase = PHASE_CONCLUDING;
    this.finishWhenSettled(work);
  }

  /** What may still be ordered: `Q` less all that ended orders have filled, whole lots. */
  private remainingQty(work: Work): number {
    const { lotQty } = this.instrumentOf(work);
    if (covers(work.claimedQty, work.qty, lotQty)) return 0;
    return floorToLot(work.qty - work.claimedQty, lotQty);
  }

  private disarmLife(work: Work): void {
    this.timers.disarm(work.lifeTimer);
    work.lifeTimer = NO_TIMER;
  }

  private instrumentOf(work: Work): Instrument {
    return this.parts.instruments[work.assetIndex]!;
  }
}

function mayGoOn(work: Work, order: Order): boolean {
  if (work.phase === PHASE_MARKET || work.phase === PHASE_CONCLUDING) return false;
  if (work.phase === PHASE_CANCELING && work.afterCancel === THEN_FINISH) return false;
  // Getting out goes on whatever ended the limit: reduce-only bounds it at the venue too.
  if (!work.isEntry) return true;
  if (order.state === ORDER_REJECTED) return order.code === REJECT_POST_ONLY;
  // An entry that somebody else has ended (a dead-man switch, self-trade prevention) is not forced upon the market.
  return work.phase === PHASE_CANCELING;
}

function isRepriceDue(work: Work, order: Order): boolean {
  const isCrossing = order.state === ORDER_REJECTED && order.code === REJECT_POST_ONLY;
  return work.phase === PHASE_LIMIT && isCrossing && work.limits < LIMITS_MAX;
}
