import type { LeverageParams } from '../alpha/layers/leverage.ts';
import { LONG, SHORT } from '../model/direction.ts';
import type { FillMode } from '../model/fill-mode.ts';
import { InputError } from '../model/input-error.ts';
import type { StrategyConfig } from '../model/strategy.ts';
import { NS_PER_MS } from '../model/time.ts';
import { inSteps, resolutionProblem, stepsPerBar } from './resolution.ts';

/** The bar interval that `vol_p60` was calibrated at. */
const CALIBRATED_INTERVAL_MS = 5000;
/** A price older than this many bars, taken at the end of a day, is a stale fill (semantics §3). */
const STALE_FILL_BARS = 24;

/** What a run derives from a strategy, a universe and a bar interval, once. */
export interface RunParams {
  /** The strategy, its counts of bars in steps: as it was, but at `resolution: 0.1s` (semantics §10). */
  readonly config: StrategyConfig;
  readonly universe: readonly string[];
  /** From step to step: the bar interval of the run, or 0.1 s at that resolution. */
  readonly barIntervalNs: number;
  /** From scan to scan: the bar interval of the run. */
  readonly scanIntervalNs: number;
  /** Steps in a bar of the strategy's counts. */
  readonly stepsPerBar: number;
  /** `vol_p60` at the interval of a step. */
  readonly minVolatility: number;
  /** Age of a price in steps, beyond which it is stale at a day's end. */
  readonly staleFillBars: number;
  readonly maxHoldNs: number;
  readonly referenceAsset: number;
  /** Length assets, 1 = excluded. */
  readonly excluded: Uint8Array;
  /** SHORT, LONG, or 0 for both. */
  readonly directionRule: number;
  /** How decisions become fills. */
  readonly fills: FillMode;
}

/**
 * @param barIntervalMs - from scan to scan, as it holds for this run; volatility scales with its square root.
 * @throws InputError when the strategy's resolution does not fit the bar interval; RangeError when the reference asset is not in the universe or is excluded.
 */
export function deriveRunParams(
  config: StrategyConfig,
  universe: readonly string[],
  barIntervalMs: number,
  fills: FillMode = 'analytic',
): RunParams {
  const referenceAsset = universe.indexOf(config.reference_asset);
  if (referenceAsset < 0 || config.excluded_assets.includes(config.reference_asset)) {
    throw new RangeError(`reference_asset must be in the universe and not excluded, was "${config.reference_asset}"`);
  }
  const problem = resolutionProblem(config, barIntervalMs);
  if (problem !== null) throw new InputError(problem);
  const scanIntervalNs = barIntervalMs * NS_PER_MS;
  const steps = stepsPerBar(config, barIntervalMs);
  return {
    config: inSteps(config, steps),
    universe,
    barIntervalNs: scanIntervalNs / steps,
    scanIntervalNs,
    stepsPerBar: steps,
    minVolatility: (config.vol_p60 * Math.sqrt(barIntervalMs / CALIBRATED_INTERVAL_MS)) / Math.sqrt(steps),
    staleFillBars: STALE_FILL_BARS * steps,
    maxHoldNs: config.max_hold_bars * scanIntervalNs,
    referenceAsset,
    excluded: Uint8Array.from(universe, (symbol) => (config.excluded_assets.includes(symbol) ? 1 : 0)),
    directionRule: config.direction === 'short' ? SHORT : config.direction === 'long' ? LONG : 0,
    fills,
  };
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
