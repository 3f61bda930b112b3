import type { ReportSink } from '../model/execution-report.ts';
import { TAKE_PROFIT } from '../model/exit-reason.ts';
import type { Instrument } from '../model/instrument.ts';
import { INTENT_CANCEL_ENTRY, INTENT_ENTRY, INTENT_EXIT, INTENT_HASTEN_EXIT, type Intent } from '../model/intent.ts';
import {
  createOrderRequest,
  DENY_BUSY,
  DENY_MALFORMED,
  DENY_NO_TOUCH,
  DENY_TOO_SMALL,
  isTerminal,
  ORDER_LIMIT_POST_ONLY,
  ORDER_MARKET,
  ORDER_NONE,
  ORDER_REJECTED,
} from '../model/order.ts';
import { isValidPrice } from '../model/price.ts';
import type { Stateful, StateWalk } from '../model/state-walk.ts';
import { REJECT_POST_ONLY, type TouchSource, type VenueEvent } from '../model/venue.ts';
import type { EventClock } from './event-clock.ts';
import { ExecutionMetrics, type FillQuality, slippageBps } from './execution-metrics.ts';
import type { ExecutionSettings } from './execution-settings.ts';
import { IntentReports } from './intent-reports.ts';
import { IRREGULAR_LATE_FILL, IRREGULAR_STALE_INTENT, type Irregularities } from './irregularities.ts';
import { postOnlyLimitPx } from './limit-price.ts';
import type { Order } from './order.ts';
import type { OrderDesk, OrderListener } from './order-desk.ts';
import { covers, floorToLot, snapToLot } from './quantity.ts';
import { NO_TIMER, type TimerQueue } from './timer-queue.ts';
import {
  PHASE_CANCELING,
  PHASE_CONCLUDING,
  PHASE_FREE,
  PHASE_LIMIT,
  PHASE_MARKET,
  THEN_FINISH,
  THEN_MARKET,
  Work,
} from './work.ts';

/** Kind of the timers that end the life of a limit; their subject is the slot of the work. */
export const TIMER_LIFE = 2;
/** Intents that can be worked at once. */
export const WORKS = 16;
/** A post-only limit is tried so often: the first, and one re-priced after a rejection. */
const LIMITS_MAX = 2;

/** What SmartExec needs of its surroundings. */
export interface SmartExecPorts {
  readonly instruments: readonly Instrument[];
  readonly touches: TouchSource;
  readonly reports: ReportSink;
  readonly irregularities: Irregularities;
}

/**
 * SmartExec (semantics §11): works an intent of quantity `Q` with a post-only limit, then with a market order for what is
 * left. At most one order of an intent lives at a time, and the next one is made only when the venue has ended the one
 * before, for at most `Q` less all that those before have filled by the venue's account. So no order of events can fill more
 * than `Q`.
 *
 * Every intent ends with one INTENT_DONE, after its last fill was reported.
 */
export class SmartExec implements Stateful, OrderListener {
  readonly metrics = new ExecutionMetrics();
  private readonly settings: ExecutionSettings;
  private readonly clock: EventClock;
  private readonly timers: TimerQueue;
  private readonly ports: SmartExecPorts;
  private readonly works: readonly Work[] = Array.from({ length: WORKS }, () => new Work());
  private readonly request = createOrderRequest();
  private readonly reports: IntentReports;
  private readonly touch = { bidPx: Number.NaN, askPx: Number.NaN };
  private desk!: OrderDesk;
  private lastIntentSequence = -1;

  constructor(settings: ExecutionSettings, clock: EventClock, timers: TimerQueue, ports: SmartExecPorts) {
    this.settings = settings;
    this.clock = clock;
    this.timers = timers;
    this.ports = ports;
    this.reports = new IntentReports(clock, ports.reports);
  }

  /** The desk that sends its orders and tells it of them; given once, before the first intent. */
  attach(desk: OrderDesk): void {
    this.desk = desk;
  }

  /** Intents that are not at their end. */
  get working(): number {
    let working = 0;
    for (const work of this.works) if (work.phase !== PHASE_FREE) working++;
    return working;
  }

  onIntent(intent: Intent): void {
    if (!(intent.sequence > this.lastIntentSequence)) {
      // Offered again after a restart: it was worked, or ended, before.
      this.ports.irregularities.note(IRREGULAR_STALE_INTENT, intent.sequence, ORDER_NONE, intent.kind);
      return;
    }
    this.lastIntentSequence = intent.sequence;
    if (intent.kind === INTENT_CANCEL_ENTRY) this.abandonEntry(intent);
    else if (intent.kind === INTENT_HASTEN_EXIT) this.hastenExit(intent);
    else this.beginWork(intent);
  }

  /** Cancels every working entry and sends nothing more for it: the engine is gone, or entries are halted. */
  abandonEntries(): void {
    for (const work of this.works) if (work.phase !== PHASE_FREE && work.isEntry) this.abandon(work);
  }

  /** The life of a limit is over. */
  onLifeTimer(workIndex: number, timerId: number): void {
    const work = this.works[workIndex]!;
    if (work.lifeTimer !== timerId) return;
    work.lifeTimer = NO_TIMER;
    if (work.phase === PHASE_LIMIT) this.cancelThen(work, THEN_MARKET);
  }

  onFill(order: Order, event: VenueEvent): void {
    const work = this.workOf(order);
    if (work === null) {
      this.ports.irregularities.note(IRREGULAR_LATE_FILL, order.seq, order.state, event.kind);
      this.reports.fill(order, event, order.filledQty);
      return;
    }
    const notional = event.lastPx * event.lastQty;
    work.filledQty = snapToLot(work.filledQty + event.lastQty, order.lotQty);
    work.filledNotional += notional;
    if (event.isMaker !== 1) work.takerQty += event.lastQty;
    work.lastFillDay = this.clock.day;
    work.lastFillNsOfDay = this.clock.nsOfDay;
    if (isTerminal(order.state)) this.claim(work, order);
    this.qualityOf(work).onTrade(notional, event.fee, event.isMaker);
    this.reports.fill(order, event, work.filledQty);
  }

  onWorking(order: Order): void {
    const work = this.workOf(order);
    if (work === null) return;
    this.reports.accepted(order, work.filledQty);
    // A cancel got lost and the order was found alive: it is asked for again.
    if (work.phase === PHASE_CANCELING) this.sendCancel(order);
  }

  onUnknown(): void {
    this.metrics.add('unknown_outcomes');
  }

  onEnd(order: Order): void {
    const work = this.workOf(order);
    if (work === null) return;
    this.claim(work, order);
    work.orderSeq = -1;
    if (order.state === ORDER_REJECTED) this.countReject(order);
    this.reports.ended(order, work.filledQty);
    if (order.venueQty > 0 && !covers(order.venueQty, order.qty, order.lotQty)) this.metrics.add('partials');
    this.goOn(work, order);
  }

  onSettled(order: Order): void {
    const work = this.workOf(order);
    if (work === null) return;
    work.unsettled--;
    this.finishWhenSettled(work);
  }

  walkState(walk: StateWalk): void {
    this.lastIntentSequence = walk.number('lastIntentSequence', this.lastIntentSequence);
    for (const work of this.works) walk.part('work', work);
    walk.part('metrics', this.metrics);
  }

  private beginWork(intent: Intent): void {
    const reason = this.refusalOf(intent);
    const work = reason === 0 ? this.freeWork() : null;
    if (work === null) {
      this.refuse(intent, reason === 0 ? DENY_BUSY : reason);
      return;
    }
    work.begin();
    work.intentSequence = intent.sequence;
    work.isEntry = intent.kind === INTENT_ENTRY;
    work.assetIndex = intent.assetIndex;
    work.side = work.isEntry ? intent.direction : -intent.direction;
    work.reason = intent.reason;
    work.qty = floorToLot(intent.qty, this.instrumentOf(work).lotQty);
    work.decisionPx = intent.price;
    work.startDay = this.clock.day;
    work.startNsOfDay = this.clock.nsOfDay;
    if (work.isEntry || work.reason === TAKE_PROFIT) this.placeLimit(work);
    else this.placeMarket(work);
  }

  /** Why an intent cannot be worked; 0 when it can. */
  private refusalOf(intent: Intent): number {
    const instrument = this.ports.instruments[intent.assetIndex];
    const isKind = intent.kind === INTENT_ENTRY || intent.kind === INTENT_EXIT;
    const isSide = intent.direction === 1 || intent.direction === -1;
    if (!isKind || !isSide || instrument === undefined || !isValidPrice(intent.price) || !isValidPrice(intent.qty)) {
      return DENY_MALFORMED;
    }
    const qty = floorToLot(intent.qty, instrument.lotQty);
    const isTooSmall = qty <= 0 || (intent.kind === INTENT_ENTRY && qty * intent.price < instrument.minNotional);
    if (isTooSmall) return DENY_TOO_SMALL;
    for (const work of this.works) {
      if (work.phase !== PHASE_FREE && work.assetIndex === intent.assetIndex) return DENY_BUSY;
    }
    return 0;
  }

  private freeWork(): Work | null {
    for (const work of this.works) if (work.phase === PHASE_FREE) return work;
    return null;
  }

  private refuse(intent: Intent, reason: number): void {
    this.metrics.add('denied');
    this.reports.refused(intent, reason);
  }

  private placeLimit(work: Work): void {
    const { touch } = this;
    this.ports.touches.readInto(touch, work.assetIndex);
    const limitPx = postOnlyLimitPx(work.side, touch.bidPx, touch.askPx, this.instrumentOf(work).tickPx);
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
      work.lifeTimer = this.timers.arm(lifeNs, TIMER_LIFE, this.works.indexOf(work));
    }
    this.sendOrder(work, ORDER_LIMIT_POST_ONLY, limitPx, limitPx);
  }

  /** A market order for what is left; less than a lot, or than an entry may be, is left. */
  private placeMarket(work: Work): void {
    this.disarmLife(work);
    const { touch } = this;
    this.ports.touches.readInto(touch, work.assetIndex);
    const farPx = work.side > 0 ? touch.askPx : touch.bidPx;
    const referencePx = isValidPrice(farPx) ? farPx : work.decisionPx;
    const instrument = this.instrumentOf(work);
    const qty = this.remainingQty(work);
    if (qty <= 0 || (work.isEntry && qty * referencePx < instrument.minNotional)) {
      this.conclude(work);
      return;
    }
    if (work.limits > 0) this.metrics.add('fallbacks');
    work.phase = PHASE_MARKET;
    this.sendOrder(work, ORDER_MARKET, Number.NaN, referencePx);
  }

  private sendOrder(work: Work, type: number, limitPx: number, referencePx: number): void {
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
    const answer = this.desk.submit(request, this.works.indexOf(work), this.instrumentOf(work).lotQty);
    if (answer >= 0) {
      this.metrics.add('orders');
      return;
    }
    work.unsettled--;
    work.orderSeq = -1;
    this.deny(work, -answer);
  }

  private deny(work: Work, reason: number): void {
    this.metrics.add('denied');
    this.reports.denied(work, reason);
    this.conclude(work);
  }

  /** What may still be ordered: `Q` less all that ended orders have filled, whole lots. */
  private remainingQty(work: Work): number {
    const { lotQty } = this.instrumentOf(work);
    if (covers(work.claimedQty, work.qty, lotQty)) return 0;
    return floorToLot(work.qty - work.claimedQty, lotQty);
  }

  private claim(work: Work, order: Order): void {
    work.claimedQty += order.venueQty - order.claimedQty;
    order.claimedQty = order.venueQty;
  }

  /** What follows upon the end of an order. */
  private goOn(work: Work, order: Order): void {
    if (this.remainingQty(work) <= 0 || !this.mayGoOn(work, order)) this.conclude(work);
    else if (this.isRepriceDue(work, order)) this.placeLimit(work);
    else this.placeMarket(work);
  }

  private mayGoOn(work: Work, order: Order): boolean {
    if (work.phase === PHASE_MARKET || work.phase === PHASE_CONCLUDING) return false;
    if (work.phase === PHASE_CANCELING && work.afterCancel === THEN_FINISH) return false;
    // Getting out goes on whatever ended the limit: reduce-only bounds it at the venue too.
    if (!work.isEntry) return true;
    if (order.state === ORDER_REJECTED) return order.code === REJECT_POST_ONLY;
    // An entry that somebody else has ended (a dead-man switch, self-trade prevention) is not forced upon the market.
    return work.phase === PHASE_CANCELING;
  }

  private isRepriceDue(work: Work, order: Order): boolean {
    const isCrossing = order.state === ORDER_REJECTED && order.code === REJECT_POST_ONLY;
    return work.phase === PHASE_LIMIT && isCrossing && work.limits < LIMITS_MAX;
  }

  private abandonEntry(intent: Intent): void {
    const work = this.workFor(intent.assetIndex, true);
    if (work === null) this.ports.irregularities.note(IRREGULAR_STALE_INTENT, intent.sequence, ORDER_NONE, intent.kind);
    else this.abandon(work);
  }

  private abandon(work: Work): void {
    if (work.phase === PHASE_LIMIT) this.cancelThen(work, THEN_FINISH);
    else if (work.phase === PHASE_CANCELING) work.afterCancel = THEN_FINISH;
  }

  private hastenExit(intent: Intent): void {
    const work = this.workFor(intent.assetIndex, false);
    if (work === null) {
      this.ports.irregularities.note(IRREGULAR_STALE_INTENT, intent.sequence, ORDER_NONE, intent.kind);
      return;
    }
    work.reason = intent.reason;
    if (work.phase === PHASE_LIMIT) this.cancelThen(work, THEN_MARKET);
  }

  /** Cancels the working limit; only the venue's word about it decides what follows. */
  private cancelThen(work: Work, afterCancel: number): void {
    this.disarmLife(work);
    work.phase = PHASE_CANCELING;
    work.afterCancel = afterCancel;
    const order = this.desk.table.find(work.orderSeq);
    if (order !== null) this.sendCancel(order);
  }

  private sendCancel(order: Order): void {
    this.metrics.add('cancels');
    this.desk.cancel(order);
  }

  private conclude(work: Work): void {
    this.disarmLife(work);
    work.phase = PHASE_CONCLUDING;
    this.finishWhenSettled(work);
  }

  private finishWhenSettled(work: Work): void {
    if (work.phase !== PHASE_CONCLUDING || work.unsettled > 0) return;
    this.countEnd(work);
    work.phase = PHASE_FREE;
    this.reports.done(work);
  }

  private countEnd(work: Work): void {
    const { metrics } = this;
    if (work.filledQty <= 0) {
      metrics.add(work.isEntry ? 'entries_unfilled' : 'exits_unfilled');
      return;
    }
    if (work.takerQty > 0) metrics.add(work.isEntry ? 'entries_taker' : 'exits_taker');
    else metrics.add(work.isEntry ? 'entries_maker' : 'exits_maker');
    const averagePx = work.filledNotional / work.filledQty;
    const lastFill = this.clock.nsSince(work.lastFillDay, work.lastFillNsOfDay);
    const timeToFillNs = this.clock.nsSince(work.startDay, work.startNsOfDay) - lastFill;
    this.qualityOf(work).onFilledIntent(
      slippageBps(work.side, averagePx, work.decisionPx),
      work.filledNotional,
      timeToFillNs,
    );
  }

  private countReject(order: Order): void {
    this.metrics.add('rejects');
    if (order.code === REJECT_POST_ONLY) this.metrics.add('post_only_rejects');
  }

  private disarmLife(work: Work): void {
    this.timers.disarm(work.lifeTimer);
    work.lifeTimer = NO_TIMER;
  }

  /** The work of an order, or null when its intent is at its end. */
  private workOf(order: Order): Work | null {
    const work = this.works[order.workIndex];
    const isIts = work !== undefined && work.phase !== PHASE_FREE && work.intentSequence === order.intentSequence;
    return isIts ? work : null;
  }

  private workFor(assetIndex: number, isEntry: boolean): Work | null {
    for (const work of this.works) {
      if (work.phase !== PHASE_FREE && work.assetIndex === assetIndex && work.isEntry === isEntry) return work;
    }
    return null;
  }

  private instrumentOf(work: Work): Instrument {
    return this.ports.instruments[work.assetIndex]!;
  }

  private qualityOf(work: Work): FillQuality {
    return work.isEntry ? this.metrics.entries : this.metrics.exits;
  }
}
