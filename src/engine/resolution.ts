import { PRICE_HISTORY_MAX_BARS, SIGN_LOOKBACK_MAX_BARS } from '../alpha/histories.ts';
import { BAR_MS } from '../model/resolution.ts';
import type { StrategyConfig } from '../model/strategy.ts';

/** Keys that count bars; at `resolution: 0.1s` a bar of theirs is as many steps as there are 0.1 s bars in a scan. */
const BAR_COUNT_KEYS = [
  'max_hold_bars',
  'dc_lookback_bars',
  'lookback',
  'vol_window',
  'warmup_bars',
] as const satisfies readonly (keyof StrategyConfig)[];

/** Steps of the engine in one bar of a strategy's counts: 50 at `resolution: 0.1s` and scans of 5 s, else 1. */
export function stepsPerBar(config: StrategyConfig, barIntervalMs: number): number {
  return config.resolution === '0.1s' ? barIntervalMs / BAR_MS : 1;
}

/** The strategy with its counts of bars in steps. Everything else is as it was. */
export function inSteps(config: StrategyConfig, steps: number): StrategyConfig {
  if (steps === 1) return config;
  const scaled = BAR_COUNT_KEYS.map((key) => [key, config[key] * steps] as const);
  return { ...config, ...Object.fromEntries(scaled) };
}

/**
 * What forbids a strategy's resolution at a bar interval: one sentence with key, value and rule, or null.
 * @param barIntervalMs - from scan to scan.
 */
export function resolutionProblem(config: StrategyConfig, barIntervalMs: number): string | null {
  const { resolution, scanner_rate: rate, lookback, dc_lookback_bars: momentumBars } = config;
  if (rate === '10hz' && resolution !== '0.1s') {
    return `scanner_rate 10hz needs resolution 0.1s, was ${resolution}: no other asks for a signal between two scans`;
  }
  if (resolution === '5s') return null;
  const steps = barIntervalMs / BAR_MS;
  if (!(steps > 1) || (resolution === '0.1s' && !Number.isInteger(steps))) {
    return `resolution ${resolution} needs a bar interval that is a multiple of ${BAR_MS} ms and longer, was ${barIntervalMs} ms`;
  }
  if (resolution === 'hybrid') return null;
  const longest = Math.floor(SIGN_LOOKBACK_MAX_BARS / steps);
  if (lookback > longest) {
    return `lookback must be at most ${longest} with resolution 0.1s and a bar interval of ${barIntervalMs} ms (${SIGN_LOOKBACK_MAX_BARS} steps), was ${lookback}`;
  }
  // Prices kept are those of the look-back: 500 bars of 5 s are 25,000 steps.
  const mostMomentumSteps = PRICE_HISTORY_MAX_BARS * 50;
  if (momentumBars * steps >= mostMomentumSteps) {
    return `dc_lookback_bars must be below ${mostMomentumSteps / steps} with resolution 0.1s and a bar interval of ${barIntervalMs} ms, was ${momentumBars}`;
  }
  return null;
}
