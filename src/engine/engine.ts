import { Histories } from '../alpha/histories.ts';
import { Mt19937 } from '../alpha/kernels/mt19937.ts';
import { type ExitParams, exitReason } from '../alpha/layers/exits.ts';
import {
  type LeverageParams,
  leverageCeiling,
  regimeSizeMultiplier,
  signalLeverage,
} from '../alpha/layers/leverage.ts';
import { ProxyBoost } from '../alpha/layers/proxy-boost.ts';
import { isVelDivUsable, signedStrength, strengthBucket } from '../alpha/layers/signal-gate.ts';
import { drawFee, expectedFee, type FeeSchedule } from '../alpha/layers/smart-placer.ts';
import {
  PercentileVolatilityDetector,
  ThresholdVolatilityDetector,
  type VolatilityDetector,
} from '../alpha/layers/volatility.ts';
import { BOOK_REFUSED, OrderBookFeatures } from '../alpha/order-book.ts';
import type { DayResult } from '../model/day-result.ts';
import { LONG, SHORT } from '../model/direction.ts';
import { DAY_END, EXIT_HIBERNATE } from '../model/exit-reason.ts';
import {
  FLAG_ASSET_VEL_DIV,
  type FrameView,
  SIGNAL_INSTABILITY_50,
  SIGNAL_V750,
  SIGNAL_VEL_DIV,
} from '../model/frame.ts';
import { createIntent, INTENT_ENTRY, INTENT_EXIT, type IntentSink } from '../model/intent.ts';
import { APEX, HIBERNATE, POSTURE_NAMES, type Posture } from '../model/posture.ts';
import { isValidPrice } from '../model/price.ts';
import { dateFromDay, nsBetween } from '../model/time.ts';
import type { EngineRun } from '../model/trade.ts';
import { NextBarPrices } from '../portfolio/next-bar-prices.ts';
import { OpenPosition } from '../portfolio/open-position.ts';
import { type TradeClose, TradeLog } from '../portfolio/trade-log.ts';
import {
  AdaptiveCircuitBreaker,
  applyCutToPositionSize,
  clampBeta,
  clampBoost,
} from '../risk/adaptive-circuit-breaker.ts';
import { CircuitBreakerManager } from '../risk/circuit-breaker.ts';
import {
  clampScale,
  type Forewarner,
  type ForewarnerVerdict,
  isMcGateOpen,
  NULL_FOREWARNER,
} from '../risk/forewarner.ts';
import { DayTally, GATE_SIZING } from './day-tally.ts';
import { EntryDecision } from './entry-decision.ts';
import type { RunParams } from './run-params.ts';

/** Regime of a day as it holds now: postures, boosts, the forewarner's verdict. */
export interface DayRegime {
  readonly posture: Posture;
  readonly rm: number;
  readonly boostShort: number;
  readonly boostLong: number;
  readonly beta: number;
  /** Share of each position that is cut away; 0 unless `use_cut`. */
  readonly cut: number;
  readonly mc: ForewarnerVerdict;
  /** Factor of the proxy boost for this bar. */
  readonly proxy: number;
}

const GAP_INTERVALS = 2.5;
const STALE_FILL_BARS = 24;

/**
 * NDAlphaEngine: the seven layers over one UTC day at a time. A deterministic machine: it reads no clock and no
 * environment, its only randomness is its seeded generator, and its step allocates nothing.
 *
 * Life: `beginDay`, then `applyBook` and `step` in event order, then `endDay`. Semantics §3 to §7; spec 1.0 §8.
 */
export class AlphaEngine {
  readonly params: RunParams;
  readonly histories: Histories;
  readonly breaker: CircuitBreakerManager;
  readonly tally = new DayTally();
  readonly position = new OpenPosition();
  /** Realised capital, USDT. */
  capital: number;
  /** Lifetime index of the next bar. */
  lifetimeBar = 0;

  private readonly entry: EntryDecision;
  private readonly volatilityDetector: VolatilityDetector;
  private readonly proxyBoost = new ProxyBoost();
  private readonly random: Mt19937;
  private readonly trades = new TradeLog();
  private readonly nextBarPrices: NextBarPrices;
  private readonly days: DayResult[] = [];
  private readonly intents: IntentSink;
  private readonly intent = createIntent();
  private readonly fees: FeeSchedule;
  private readonly leverageParams: LeverageParams;
  private readonly exitParams: ExitParams;
  private readonly close: TradeClose;

  private orderBookFeatures: OrderBookFeatures;
  private acb = new AdaptiveCircuitBreaker([]);
  private forewarner: Forewarner = NULL_FOREWARNER;

  private day = Number.NaN;
  private posture: Posture = APEX;
  private rm = 1;
  private boostShort = 1;
  private boostLong = 1;
  private betaOfDay = 0;
  private cut = 0;
  private mc: ForewarnerVerdict = { status: 'OFF', scale: 1 };
  private barIndex = 0;
  private lastDay = 0;
  private lastNsOfDay = Number.NaN;
  private capitalAtDayStart: number;
  private markedPeak: number;
  private markedDrawdown = 0;
  private intentCount = 0;

  /** @param intents - told of every decided entry and exit, inside the step. */
  constructor(params: RunParams, intents: IntentSink) {
    const { config, universe, excluded } = params;
    const assets = universe.length;
    this.params = params;
    this.intents = intents;
    this.capital = config.initial_capital;
    this.capitalAtDayStart = config.initial_capital;
    this.markedPeak = config.initial_capital;
    this.random = new Mt19937(config.seed);
    this.histories = new Histories({
      assets,
      excluded,
      referenceAsset: params.referenceAsset,
      lookbackBars: config.lookback,
      volWindowBars: config.vol_window,
    });
    this.orderBookFeatures = new OrderBookFeatures(assets, excluded);
    this.breaker = new CircuitBreakerManager({
      dailyLossFrac: config.daily_loss_limit_pct,
      maxConsecutiveLosses: config.max_consecutive_losses,
    });
    this.volatilityDetector =
      config.vol_detector === 'percentile'
        ? new PercentileVolatilityDetector(this.histories)
        : new ThresholdVolatilityDetector(this.histories, params.minVolatility);
    this.nextBarPrices = new NextBarPrices(assets, this.trades);
    this.entry = new EntryDecision(params, this, this.tally);
    this.fees = { makerFee: config.maker_fee, takerFee: config.taker_fee, isSampled: config.fee_draw === 'sampled' };
    this.leverageParams = deriveLeverageParams(params);
    this.exitParams = { takeProfitFrac: config.fixed_tp_pct, stopFrac: config.stop_pct };
    this.close = createTradeClose();
  }

  /** Order-book features; replaceable by a provider that fills them from elsewhere. */
  get book(): OrderBookFeatures {
    return this.orderBookFeatures;
  }

  get volatility(): VolatilityDetector {
    return this.volatilityDetector;
  }

  /** Boost of the configured side (SHORT's with both), as reports show it. */
  get boost(): number {
    return this.params.directionRule === LONG ? this.boostLong : this.boostShort;
  }

  get beta(): number {
    return this.betaOfDay;
  }

  /** Bars of today so far. */
  get barsToday(): number {
    return this.barIndex;
  }

  /** Intents decided so far, entries and exits. */
  get intentsDecided(): number {
    return this.intentCount;
  }

  /** What the day says about size and permission, for whoever explains a decision. Allocates. */
  get regime(): DayRegime {
    return {
      posture: this.posture,
      rm: this.rm,
      boostShort: this.boostShort,
      boostLong: this.boostLong,
      beta: this.betaOfDay,
      cut: this.cut,
      mc: this.mc,
      proxy: this.proxyBoost.factor,
    };
  }

  /** True while the forewarner lets positions open. */
  get isMcGateOpen(): boolean {
    return isMcGateOpen(this.mc);
  }

  setOrderBook(book: OrderBookFeatures): void {
    this.orderBookFeatures = book;
  }

  setAcb(acb: AdaptiveCircuitBreaker): void {
    this.acb = acb;
  }

  setMcForewarner(forewarner: Forewarner): void {
    this.forewarner = forewarner;
  }

  /**
   * Replaces the day's boost and beta, for both sides, until the next update or day (semantics §6.2).
   * @returns false when they are not two finite numbers: refused and counted.
   */
  updateAcbBoost(boost: number, beta: number): boolean {
    if (!Number.isFinite(boost) || !Number.isFinite(beta)) {
      this.tally.acbRejected++;
      return false;
    }
    this.boostShort = clampBoost(boost);
    this.boostLong = this.boostShort;
    this.betaOfDay = clampBeta(beta);
    return true;
  }

  /** The risk gate: breaker and forewarner both let positions open. */
  canOpen(): boolean {
    return this.breaker.canOpen() && this.isMcGateOpen;
  }

  /**
   * Starts a UTC day: histories, funnel, counters and the generator begin anew; capital, trades, an open position that
   * is carried and the lifetime bar go on.
   */
  beginDay(day: number, posture: Posture, rm: number): void {
    this.day = day;
    this.posture = posture;
    this.rm = rm;
    const acb = this.acb.forDay(day);
    this.boostShort = acb.boostShort;
    this.boostLong = acb.boostLong;
    this.betaOfDay = acb.beta;
    this.cut = this.params.config.use_cut ? acb.cut : 0;
    this.mc = clampScale(this.forewarner.assess(day));
    this.barIndex = 0;
    this.capitalAtDayStart = this.capital;
    this.tally.reset();
    this.histories.reset();
    this.volatilityDetector.reset();
    this.proxyBoost.reset();
    this.orderBookFeatures.reset();
    this.nextBarPrices.beginDay();
    this.breaker.beginDay(this.capital);
    this.random.reseed(this.params.config.seed);
  }

  /** Takes one order-book snapshot of today: a BOOK frame. */
  applyBook(frame: FrameView): void {
    const answer = this.orderBookFeatures.apply(
      frame.assetIndex,
      frame.tsEventDay,
      frame.tsEventNsOfDay,
      frame.payload,
    );
    if (answer === BOOK_REFUSED) this.tally.obRefused++;
  }

  /**
   * Takes one scan: histories, then exits, then entry (semantics §3). The frame is not kept.
   * @param canEnter - false bars entries on this bar (stale data); exits are still managed.
   */
  step(scan: FrameView, canEnter: boolean): void {
    const isAfterGap = this.countSignalAndGap(scan);
    this.nextBarPrices.onBar(scan.payload);
    const isFlat = this.position.direction === 0;
    if (this.posture === HIBERNATE && isFlat) this.tally.invalidPrices += this.countInvalidPrices(scan.payload);
    else {
      this.updateHistories(scan, isAfterGap);
      if (!isFlat) this.manageExit(scan);
      else if (canEnter && this.entry.decide(scan, this.barIndex)) this.openPosition(scan);
    }
    this.lastDay = scan.tsEventDay;
    this.lastNsOfDay = scan.tsEventNsOfDay;
    this.barIndex++;
    this.lifetimeBar++;
    this.tally.bars++;
  }

  /** Ends the day: closes an open position when the strategy says so, and returns the day's result. Allocates. */
  endDay(): DayResult {
    if (this.params.config.close_at_day_end && this.position.isOpen) this.closeAtDayEnd();
    return this.recordDay();
  }

  /** Ends an interrupted day: as it stands, no position is closed. */
  suspendDay(): DayResult {
    return this.recordDay();
  }

  /** Everything so far, for reports. Allocates. */
  run(): EngineRun {
    return {
      days: [...this.days],
      trades: this.trades.records(this.params.universe),
      initialCapital: this.params.config.initial_capital,
      capital: this.capital,
      maxDrawdownMarked: this.markedDrawdown,
      warnings: this.warnings(),
    };
  }

  private warnings(): string[] {
    const warnings: string[] = [];
    if (this.forewarner === NULL_FOREWARNER) {
      warnings.push('No MC-Forewarner model: its size factor is 1 and its gate is open.');
    }
    const permitted = this.volatilityDetector.permissiveBars;
    if (permitted > 0) {
      warnings.push(`The volatility detector let ${permitted} bars pass before it had enough history.`);
    }
    return warnings;
  }

  private recordDay(): DayResult {
    const result: DayResult = {
      date: dateFromDay(this.day),
      pnl: this.capital - this.capitalAtDayStart,
      trades: this.tally.trades,
      capital: this.capital,
      bars: this.tally.bars,
      boost: this.boost,
      beta: this.betaOfDay,
      posture: POSTURE_NAMES[this.posture],
      mcStatus: this.mc.status,
      staleState: this.tally.staleStateEvents > 0,
      funnel: this.tally.funnel(),
      counters: this.tally.counters(),
    };
    this.days.push(result);
    return result;
  }

  /** Counts, whatever the posture, a scan without a signal and one that comes after a gap; true after a gap. */
  private countSignalAndGap(scan: FrameView): boolean {
    const { tally, params } = this;
    const hasGlobalSignal = (scan.flags & FLAG_ASSET_VEL_DIV) === 0;
    if (hasGlobalSignal && !isVelDivUsable(scan.signals[SIGNAL_VEL_DIV]!)) tally.missingSignals++;
    if (this.barIndex === 0) return false;
    const sinceLastNs = nsBetween(this.lastDay, this.lastNsOfDay, scan.tsEventDay, scan.tsEventNsOfDay);
    const isAfterGap = sinceLastNs > GAP_INTERVALS * params.barIntervalNs;
    if (isAfterGap) tally.gaps++;
    return isAfterGap;
  }

  private countInvalidPrices(prices: Float64Array): number {
    const { included } = this.histories;
    let invalid = 0;
    for (let k = 0; k < included.length; k++) if (!isValidPrice(prices[included[k]!]!)) invalid++;
    return invalid;
  }

  private updateHistories(scan: FrameView, isAfterGap: boolean): void {
    this.tally.invalidPrices += this.histories.append(scan.payload, isAfterGap);
    this.volatilityDetector.onBar();
    if (this.params.config.boost_mode === 'proxyB') {
      this.proxyBoost.onBar(scan.signals[SIGNAL_INSTABILITY_50]!, scan.signals[SIGNAL_V750]!);
    }
  }

  private manageExit(scan: FrameView): void {
    const { position } = this;
    position.barsHeld++;
    const isOverdue = this.isOverdue(scan);
    const price = scan.payload[position.assetIndex]!;
    if (!isValidPrice(price)) {
      if (isOverdue && !position.isLateCounted) this.countLateExit();
      return;
    }
    position.lastPrice = price;
    position.lastPriceBar = this.lifetimeBar;
    const change = position.change(price);
    const equity = this.capital + change * position.notional;
    this.markEquity(equity);
    const isLossLimitHit = this.breaker.onEquity(equity);
    const reason =
      this.posture === HIBERNATE ? EXIT_HIBERNATE : exitReason(this.exitParams, change, isLossLimitHit, isOverdue);
    if (reason !== 0) this.closePosition(reason, price, scan.tsEventDay, scan.tsEventNsOfDay, this.lifetimeBar);
  }

  private isOverdue(scan: FrameView): boolean {
    const { position, params } = this;
    if (position.barsHeld >= params.config.max_hold_bars) return true;
    const heldNs = nsBetween(position.entryDay, position.entryNsOfDay, scan.tsEventDay, scan.tsEventNsOfDay);
    return heldNs >= params.maxHoldNs;
  }

  private countLateExit(): void {
    this.position.isLateCounted = true;
    this.tally.lateExits++;
  }

  private openPosition(scan: FrameView): void {
    const { entry, params, position, tally } = this;
    const { config } = params;
    const direction = entry.chosenDirection;
    const velDiv = entry.chosenVelDiv;
    const strength = signedStrength(direction, velDiv);
    const leverage = this.leverage(direction, velDiv, strength);
    const notional = applyCutToPositionSize(this.capital * config.fraction * leverage, this.cut);
    if (!tally.gate(GATE_SIZING, this.capital > 0 && notional >= config.min_notional)) return;

    const asset = entry.chosenAsset;
    if (!entry.chosenHasBook) tally.obMissing++;
    const makerRate = entry.chosenHasBook ? this.orderBookFeatures.fillProbability[asset]! : config.sp_maker_entry_rate;
    position.direction = direction;
    position.assetIndex = asset;
    position.entryPrice = scan.payload[asset]!;
    position.lastPrice = position.entryPrice;
    position.lastPriceBar = this.lifetimeBar;
    position.notional = notional;
    position.qty = notional / position.entryPrice;
    position.leverage = leverage;
    position.entryFee = drawFee(this.fees, makerRate, this.random);
    position.entryFeeExpected = expectedFee(this.fees, makerRate);
    position.bucket = strengthBucket(strength);
    position.entryBar = this.lifetimeBar;
    position.entryDay = scan.tsEventDay;
    position.entryNsOfDay = scan.tsEventNsOfDay;
    position.barsHeld = 0;
    position.isLateCounted = false;
    position.tradeIndex = this.trades.open(position);
    this.nextBarPrices.onEntry(position.tradeIndex, asset);
    this.emitIntent(INTENT_ENTRY, 0, position.entryPrice, scan.tsEventDay, scan.tsEventNsOfDay, this.lifetimeBar);
  }

  private leverage(direction: number, velDiv: number, strength: number): number {
    const { config } = this.params;
    const boost = direction === SHORT ? this.boostShort : this.boostLong;
    const multiplier = regimeSizeMultiplier(config.vel_div_threshold, velDiv, boost, this.betaOfDay, this.mc.scale);
    const ceiling = leverageCeiling(config.abs_max_leverage, this.posture, this.rm);
    const wanted = signalLeverage(this.leverageParams, strength) * multiplier * this.proxyBoost.factor;
    const floored = Math.max(wanted, config.min_leverage);
    if (floored > ceiling) this.tally.leverageCapped++;
    return Math.min(floored, ceiling);
  }

  private closeAtDayEnd(): void {
    const { position } = this;
    const barsOld = this.lifetimeBar - 1 - position.lastPriceBar;
    if (barsOld > STALE_FILL_BARS) this.tally.staleFills++;
    this.closePosition(DAY_END, position.lastPrice, this.lastDay, this.lastNsOfDay, this.lifetimeBar - 1);
  }

  private closePosition(reason: number, price: number, day: number, nsOfDay: number, lifetimeBar: number): void {
    const { position, close, params } = this;
    const exitRate = params.config.sp_maker_exit_rate;
    const exitFee = drawFee(this.fees, exitRate, this.random);
    const gross = position.direction * (price / position.entryPrice - 1) * position.notional;
    close.fees = position.notional * position.entryFee + position.qty * price * exitFee;
    close.feesExpected =
      position.notional * position.entryFeeExpected + position.qty * price * expectedFee(this.fees, exitRate);
    close.pnl = gross - close.fees;
    this.capital += close.pnl;
    close.capital = this.capital;
    close.day = day;
    close.nsOfDay = nsOfDay;
    close.lifetimeBar = lifetimeBar;
    close.reason = reason;
    close.price = price;
    this.trades.close(position, close);
    this.nextBarPrices.onExit(position.tradeIndex, position.assetIndex);
    this.emitIntent(INTENT_EXIT, reason, price, day, nsOfDay, lifetimeBar);
    position.direction = 0;
    this.tally.trades++;
    this.markEquity(this.capital);
    this.breaker.onTradeClosed(close.pnl, this.capital);
  }

  private markEquity(equity: number): void {
    if (equity > this.markedPeak) this.markedPeak = equity;
    const drawdown = (this.markedPeak - equity) / this.markedPeak;
    if (drawdown > this.markedDrawdown) this.markedDrawdown = drawdown;
  }

  private emitIntent(
    kind: number,
    reason: number,
    price: number,
    day: number,
    nsOfDay: number,
    lifetimeBar: number,
  ): void {
    const { intent, position } = this;
    intent.sequence = this.intentCount++;
    intent.kind = kind;
    intent.direction = position.direction;
    intent.reason = reason;
    intent.assetIndex = position.assetIndex;
    intent.tsEventDay = day;
    intent.tsEventNsOfDay = nsOfDay;
    intent.price = price;
    intent.qty = position.qty;
    intent.notional = position.notional;
    intent.leverage = position.leverage;
    intent.lifetimeBar = lifetimeBar;
    this.intents.emit(intent);
  }
}

/** Parameters of layer 6 as the configuration names them. */
export function deriveLeverageParams(params: RunParams): LeverageParams {
  const { config } = params;
  return {
    threshold: config.vel_div_threshold,
    extreme: config.vel_div_extreme,
    minLeverage: config.min_leverage,
    maxLeverage: config.max_leverage,
    absMaxLeverage: config.abs_max_leverage,
    convexity: config.leverage_convexity,
    isDynamic: config.use_dynamic_leverage,
  };
}

function createTradeClose(): TradeClose {
  const unset = Number.NaN;
  return {
    day: 0,
    nsOfDay: unset,
    lifetimeBar: 0,
    reason: 0,
    price: unset,
    fees: unset,
    feesExpected: unset,
    pnl: unset,
    capital: unset,
  };
}
