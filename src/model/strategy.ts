import type { DirectionRule } from './direction.ts';
import type { Resolution, ScannerRate } from './resolution.ts';

/** The 15 frozen parameters; the champion hash is taken over exactly these (semantics §2). */
export interface ChampionParams {
  readonly vel_div_threshold: number;
  readonly vel_div_extreme: number;
  readonly fixed_tp_pct: number;
  readonly max_hold_bars: number;
  readonly fraction: number;
  readonly min_leverage: number;
  readonly max_leverage: number;
  readonly abs_max_leverage: number;
  readonly leverage_convexity: number;
  readonly dc_lookback_bars: number;
  readonly dc_min_magnitude_bps: number;
  readonly min_irp_alignment: number;
  readonly sp_maker_entry_rate: number;
  readonly sp_maker_exit_rate: number;
  readonly seed: number;
}

/**
 * Everything that a strategy may set. Keys keep the spelling of the YAML files and of spec 1.0, so that a config,
 * a report and the code name one thing by one name. Values here are unscaled: the bar interval of a run may scale
 * `vol_p60`, and `resolution: 0.1s` scales it and the counts of bars.
 */
export interface StrategyConfig extends ChampionParams {
  readonly direction: DirectionRule;
  readonly bar_interval_ms: number;
  readonly stop_pct: number;
  readonly lookback: number;
  readonly vol_window: number;
  readonly vol_p60: number;
  readonly warmup_bars: number;
  readonly ob_edge_bps: number;
  readonly ob_confirm_rate: number;
  readonly ob_min_fill_probability: number;
  readonly maker_fee: number;
  readonly taker_fee: number;
  readonly initial_capital: number;
  readonly reference_asset: string;
  readonly excluded_assets: readonly string[];
  readonly fee_draw: 'sampled' | 'expected';
  readonly close_at_day_end: boolean;
  readonly carry_positions: boolean;
  readonly boost_mode: 'none' | 'proxyB';
  readonly use_alpha_layers: boolean;
  readonly use_dynamic_leverage: boolean;
  readonly use_cut: boolean;
  readonly min_notional: number;
  readonly daily_loss_limit_pct: number;
  readonly max_consecutive_losses: number | null;
  readonly vol_detector: 'threshold' | 'percentile';
  readonly resolution: Resolution;
  readonly scanner_rate: ScannerRate;
  /** Postures from a survival stack over the run's own frames, for days without a row in `safety.csv`. */
  readonly survival: boolean;
  /** `scan`: one divergence for all assets, as the scan brings it. `asset`: each scan is taken as a signal per asset. */
  readonly signals: 'scan' | 'asset';
}

export const CHAMPION_PARAM_KEYS = [
  'vel_div_threshold',
  'vel_div_extreme',
  'fixed_tp_pct',
  'max_hold_bars',
  'fraction',
  'min_leverage',
  'max_leverage',
  'abs_max_leverage',
  'leverage_convexity',
  'dc_lookback_bars',
  'dc_min_magnitude_bps',
  'min_irp_alignment',
  'sp_maker_entry_rate',
  'sp_maker_exit_rate',
  'seed',
] as const satisfies readonly (keyof ChampionParams)[];

/** Assets that every strategy leaves out when they are present; users may name others. */
export const DEFAULT_EXCLUDED_ASSETS = ['TUSDUSDT', 'USDCUSDT'] as const;

const CHAMPION: StrategyConfig = {
  vel_div_threshold: -0.02,
  vel_div_extreme: -0.05,
  fixed_tp_pct: 0.0095,
  max_hold_bars: 120,
  fraction: 0.2,
  min_leverage: 0.5,
  max_leverage: 5,
  abs_max_leverage: 6,
  leverage_convexity: 3,
  dc_lookback_bars: 7,
  dc_min_magnitude_bps: 0.75,
  min_irp_alignment: 0.45,
  sp_maker_entry_rate: 0.62,
  sp_maker_exit_rate: 0.5,
  seed: 42,
  direction: 'short',
  bar_interval_ms: 5000,
  stop_pct: 1,
  lookback: 100,
  vol_window: 50,
  vol_p60: 0.000099,
  warmup_bars: 100,
  ob_edge_bps: 5,
  ob_confirm_rate: 0.4,
  ob_min_fill_probability: 0.6,
  maker_fee: -0.0002,
  taker_fee: 0.0004,
  initial_capital: 25_000,
  reference_asset: 'BTCUSDT',
  excluded_assets: DEFAULT_EXCLUDED_ASSETS,
  fee_draw: 'sampled',
  close_at_day_end: true,
  carry_positions: false,
  boost_mode: 'none',
  use_alpha_layers: true,
  use_dynamic_leverage: true,
  use_cut: false,
  min_notional: 5,
  daily_loss_limit_pct: 0.1,
  max_consecutive_losses: null,
  vol_detector: 'threshold',
  resolution: '5s',
  scanner_rate: '5s',
  survival: false,
  signals: 'scan',
};

/** The frozen strategy: SHORT only, 5 s bars. */
export const createChampionConfig = (): StrategyConfig => CHAMPION;

/** Smaller fraction, lower ceilings. Uncalibrated. */
export const createConservativeConfig = (): StrategyConfig => ({
  ...CHAMPION,
  fraction: 0.1,
  max_leverage: 2,
  abs_max_leverage: 3,
});

/** Higher ceilings. Uncalibrated. */
export const createGrowthConfig = (): StrategyConfig => ({ ...CHAMPION, max_leverage: 6, abs_max_leverage: 7 });

/** Larger fraction, highest ceilings. Uncalibrated. */
export const createAggressiveConfig = (): StrategyConfig => ({
  ...CHAMPION,
  fraction: 0.25,
  max_leverage: 8,
  abs_max_leverage: 10,
});

/** The champion on both sides. Its LONG side is not validated. */
export const createGreenConfig = (): StrategyConfig => ({ ...CHAMPION, direction: 'both' });

/**
 * The signal-level strategy of the audit (DolphinExecutionStrategy), where it differs from the champion: signals of single
 * assets, its percentile detector, a take-profit of 99 bps. `irp_alignment_min` 0.45, `momentum_magnitude_min` 0.75 bps and the
 * convexity are the champion's. Uncalibrated.
 */
export const createDolphinExecutionConfig = (): StrategyConfig => ({
  ...CHAMPION,
  signals: 'asset',
  vol_detector: 'percentile',
  fixed_tp_pct: 0.0099,
});

/** Factory of each named strategy. `custom` is what a changed champion becomes; it starts from the champion. */
export const STRATEGY_FACTORIES = {
  champion: createChampionConfig,
  conservative: createConservativeConfig,
  growth: createGrowthConfig,
  aggressive: createAggressiveConfig,
  green: createGreenConfig,
  dolphin_execution: createDolphinExecutionConfig,
  custom: createChampionConfig,
} as const;
export type StrategyName = keyof typeof STRATEGY_FACTORIES;
