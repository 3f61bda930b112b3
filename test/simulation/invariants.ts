import type { AlphaEngine } from '../../src/engine/engine.ts';
import {
  type ExecutionReport,
  REPORT_FILLED,
  REPORT_FUNDING,
  REPORT_PARTIALLY_FILLED,
} from '../../src/model/execution-report.ts';
import type { EngineRun } from '../../src/model/trade.ts';
import type { RoutedSession } from '../../src/workers/routed/routed-session.ts';
import type { DecisionRules } from './decision-rules.ts';
import type { IntentLedger } from './intent-ledger.ts';
import type { VenueWatch } from './venue-watch.ts';
import { requireThat } from './violation.ts';

/** Share of the turnover that sums of many roundings may differ by. */
const ROUNDING = 1e-10;

/**
 * What must hold between the five accounts of one run: the engine's, execution's, the venue's, and the two that the
 * simulation keeps from intents and reports and from the tape.
 */
export class Invariants {
  /** Payments that were heard when no position was there that they could belong to, quote currency. */
  strayFunding = 0;
  private readonly engine: AlphaEngine;
  private readonly session: RoutedSession;
  private readonly ledger: IntentLedger;
  private readonly watch: VenueWatch;
  private readonly rules: DecisionRules;
  private readonly assets: number;
  /** Signed, by the fills that the engine has heard of. */
  private readonly heardQty: Float64Array;
  /** Cash of all that the engine has heard of, and of that when it was flat last. */
  private heardCash = 0;
  private settledCash = 0;

  constructor(
    engine: AlphaEngine,
    session: RoutedSession,
    ledger: IntentLedger,
    watch: VenueWatch,
    rules: DecisionRules,
  ) {
    this.engine = engine;
    this.session = session;
    this.ledger = ledger;
    this.watch = watch;
    this.rules = rules;
    this.assets = engine.params.universe.length;
    this.heardQty = new Float64Array(this.assets);
  }

  /** The engine is about to be told. */
  beforeReport(report: ExecutionReport): void {
    const { heardQty } = this;
    const { kind, assetIndex, side, lastPx, lastQty, fee } = report;
    if (kind === REPORT_FUNDING) {
      if (this.isOfPosition(assetIndex)) this.heardCash -= fee;
      else this.strayFunding += fee;
    }
    if (kind !== REPORT_FILLED && kind !== REPORT_PARTIALLY_FILLED) return;
    heardQty[assetIndex] = (heardQty[assetIndex] as number) + side * lastQty;
    this.heardCash -= side * lastPx * lastQty + fee;
  }

  /** The engine has heard every report of the step. */
  afterReports(): void {
    const { engine, heardQty, ledger } = this;
    const { position } = engine;
    for (let asset = 0; asset < this.assets; asset++) {
      const isHeld = position.isOpen && position.assetIndex === asset;
      const own = isHeld ? position.direction * position.qty : 0;
      const heard = heardQty[asset] as number;
      const isEqual = Math.abs(own - heard) <= ledger.toleranceQty(asset);
      requireThat(isEqual, "the engine's position is the sum of the fills that it heard of", { asset, own, heard });
      if (!isHeld) heardQty[asset] = 0; // what binary fractions left
    }
    if (position.isOpen) return;
    this.settledCash = this.heardCash;
    this.requireCash(engine.capital, this.settledCash);
  }

  /** The step is over. */
  afterFrame(): void {
    requireThat(Number.isFinite(this.engine.capital), 'capital is a number', { capital: this.engine.capital });
    if (this.session.taped.machine.isIdle) this.requireAgreement();
  }

  /** The session has stopped. */
  whenStopped(): void {
    const { session, ledger } = this;
    requireThat(session.taped.machine.isIdle, 'nothing is worked after the stop', { working: 'some' });
    session.venue.visitOpenOrders((order) =>
      requireThat(false, 'no order is left working at the venue', { order: order.clientOrderSeq }),
    );
    requireThat(ledger.openIntents === 0, 'every intent has an end', { open: ledger.openIntents });
    this.requireAgreement();
  }

  /** The engine has heard everything and has ended. */
  atEnd(run: EngineRun, isInterrupted: boolean): void {
    const { ledger, engine } = this;
    const { capital, trades } = run;
    requireThat(capital === engine.capital, "the run ends with the engine's capital", {
      capital,
      engine: engine.capital,
    });
    const pnl = trades.reduce((sum, trade) => sum + trade.pnl, 0);
    const facts = { initial: run.initialCapital, pnl, capital };
    requireThat(
      this.isNear(run.initialCapital + pnl, capital),
      'capital is the initial one and the pnl of the trades',
      facts,
    );
    this.requireDays(run);
    this.requireCash(capital, isInterrupted ? this.settledCash : this.heardCash + this.markedRest());
    const rest = isInterrupted && engine.position.isOpen ? 1 : 0;
    const ends = { entries: ledger.entries, trades: trades.length, unfilled: run.routed?.entriesUnfilled, rest };
    const entries = ends.trades + (ends.unfilled ?? Number.NaN) + rest;
    requireThat(ends.entries === entries, 'every entry becomes a trade, or nothing was filled', ends);
    requireThat(ledger.lateFills === 0, 'no fill comes after the end of its intent', { late: ledger.lateFills });
  }

  /** Each day goes on from the one before, and together they are the run. */
  private requireDays(run: EngineRun): void {
    let capital = run.initialCapital;
    let trades = 0;
    for (const day of run.days) {
      const facts = { date: day.date, before: capital, pnl: day.pnl, capital: day.capital };
      requireThat(this.isNear(capital + day.pnl, day.capital), 'a day begins where the one before ended', facts);
      capital = day.capital;
      trades += day.trades;
    }
    requireThat(this.isNear(capital, run.capital), 'the last day ends with the run', {
      day: capital,
      run: run.capital,
    });
    requireThat(trades === run.trades.length, 'the days count every trade', { days: trades, run: run.trades.length });
  }

  /** Value of what is still held, at the last valid prices. */
  private markedRest(): number {
    let value = 0;
    for (let asset = 0; asset < this.assets; asset++) {
      const qty = this.heardQty[asset] as number;
      if (Math.abs(qty) > this.ledger.toleranceQty(asset)) value += qty * this.rules.lastPxOf(asset);
    }
    return value;
  }

  /** Nothing is on its way: every account has the same positions, and the venue's money is the fills' money. */
  private requireAgreement(): void {
    const { session, ledger, watch } = this;
    for (let asset = 0; asset < this.assets; asset++) {
      const venue = session.venue.positionQty(asset);
      const facts = {
        asset,
        venue,
        reported: ledger.positionQty(asset),
        told: watch.toldQty(asset),
        gate: session.account.qty(asset),
      };
      const tolerance = ledger.toleranceQty(asset);
      const isEqual =
        Math.abs(facts.reported - venue) <= tolerance &&
        Math.abs(facts.told - venue) <= tolerance &&
        Math.abs(facts.gate - venue) <= tolerance;
      requireThat(isEqual, 'at rest every account has the position of the venue', facts);
    }
    this.requireEquity();
    const { account } = session.venue;
    const cash = { venue: account.cashFromFills, reported: ledger.cashFromFills };
    requireThat(this.isNear(cash.venue, cash.reported), "at rest the venue's cash is that of the reported fills", cash);
    const fees = { venue: account.feesPaid, reported: ledger.fees };
    requireThat(
      this.isNear(fees.venue, fees.reported),
      "at rest the venue's fees are those of the reported fills",
      fees,
    );
    const funding = { told: watch.funding, reported: ledger.funding };
    requireThat(this.isNear(funding.told, funding.reported), 'funding is reported as it was told', funding);
  }

  /** Flat: what the pre-trade check takes for equity is the initial capital and what fills and funding made of it. */
  private requireEquity(): void {
    const { ledger, session, engine } = this;
    for (let asset = 0; asset < this.assets; asset++) {
      if (Math.abs(ledger.positionQty(asset)) > ledger.toleranceQty(asset)) return;
    }
    const expected = engine.params.config.initial_capital + ledger.cashFromFills - ledger.fees - ledger.funding;
    const equity = session.account.equity();
    requireThat(this.isNear(equity, expected), "flat, the check's equity is what the fills left", { equity, expected });
  }

  private isOfPosition(assetIndex: number): boolean {
    const { position } = this.engine;
    return position.isOpen && position.assetIndex === assetIndex && position.notional > 0;
  }

  private requireCash(capital: number, cash: number): void {
    const expected = this.engine.params.config.initial_capital + cash;
    requireThat(
      this.isNear(capital, expected),
      'cash is conserved: capital is the initial one and what fills made of it',
      {
        capital,
        expected,
      },
    );
  }

  private isNear(a: number, b: number): boolean {
    return Math.abs(a - b) <= 1e-7 + ROUNDING * this.ledger.turnover;
  }
}
