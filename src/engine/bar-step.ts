import { isVelDivUsable } from '../alpha/layers/signal-gate.ts';
import { FLAG_ASSET_VEL_DIV, FLAG_LAST_OF_DAY, type FrameView, SIGNAL_VEL_DIV } from '../model/frame.ts';
import { HIBERNATE } from '../model/posture.ts';
import type { RegimeOfDay } from './day-regime.ts';
import type { DayTally } from './day-tally.ts';
import type { Desk } from './desk.ts';
import type { EntryDecision } from './entry-decision.ts';
import type { EntrySizing } from './entry-sizing.ts';
import type { HeldSignal } from './held-signal.ts';
import type { MarketHistory } from './market-history.ts';
import type { RunParams } from './run-params.ts';
import type { StepClock } from './step-clock.ts';

/** What a step is made of: parts of the engine. */
export interface BarStepParts {
  readonly params: RunParams;
  readonly clock: StepClock;
  readonly regime: RegimeOfDay;
  readonly market: MarketHistory;
  readonly tally: DayTally;
  readonly held: HeldSignal;
  readonly desk: Desk;
  readonly entry: EntryDecision;
  readonly sizing: EntrySizing;
}

/** One step of the engine: histories, then exits, then entry (semantics §3). Allocates nothing. */
export class BarStep {
  private readonly params: RunParams;
  private readonly clock: StepClock;
  private readonly regime: RegimeOfDay;
  private readonly market: MarketHistory;
  private readonly tally: DayTally;
  private readonly held: HeldSignal;
  private readonly desk: Desk;
  private readonly entry: EntryDecision;
  private readonly sizing: EntrySizing;

  constructor({ params, clock, regime, market, tally, held, desk, entry, sizing }: BarStepParts) {
    this.params = params;
    this.clock = clock;
    this.regime = regime;
    this.market = market;
    this.tally = tally;
    this.held = held;
    this.desk = desk;
    this.entry = entry;
    this.sizing = sizing;
  }

  /** Steps a scan, or a bar under the signal that is held. @param hasNewSignal - false when it is that of the step before. */
  take(scan: FrameView, canEnter: boolean, hasNewSignal: boolean): void {
    const { desk, clock, tally, market } = this;
    const isAfterGap = this.countSignalAndGap(scan, hasNewSignal);
    const isHibernating = this.regime.posture === HIBERNATE;
    desk.onBar(scan, clock.lifetimeBar);
    const { isFlat } = desk;
    if (isHibernating && isFlat) tally.invalidPrices += market.countInvalid(scan.payload);
    else {
      tally.invalidPrices += market.append(scan, isAfterGap, hasNewSignal);
      if (!isFlat) desk.manage(scan, clock.lifetimeBar, isHibernating);
      else if (canEnter && this.mayOpenOn(scan) && this.entry.decide(scan, clock.barIndex)) this.open(scan);
    }
    clock.countStep(scan);
    tally.bars++;
  }

  /** Steps one 0.1 s bar on the signal that is held. */
  takeBar(bar: FrameView, canEnter: boolean): void {
    const { desk, held } = this;
    const frame = held.under(bar);
    this.take(frame, canEnter && held.holdsOn(bar), held.takeUnseen());
    if (desk.isClosingBar) held.spend();
    this.clock.lastBarNsOfDay = bar.tsEventNsOfDay;
  }

  /** Manages the open position on one 0.1 s bar between two scans; nothing else is done. */
  manageBar(bar: FrameView): void {
    const { desk, clock } = this;
    const lastBar = clock.lifetimeBar - 1;
    desk.onBar(bar, lastBar);
    if (!desk.isFlat) desk.manage(bar, lastBar, this.regime.posture === HIBERNATE, 0);
    clock.lastBarNsOfDay = bar.tsEventNsOfDay;
  }

  /** Counts, whatever the posture, a scan without a signal and one that comes after a gap; true after a gap. */
  private countSignalAndGap(scan: FrameView, hasNewSignal: boolean): boolean {
    const { tally } = this;
    const hasGlobalSignal = hasNewSignal && (scan.flags & FLAG_ASSET_VEL_DIV) === 0;
    if (hasGlobalSignal && !isVelDivUsable(scan.signals[SIGNAL_VEL_DIV]!)) tally.missingSignals++;
    const isAfterGap = this.clock.isAfterGap(scan, this.params.barIntervalNs);
    if (isAfterGap) tally.gaps++;
    return isAfterGap;
  }

  /** A bar that closes a position opens none; nor does the last of a day on which it would have to be left at once. */
  private mayOpenOn(scan: FrameView): boolean {
    if (this.desk.isClosingBar) return false;
    const { params } = this;
    const isLastOfDay = params.fills === 'routed' && (scan.flags & FLAG_LAST_OF_DAY) !== 0;
    return !(isLastOfDay && params.config.close_at_day_end);
  }

  private open(scan: FrameView): void {
    const { desk } = this;
    const ticket = this.sizing.size(this.entry, desk.capital);
    if (ticket !== null) desk.open(ticket, scan, this.clock.lifetimeBar);
  }
}
