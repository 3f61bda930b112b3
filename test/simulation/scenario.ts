import type { FaultPlan } from '../../src/exec/venue/fault-plan.ts';
import type { LatencyModel } from '../../src/exec/venue/venue-link.ts';
import type { VenueModel } from '../../src/model/fill-mode.ts';
import type { Instrument } from '../../src/model/instrument.ts';
import { APEX, HIBERNATE, STALKER, TURTLE } from '../../src/model/posture.ts';
import type { SafetyRow } from '../../src/model/safety.ts';
import { createChampionConfig, type StrategyConfig } from '../../src/model/strategy.ts';
import { Draw } from './draw.ts';
import { drawFaults } from './random-faults.ts';
import { drawInstruments } from './random-instruments.ts';

export const FIRST_DAY = 20_458;
const UNIVERSE = ['BTCUSDT', 'ETHUSDT', 'BNBUSDT', 'XRPUSDT', 'TUSDUSDT'];
/** Scans of a whole UTC day at 5 s; an hour has 720. */
export const SCANS_PER_DAY = 17_280;
const CHAMPION_INTERVAL_MS = 5000;
/** At a minute 720 scans are half a day, at ten minutes five days. */
const BAR_INTERVALS_MS = [CHAMPION_INTERVAL_MS, CHAMPION_INTERVAL_MS, 60_000, 600_000] as const;
const DAYS_MAX = 12;

// Streams of one seed, never renumbered, so that a seed keeps its meaning.
const STREAM_STRATEGY = 1;
const STREAM_INSTRUMENTS = 2;
const STREAM_FAULTS = 3;
const STREAM_MARKET = 4;
const STREAM_SAFETY = 5;
const STREAM_OPERATOR = 6;

/** How a market misbehaves. Rates are probabilities per scan. */
export interface MarketPlan {
  /** Standard deviation of a step from scan to scan, as a fraction. */
  readonly volatilityFrac: number;
  /** Whether prices lie on ticks. */
  readonly isOnTicks: boolean;
  readonly signalRate: number;
  /** Of a signal for each asset instead of one for all. */
  readonly assetSignalRate: number;
  readonly missingSignalRate: number;
  /** Per asset: no price on this scan, and none for a while. */
  readonly missingPriceRate: number;
  readonly outageRate: number;
  readonly gapRate: number;
  /** The same frame once more, and an earlier one after a later one. */
  readonly repeatRate: number;
  readonly oldFrameRate: number;
  /** Of a jump to the next UTC day. */
  readonly nextDayRate: number;
  /** Probability that the last frame of a day is said to be it. */
  readonly lastOfDayRate: number;
  /** Of 0.1 s bars between two scans, `resolution: hybrid`; 0 at 5 s. */
  readonly barsRate: number;
  /** Of a funding settlement of one asset. */
  readonly fundingRate: number;
}

/** What the operator does, as probabilities per frame. */
export interface OperatorPlan {
  readonly haltRate: number;
  readonly flattenRate: number;
  readonly resumeRate: number;
  readonly resetRate: number;
}

/** Everything that one seed stands for. */
export interface Scenario {
  readonly seed: number;
  readonly scans: number;
  readonly config: StrategyConfig;
  readonly universe: readonly string[];
  readonly barIntervalMs: number;
  readonly safety: readonly SafetyRow[];
  readonly instruments: readonly Instrument[];
  /** First price of each asset, quote currency. */
  readonly startPx: readonly number[];
  readonly venue: VenueModel;
  readonly faults: FaultPlan;
  /** Of each way. */
  readonly latency: LatencyModel;
  /** Largest notional over capital, by which the pre-trade check is set. */
  readonly maxLeverage: number;
  readonly market: MarketPlan;
  readonly operator: OperatorPlan;
  /** The source stops before its end: nothing is closed. */
  readonly isInterrupted: boolean;
  readonly marketDraw: Draw;
  readonly operatorDraw: Draw;
}

/** The scenario of a seed. @param scans - from {@link SCANS_PER_DAY} on the market stays within its first day or days, without jumps. */
export function drawScenario(seed: number, scans: number): Scenario {
  const draw = new Draw(seed, STREAM_STRATEGY);
  const assets = draw.whole(2, UNIVERSE.length);
  const universe = UNIVERSE.slice(0, assets);
  const config = drawConfig(draw);
  const faultDraw = new Draw(seed, STREAM_FAULTS);
  const barIntervalMs = scans >= SCANS_PER_DAY ? CHAMPION_INTERVAL_MS : draw.pick(BAR_INTERVALS_MS);
  const faults = drawFaults(faultDraw, barIntervalMs);
  const isCalm = draw.chance(0.2);
  return {
    seed,
    scans,
    config,
    universe,
    barIntervalMs,
    safety: drawSafety(new Draw(seed, STREAM_SAFETY)),
    ...drawInstruments(new Draw(seed, STREAM_INSTRUMENTS), universe, config.initial_capital),
    venue: draw.chance(0.5) ? 'book' : 'bars',
    faults,
    latency: drawLatency(faultDraw),
    maxLeverage: draw.pick([1.5, 8, 8, 20]),
    market: drawMarket(draw, config, scans, isCalm),
    operator: drawOperator(new Draw(seed, STREAM_OPERATOR)),
    isInterrupted: draw.chance(0.15),
    marketDraw: new Draw(seed, STREAM_MARKET, 1),
    operatorDraw: new Draw(seed, STREAM_OPERATOR, 1),
  };
}

/** Gates that open soon and often, short holds, tight targets and limits. */
function drawConfig(draw: Draw): StrategyConfig {
  const closesAtDayEnd = draw.chance(0.7);
  return {
    ...createChampionConfig(),
    vel_div_threshold: -0.02,
    fixed_tp_pct: draw.logBetween(0.0003, 0.01),
    stop_pct: draw.chance(0.5) ? 1 : draw.logBetween(0.0005, 0.01),
    max_hold_bars: draw.whole(1, draw.chance(0.2) ? 120 : 20),
    fraction: draw.logBetween(0.02, 1),
    min_leverage: draw.pick([0.5, 1]),
    max_leverage: draw.pick([1, 3, 5]),
    dc_lookback_bars: draw.whole(1, 4),
    dc_min_magnitude_bps: draw.pick([-1e6, 0, 0.75]),
    min_irp_alignment: draw.pick([0, 0, 0.25]),
    direction: draw.pick(['short', 'long', 'both', 'both']),
    lookback: draw.whole(1, 5),
    vol_window: draw.whole(2, 6),
    vol_p60: 0,
    warmup_bars: draw.whole(0, 8),
    initial_capital: draw.pick([25_000, 25_000, 1000, 60]),
    close_at_day_end: closesAtDayEnd,
    carry_positions: !closesAtDayEnd,
    use_alpha_layers: draw.chance(0.7),
    use_dynamic_leverage: draw.chance(0.7),
    daily_loss_limit_pct: draw.chance(0.4) ? draw.logBetween(0.0002, 0.005) : 0.1,
    max_consecutive_losses: draw.chance(0.15) ? draw.whole(1, 4) : null,
    resolution: draw.chance(0.2) ? 'hybrid' : '5s',
  };
}

function drawMarket(draw: Draw, config: StrategyConfig, scans: number, isCalm: boolean): MarketPlan {
  const isWholeDay = scans >= SCANS_PER_DAY;
  return {
    volatilityFrac: draw.logBetween(0.00005, 0.003),
    isOnTicks: draw.chance(0.8),
    signalRate: isWholeDay ? draw.between(0.02, 0.4) : draw.between(0.1, 0.8),
    assetSignalRate: draw.chance(0.2) ? 0.3 : 0,
    missingSignalRate: isCalm ? 0 : 0.01,
    missingPriceRate: isCalm ? 0 : draw.pick([0, 0.01, 0.2]),
    outageRate: isCalm ? 0 : draw.pick([0, 0.005]),
    gapRate: isCalm ? 0 : draw.pick([0, 0.01]),
    repeatRate: isCalm ? 0 : draw.pick([0, 0.02]),
    oldFrameRate: isCalm ? 0 : draw.pick([0, 0.02]),
    nextDayRate: isWholeDay ? 0 : draw.pick([0, 0, 2 / scans]),
    lastOfDayRate: draw.pick([1, 1, 0.5, 0]),
    barsRate: config.resolution === 'hybrid' ? 0.3 : 0,
    fundingRate: draw.pick([0, 0.01]),
  };
}

function drawLatency(draw: Draw): LatencyModel {
  const isSlow = draw.chance(0.15);
  return {
    minMs: isSlow ? draw.between(100, 1900) : draw.logBetween(0.001, 100),
    meanExtraMs: isSlow ? draw.between(100, 4000) : draw.logBetween(0.001, 300),
  };
}

function drawSafety(draw: Draw): SafetyRow[] {
  const rows: SafetyRow[] = [];
  for (let day = FIRST_DAY; day < FIRST_DAY + DAYS_MAX; day++) {
    if (draw.chance(0.6)) continue; // a day without a row is APEX
    rows.push({ day, posture: draw.pick([APEX, STALKER, TURTLE, HIBERNATE, HIBERNATE]), rm: draw.between(0.4, 1) });
  }
  return rows;
}

function drawOperator(draw: Draw): OperatorPlan {
  if (draw.chance(0.5)) return { haltRate: 0, flattenRate: 0, resumeRate: 0, resetRate: 0 };
  return {
    haltRate: draw.pick([0, 0.01]),
    flattenRate: draw.pick([0, 0.02, 0.1]),
    resumeRate: 0.1,
    resetRate: draw.pick([0, 0.02]),
  };
}
