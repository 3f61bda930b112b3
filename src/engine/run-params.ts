import type { LeverageParams } from '../alpha/layers/leverage.ts';
import { LONG, SHORT } from '../model/direction.ts';
import type { StrategyConfig } from '../model/strategy.ts';
import { NS_PER_MS } from '../model/time.ts';

/** The bar interval that `vol_p60` was calibrated at. */
const CALIBRATED_INTERVAL_MS = 5000;

/** What a run derives from a strategy, a universe and a bar interval, once. */
export interface RunParams {
  readonly config: StrategyConfig;
  readonly universe: readonly string[];
  readonly barIntervalNs: number;
  /** `vol_p60` at this bar interval. */
  readonly minVolatility: number;
  readonly maxHoldNs: number;
  readonly referenceAsset: number;
  /** Length assets, 1 = excluded. */
  readonly excluded: Uint8Array;
  /** SHORT, LONG, or 0 for both. */
  readonly directionRule: number;
}

/**
 * @param barIntervalMs - the interval that holds for this run; volatility scales with its square root.
 * @throws RangeError when the reference asset is not in the universe or is excluded.
 */
export function deriveRunParams(config: StrategyConfig, universe: readonly string[], barIntervalMs: number): RunParams {
  const referenceAsset = universe.indexOf(config.reference_asset);
  if (referenceAsset < 0 || config.excluded_assets.includes(config.reference_asset)) {
    throw new RangeError(`reference_asset must be in the universe and not excluded, was "${config.reference_asset}"`);
  }
  const barIntervalNs = barIntervalMs * NS_PER_MS;
  return {
    config,
    universe,
    barIntervalNs,
    minVolatility: config.vol_p60 * Math.sqrt(barIntervalMs / CALIBRATED_INTERVAL_MS),
    maxHoldNs: config.max_hold_bars * barIntervalNs,
    referenceAsset,
    excluded: Uint8Array.from(universe, (symbol) => (config.excluded_assets.includes(symbol) ? 1 : 0)),
    directionRule: config.direction === 'short' ? SHORT : config.direction === 'long' ? LONG : 0,
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
