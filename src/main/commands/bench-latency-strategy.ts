import { NO_FAULTS } from '../../exec/venue/fault-plan.ts';
import { createChampionConfig, type StrategyConfig } from '../../model/strategy.ts';
import { DEFAULT_LATENCY, type RoutedSessionOptions } from '../../workers/routed/routed-session-options.ts';

/** From scan to scan in event time: a day then has room for more scans than any run measures. */
export const BAR_INTERVAL_MS = 1000;

/**
 * The champion in a hurry: it computes all that the champion computes, but every gate is open and a position is held for
 * one bar, so that every frame ends in an intent. Tiny positions and no daily limit: it can never run out of capital.
 */
export function eagerStrategy(): StrategyConfig {
  return {
    ...createChampionConfig(),
    bar_interval_ms: BAR_INTERVAL_MS,
    max_hold_bars: 1,
    min_irp_alignment: 0,
    dc_min_magnitude_bps: -10_000,
    vol_p60: 0,
    fraction: 1e-4,
    min_notional: 0,
    daily_loss_limit_pct: 1e6,
  };
}

/** Made-up symbols, the reference asset first. */
export function universeOf(assets: number): readonly string[] {
  const { reference_asset } = createChampionConfig();
  return Array.from({ length: assets }, (_, a) => (a === 0 ? reference_asset : `ASSET${a}USDT`));
}

/** Price steps that no made-up price notices, any size, half a basis point of spread. */
const MADE_UP_INSTRUMENT = { tickPx: 1e-8, lotQty: 0, minNotional: 0, halfSpreadBps: 0.5, assumed: [] } as const;

/** Execution at a simulated venue of bars on which nothing goes wrong: every order of the eager strategy is let through. */
export function routedOptions(assets: number): RoutedSessionOptions {
  const { initial_capital, fraction, abs_max_leverage } = eagerStrategy();
  return {
    venue: 'bars',
    instruments: universeOf(assets).map((symbol) => ({ symbol, ...MADE_UP_INSTRUMENT })),
    seed: 1,
    runEpoch: 1,
    barIntervalMs: BAR_INTERVAL_MS,
    initialCapital: initial_capital,
    maxLeverage: fraction * abs_max_leverage,
    latency: DEFAULT_LATENCY,
    faults: NO_FAULTS,
  };
}
