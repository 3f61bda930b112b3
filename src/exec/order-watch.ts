import {
  ORDER_ACCEPTED,
  ORDER_CANCEL_IN_FLIGHT,
  ORDER_CANCEL_UNKNOWN,
  ORDER_MARKET,
  ORDER_PARTIALLY_FILLED,
  ORDER_SUBMIT_UNKNOWN,
  ORDER_SUBMITTED,
} from '../model/order.ts';
import { NS_PER_SECOND } from '../model/time.ts';
import type { ExecutionSettings } from './execution-settings.ts';
import type { Order } from './order.ts';
import { NO_TIMER, type TimerQueue } from './timer-queue.ts';

/** Longest pause before a market order is asked for again that the venue is known to have. */
const ANSWERED_PAUSE_MAX_NS = 3600 * NS_PER_SECOND;
/** Beyond these every pause is at its longest, and no power overflows. */
const MAX_DOUBLINGS = 30;

/** Kind of the timers that ask for an order when the venue is silent; their subject is its sequence. */
export const TIMER_WATCH = 1;

/**
 * How long each order may be met with silence before it is asked for: one timer per order, armed anew whenever its state
 * changes. A limit in the book waits for nothing but its fate. Its memory is the timer's id in the order.
 */
export class OrderWatch {
  private readonly settings: ExecutionSettings;
  private readonly timers: TimerQueue;

  constructor(settings: ExecutionSettings, timers: TimerQueue) {
    this.settings = settings;
    this.timers = timers;
  }

  /** Arms what an order in its present state waits for. */
  await(order: Order): void {
    const { answerWithinNs, marketFillWithinNs, settleWithinNs } = this.settings;
    switch (order.state) {
      case ORDER_SUBMITTED:
      case ORDER_CANCEL_IN_FLIGHT:
        this.arm(order, answerWithinNs);
        break;
      case ORDER_SUBMIT_UNKNOWN:
      case ORDER_CANCEL_UNKNOWN:
        this.arm(order, this.pauseNs(order));
        break;
      case ORDER_ACCEPTED:
      case ORDER_PARTIALLY_FILLED:
        if (order.type === ORDER_MARKET) this.arm(order, marketFillWithinNs);
        else this.end(order);
        break;
      default:
        this.arm(order, settleWithinNs);
    }
  }

  /** A query is sent: the next one follows after a pause that doubles each time. */
  awaitAnswer(order: Order): void {
    this.arm(order, this.pauseNs(order));
    order.queries++;
  }

  /**
   * A query was answered. A market order that the venue has and does not fill has no price: it is asked for again after twice
   * the pause each time, for a market may be closed for hours.
   */
  onAnswered(order: Order): void {
    const isWorking = order.state === ORDER_ACCEPTED || order.state === ORDER_PARTIALLY_FILLED;
    if (!isWorking || order.type !== ORDER_MARKET) return;
    const pauseNs = this.settings.marketFillWithinNs * 2 ** Math.min(order.queries, MAX_DOUBLINGS);
    this.arm(order, Math.min(ANSWERED_PAUSE_MAX_NS, pauseNs));
  }

  /** Nothing of the order is waited for any more. */
  end(order: Order): void {
    this.timers.disarm(order.watchTimer);
    order.watchTimer = NO_TIMER;
  }

  /** True, and the watch is over, when a timer that has fired is the order's own. */
  isDue(order: Order, timerId: number): boolean {
    if (order.watchTimer !== timerId) return false;
    order.watchTimer = NO_TIMER;
    return true;
  }

  private arm(order: Order, delayNs: number): void {
    this.end(order);
    order.watchTimer = this.timers.arm(delayNs, TIMER_WATCH, order.seq);
  }

  private pauseNs(order: Order): number {
    const { queryFirstNs, queryMaxNs } = this.settings;
    return Math.min(queryMaxNs, queryFirstNs * 2 ** Math.min(order.queries, MAX_DOUBLINGS));
  }
}
