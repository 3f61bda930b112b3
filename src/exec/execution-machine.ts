import type { ReportSink } from '../model/execution-report.ts';
import type { Instrument } from '../model/instrument.ts';
import type { Intent } from '../model/intent.ts';
import type { PreTradeCheck } from '../model/order.ts';
import type { Stateful, StateWalk } from '../model/state-walk.ts';
import { type TouchSource, VENUE_FUNDING, type VenueEvent, type VenuePort } from '../model/venue.ts';
import { RUN_EPOCH_MAX } from './client-order-id.ts';
import { EventClock } from './event-clock.ts';
import type { ExecutionMetrics } from './execution-metrics.ts';
import type { ExecutionSettings } from './execution-settings.ts';
import { FundingReports } from './funding-reports.ts';
import { Irregularities, type IrregularitySink } from './irregularities.ts';
import { OrderDesk } from './order-desk.ts';
import { TIMER_WATCH } from './order-watch.ts';
import { SmartExec } from './smart-exec.ts';
import { type TimerHandler, TimerQueue } from './timer-queue.ts';
import { TIMER_LIFE } from './work-orders.ts';

/** Settings of one life of the execution machine. */
export interface ExecutionMachineOptions {
  /** Of the client order ids; greater than that of every earlier life of the account. */
  readonly runEpoch: number;
  readonly settings: ExecutionSettings;
  /** By asset index. */
  readonly instruments: readonly Instrument[];
}

/** Where the machine's outputs go, and the two things that it asks for in the middle of an input. */
export interface ExecutionMachinePorts {
  readonly venue: VenuePort;
  readonly reports: ReportSink;
  /** Told of everything that was irregular and harmless, to be journalled. */
  readonly irregularities: IrregularitySink;
  readonly check: PreTradeCheck;
  readonly touches: TouchSource;
}

/**
 * The execution machine (design §3): `(state, input) -> (state, outputs)`. Its inputs are intents, events of the venue, and
 * time by {@link advance}; it reads no clock and draws no random number, so the same inputs, touches and answers of the check
 * give the same outputs: in the execution worker, in a simulation on one thread, and from a journal.
 *
 * Whoever drives it by event time steps to {@link nextDueDay} and {@link nextDueNsOfDay} before any later input, so that timers
 * fire at their own time; live it is advanced to the clock. One thread; allocates nothing per event once its records have
 * grown to what a run needs.
 */
export class ExecutionMachine implements Stateful, TimerHandler {
  readonly smartExec: SmartExec;
  readonly desk: OrderDesk;
  readonly irregularities: Irregularities;
  private readonly funding: FundingReports;
  private readonly clock = new EventClock();
  private readonly timers = new TimerQueue(this.clock);

  /** @throws RangeError when the run epoch does not fit an order id. */
  constructor({ runEpoch, settings, instruments }: ExecutionMachineOptions, ports: ExecutionMachinePorts) {
    if (!Number.isSafeInteger(runEpoch) || runEpoch < 0 || runEpoch > RUN_EPOCH_MAX) {
      throw new RangeError(`run epoch must be a whole number from 0 to ${RUN_EPOCH_MAX}, was ${runEpoch}`);
    }
    const { clock, timers } = this;
    const irregularities = new Irregularities(ports.irregularities);
    this.irregularities = irregularities;
    const { touches, reports, venue, check } = ports;
    this.funding = new FundingReports(reports, irregularities);
    this.smartExec = new SmartExec(settings, clock, timers, { instruments, touches, reports, irregularities });
    this.desk = new OrderDesk(runEpoch, settings, clock, timers, { venue, check, irregularities }, this.smartExec);
    this.smartExec.attach(this.desk);
  }

  get metrics(): ExecutionMetrics {
    return this.smartExec.metrics;
  }

  /** The machine's time: UTC day and ns of it. */
  get day(): number {
    return this.clock.day;
  }

  get nsOfDay(): number {
    return this.clock.nsOfDay;
  }

  /** True when no intent is being worked. */
  get isIdle(): boolean {
    return this.smartExec.working === 0;
  }

  /** When the next timer is due, UTC day and ns of it; day -1 when none is armed. */
  get nextDueDay(): number {
    return this.timers.nextDueDay;
  }

  get nextDueNsOfDay(): number {
    return this.timers.nextDueNsOfDay;
  }

  /** Moves time on and fires the timers that are due, in order of due time and id. @returns how many fired. */
  advance(day: number, nsOfDay: number): number {
    this.clock.moveTo(day, nsOfDay);
    return this.timers.fireDue(this);
  }

  /**
   * Takes a decision of the engine. It is worked at the machine's present time, which is to be that of its arrival.
   * @param intent - reusable; not kept.
   */
  onIntent(intent: Intent): void {
    this.clock.stampNow();
    this.smartExec.onIntent(intent);
  }

  /**
   * Takes an event of the venue and moves time on to when it was received; fires no timer.
   * @param event - reusable; not kept.
   */
  onVenueEvent(event: VenueEvent): void {
    this.clock.moveTo(event.tsRecvDay, event.tsRecvNsOfDay);
    if (event.kind === VENUE_FUNDING) this.funding.onFunding(event);
    else this.desk.onVenueEvent(event);
  }

  /** Cancels every working entry and orders nothing more for it; exits go on. For a dead engine, and for a halt. */
  abandonEntries(): void {
    this.clock.stampNow();
    this.smartExec.abandonEntries();
  }

  /** Cancels whatever works, entries and exits, and orders nothing more for it: an orderly stop. The positions stay. */
  abandonAll(): void {
    this.clock.stampNow();
    this.smartExec.abandonAll();
  }

  /** Called by the timers alone. */
  onTimer(kind: number, subject: number, id: number): void {
    this.clock.stampNow();
    if (kind === TIMER_WATCH) this.desk.onWatchTimer(subject, id);
    else if (kind === TIMER_LIFE) this.smartExec.onLifeTimer(subject, id);
  }

  walkState(walk: StateWalk): void {
    walk.part('clock', this.clock);
    walk.part('timers', this.timers);
    walk.part('desk', this.desk);
    walk.part('smartExec', this.smartExec);
    walk.part('funding', this.funding);
    walk.part('irregularities', this.irregularities);
  }
}
