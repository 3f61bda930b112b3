import type { ReportSink } from '../model/execution-report.ts';
import { TAKE_PROFIT } from '../model/exit-reason.ts';
import type { Instrument } from '../model/instrument.ts';
import { INTENT_CANCEL_ENTRY, INTENT_ENTRY, INTENT_HASTEN_EXIT, type Intent } from '../model/intent.ts';
import { isTerminal, ORDER_NONE, ORDER_REJECTED } from '../model/order.ts';
import type { Stateful, StateWalk } from '../model/state-walk.ts';
import { REJECT_POST_ONLY, type TouchSource, type VenueEvent } from '../model/venue.ts';
import type { EventClock } from './event-clock.ts';
import { ExecutionMetrics } from './execution-metrics.ts';
import type { ExecutionSettings } from './execution-settings.ts';
import { refusalOf } from './intent-admission.ts';
import { IntentReports } from './intent-reports.ts';
import { IRREGULAR_LATE_FILL, IRREGULAR_STALE_INTENT, type Irregularities } from './irregularities.ts';
import type { Order } from './order.ts';
import type { OrderDesk } from './order-desk.ts';
import type { OrderListener } from './order-listener.ts';
import { floorToLot } from './quantity.ts';
import type { TimerQueue } from './timer-queue.ts';
import { PHASE_CANCELING, PHASE_FREE, PHASE_LIMIT, PHASE_MARKET, THEN_FINISH, THEN_MARKET, type Work } from './work.ts';
import { WorkAccounting } from './work-accounting.ts';
import { WorkOrders } from './work-orders.ts';
import { WorkTable } from './work-table.ts';

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
  private readonly clock: EventClock;
  private readonly ports: SmartExecPorts;
  private readonly works = new WorkTable();
  private readonly reports: IntentReports;
  private readonly accounting: WorkAccounting;
  private readonly orders: WorkOrders;
  private lastIntentSequence = -1;

  constructor(settings: ExecutionSettings, clock: EventClock, timers: TimerQueue, ports: SmartExecPorts) {
    this.clock = clock;
    this.ports = ports;
    this.reports = new IntentReports(clock, ports.reports);
    this.accounting = new WorkAccounting(this.metrics, clock, ports.touches);
    const { metrics, works, reports, accounting } = this;
    const { instruments } = ports;
    this.orders = new WorkOrders(settings, timers, { metrics, works, reports, accounting, instruments });
  }

  /** The desk that sends its orders and tells it of them; given once, before the first intent. */
  attach(desk: OrderDesk): void {
    this.orders.attach(desk);
  }

  /** Intents that are not at their end. */
  get working(): number {
    return this.works.working;
  }

  onIntent(intent: Intent): void {
    if (!(intent.sequence > this.lastIntentSequence)) {
      // Offered again after a restart: it was worked, or ended, before.
      this.noteStale(intent);
      return;
    }
    this.lastIntentSequence = intent.sequence;
    if (intent.kind === INTENT_CANCEL_ENTRY) this.abandonEntry(intent);
    else if (intent.kind === INTENT_HASTEN_EXIT) this.hastenExit(intent);
    else this.beginWork(intent);
  }

  /** Cancels every working entry and sends nothing more for it: the engine is gone, or entries are halted. */
  abandonEntries(): void {
    for (const work of this.works.slots) if (work.phase !== PHASE_FREE && work.isEntry) this.abandon(work);
  }

  /** Cancels every working order, market orders too, and sends nothing more for it. */
  abandonAll(): void {
    for (const work of this.works.slots) this.abandon(work);
  }

  /** The life of a limit is over. */
  onLifeTimer(workIndex: number, timerId: number): void {
    this.orders.onLifeTimer(this.works.slots[workIndex]!, timerId);
  }

  onFill(order: Order, event: VenueEvent): void {
    const work = this.works.ofOrder(order);
    if (work === null) {
      this.ports.irregularities.note(IRREGULAR_LATE_FILL, order.seq, order.state, event.kind);
      this.reports.fill(order, event, order.filledQty);
      return;
    }
    this.accounting.onFill(work, order, event);
    if (isTerminal(order.state)) work.claim(order);
    this.reports.fill(order, event, work.filledQty);
  }

  onWorking(order: Order): void {
    const work = this.works.ofOrder(order);
    if (work === null) return;
    this.accounting.onWord(work);
    this.reports.accepted(order, work.filledQty);
    // A cancel got lost and the order was found alive: it is asked for again.
    if (work.phase === PHASE_CANCELING) this.orders.cancel(order);
  }

  onUnknown(): void {
    this.metrics.add('unknown_outcomes');
  }

  onEnd(order: Order): void {
    const work = this.works.ofOrder(order);
    if (work === null) return;
    this.accounting.onWord(work);
    work.claim(order);
    work.orderSeq = -1;
    if (order.state === ORDER_REJECTED) this.countReject(order);
    this.reports.ended(order, work.filledQty);
    this.accounting.onOrderEnd(order);
    this.orders.goOn(work, order);
  }

  onSettled(order: Order): void {
    const work = this.works.ofOrder(order);
    if (work === null) return;
    work.unsettled--;
    this.orders.finishWhenSettled(work);
  }

  walkState(walk: StateWalk): void {
    this.lastIntentSequence = walk.number('lastIntentSequence', this.lastIntentSequence);
    walk.part('works', this.works);
    walk.part('metrics', this.metrics);
  }

  private beginWork(intent: Intent): void {
    const { instruments } = this.ports;
    const reason = refusalOf(intent, instruments, this.works);
    if (reason !== 0) {
      this.metrics.onDenied(reason);
      this.reports.refused(intent, reason);
      return;
    }
    const work = this.works.free()!;
    work.begin();
    work.intentSequence = intent.sequence;
    work.isEntry = intent.kind === INTENT_ENTRY;
    work.assetIndex = intent.assetIndex;
    work.side = work.isEntry ? intent.direction : -intent.direction;
    work.reason = intent.reason;
    work.qty = floorToLot(intent.qty, instruments[intent.assetIndex]!.lotQty);
    work.decisionPx = work.lastMidPx = intent.price;
    work.startDay = this.clock.day;
    work.startNsOfDay = this.clock.nsOfDay;
    if (work.isEntry || work.reason === TAKE_PROFIT) this.orders.placeLimit(work);
    else this.orders.placeMarket(work);
  }

  private abandonEntry(intent: Intent): void {
    const work = this.works.find(intent.assetIndex, true);
    if (work === null) this.noteStale(intent);
    else this.abandon(work);
  }

  /** A market order too is canceled: where no price comes it may wait for hours, and would fill at whatever is there then. */
  private abandon(work: Work): void {
    if (work.phase === PHASE_LIMIT || work.phase === PHASE_MARKET) this.orders.cancelThen(work, THEN_FINISH);
    else if (work.phase === PHASE_CANCELING) work.afterCancel = THEN_FINISH;
  }

  private hastenExit(intent: Intent): void {
    const work = this.works.find(intent.assetIndex, false);
    if (work === null) {
      this.noteStale(intent);
      return;
    }
    work.reason = intent.reason;
    if (work.phase === PHASE_LIMIT) this.orders.cancelThen(work, THEN_MARKET);
  }

  private countReject(order: Order): void {
    this.metrics.add('rejects');
    if (order.code === REJECT_POST_ONLY) this.metrics.add('post_only_rejects');
  }

  private noteStale(intent: Intent): void {
    this.ports.irregularities.note(IRREGULAR_STALE_INTENT, intent.sequence, ORDER_NONE, intent.kind);
  }
}
