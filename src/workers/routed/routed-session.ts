import { COUNT_ONLY } from '../../exec/irregularities.ts';
import { TapedMachine } from '../../exec/taped-machine.ts';
import { advanceTogether, advanceTogetherBefore } from '../../exec/venue/advance-together.ts';
import { applyTick } from '../../exec/venue/apply-tick.ts';
import { BarVenue } from '../../exec/venue/bar-venue.ts';
import { BookVenue } from '../../exec/venue/book-venue.ts';
import type { SimulatedVenue } from '../../exec/venue/simulated-venue.ts';
import { BINANCE_VIP0 } from '../../exec/venue/venue-account.ts';
import { compareTimes, createVenueTime, latestOf, timeAfter, type VenueTime } from '../../exec/venue/venue-time.ts';
import type { ReportSink } from '../../model/execution-report.ts';
import type { TapeSink } from '../../model/execution-tape.ts';
import { FRAME_BAR, FRAME_SCAN, type FrameView } from '../../model/frame.ts';
import { INTENT_TRADING_STATE, type Intent } from '../../model/intent.ts';
import type { RoutedOutcome } from '../../model/routed-outcome.ts';
import type { Tick } from '../../model/tick.ts';
import { NS_PER_SECOND } from '../../model/time.ts';
import type { VenueEventSink } from '../../model/venue.ts';
import { PreTradeGate, TRADING_ACTIVE, TRADING_HALTED, type TradingState } from '../../risk/pre-trade-gate.ts';
import { executionResult } from './execution-result.ts';
import { RoutedAccount } from './routed-account.ts';
import {
  executionSettingsOf,
  preTradeLimitsOf,
  type RoutedSessionOptions,
  requireSessionOptions,
  venueOptionsOf,
} from './routed-session-options.ts';

/** Event time within which everything must end once it was abandoned: queries of lost outcomes are 5 s apart at most. */
const SETTLE_WITHIN_NS = 3600 * NS_PER_SECOND;

/** Where a session's outputs go. */
export interface RoutedSessionPorts {
  readonly reports: ReportSink;
  readonly tape: TapeSink;
}

/**
 * Routed execution of a replay, on one thread and without a clock: the execution machine with its tape, a simulated venue,
 * the pre-trade gate and the account that the gate asks. The execution worker drives it in lockstep with the engine; so do
 * simulations and tests, and what comes of it is the same.
 *
 * Each frame happens in this order: what is due before it, its prices, what is due at it. Decisions on a frame are worked at
 * its time, and meet the next one's prices at the earliest.
 */
export class RoutedSession {
  readonly taped: TapedMachine;
  readonly venue: SimulatedVenue;
  readonly gate: PreTradeGate;
  readonly account: RoutedAccount;
  private readonly options: RoutedSessionOptions;
  private now = createVenueTime();

  /** @throws InputError, RangeError when an option makes no sense. */
  constructor(options: RoutedSessionOptions, { reports, tape }: RoutedSessionPorts) {
    const { instruments, initialCapital, runEpoch } = options;
    requireSessionOptions(options);
    this.options = options;
    this.account = new RoutedAccount(instruments.length, initialCapital, () => this.taped.machine.desk.table);
    this.gate = new PreTradeGate(instruments, preTradeLimitsOf(options), this.account);
    const venue = simulatedVenue(options, { onVenueEvent: (event) => this.taped.onVenueEvent(event) });
    venue.runEpoch = runEpoch;
    this.venue = venue;
    this.taped = new TapedMachine(
      { runEpoch, settings: executionSettingsOf(options), instruments },
      {
        venue,
        reports: {
          report: (report) => {
            this.account.onReport(report);
            reports.report(report);
          },
        },
        irregularities: COUNT_ONLY,
        check: this.gate,
        touches: venue,
      },
      tape,
    );
  }

  /** Takes a SCAN or a BAR; other frames, and one that is earlier than the last, bring no prices. */
  onFrame(frame: FrameView): void {
    if (frame.kind !== FRAME_SCAN && frame.kind !== FRAME_BAR) return;
    const time = { day: frame.tsEventDay, nsOfDay: frame.tsEventNsOfDay };
    if (compareTimes(time, this.now) < 0) return;
    this.happenAt(time, () => {
      this.account.onPrices(frame.payload);
      // To a venue of books a frame is but a point in time: ticks are its market.
      if (this.venue instanceof BarVenue) this.venue.onBar(time.day, time.nsOfDay, frame.payload);
    });
  }

  /** Takes what happened at the venue between frames; what is earlier than the last data happens at its time. */
  onTick(tick: Tick): void {
    const time = { day: tick.tsEventDay, nsOfDay: tick.tsEventNsOfDay };
    this.happenAt(latestOf(this.now, time), () => applyTick(this.venue, tick));
  }

  /** Takes a decision, at the time of the last data. @param intent - reusable; not kept. */
  onIntent(intent: Intent): void {
    if (intent.kind === INTENT_TRADING_STATE) this.setTradingState(intent.reason as TradingState);
    else this.taped.onIntent(intent);
  }

  /** What the pre-trade gate lets through from now on. A working entry is canceled where none may be sent; its fills stay. */
  setTradingState(state: TradingState): void {
    this.gate.tradingState = state;
    if (state !== TRADING_ACTIVE) this.taped.abandonEntries();
  }

  /**
   * The data is at its end: cancels whatever works and lets event time go on, without prices, until every intent is at its
   * end. Nothing is sent any more, then or later.
   * @throws Error when something still works after an hour.
   */
  stopWorking(): void {
    this.gate.tradingState = TRADING_HALTED;
    this.taped.abandonAll();
    const until = timeAfter(this.now, SETTLE_WITHIN_NS);
    while (!this.taped.machine.isIdle) {
      const due = this.nextDue();
      if (due === undefined || compareTimes(due, until) > 0) {
        throw new Error(`${this.taped.machine.smartExec.working} intents are still worked an hour after the stop`);
      }
      this.now = { day: due.day, nsOfDay: due.nsOfDay };
      advanceTogether(this.taped, this.venue, due.day, due.nsOfDay);
    }
  }

  /** What the run leaves behind, as of now. */
  outcome(): Omit<RoutedOutcome, 'orderLogHash'> {
    const { venue, seed, instruments } = this.options;
    return {
      venue,
      seed,
      feeSchedule: BINANCE_VIP0.name,
      execution: executionResult(this.taped.machine),
      instruments,
      funding: this.venue.account.fundingPaid,
      warnings: this.warnings(),
    };
  }

  private happenAt(time: VenueTime, bringData: () => void): void {
    const { taped, venue } = this;
    advanceTogetherBefore(taped, venue, time.day, time.nsOfDay);
    this.now = time;
    bringData();
    advanceTogether(taped, venue, time.day, time.nsOfDay);
  }

  private nextDue(): VenueTime | undefined {
    const { nextDueDay: day, nextDueNsOfDay: nsOfDay } = this.taped;
    const event = this.venue.nextDue;
    const timer = day < 0 ? undefined : { day, nsOfDay };
    if (event === undefined || timer === undefined) return event ?? timer;
    return compareTimes(event, timer) <= 0 ? event : timer;
  }

  private warnings(): string[] {
    const words = this.venue.warnings();
    const unheard = this.venue.account.fundingPaid + this.account.positions.funding;
    if (Math.abs(unheard) > 1e-9) words.push(`funding of ${unheard} was settled at the venue and not heard of`);
    const { fillsRefused } = this.account.positions;
    if (fillsRefused > 0) words.push(`${fillsRefused} fills could not be booked in the account of execution`);
    return words;
  }
}

function simulatedVenue(options: RoutedSessionOptions, sink: VenueEventSink): SimulatedVenue {
  const venueOptions = venueOptionsOf(options);
  return options.venue === 'bars' ? new BarVenue(venueOptions, sink) : new BookVenue(venueOptions, sink);
}
