import { z } from 'zod';
import { PRICE_HISTORY_MAX_BARS } from '../../alpha/histories.ts';
import { resolutionProblem } from '../../engine/resolution.ts';
import { RESOLUTIONS, SCANNER_RATES } from '../../model/resolution.ts';
import type { StrategyConfig } from '../../model/strategy.ts';

const rate = z.number().min(0).max(1);
const positive = z.number().positive();
const wholeFrom = (least: number, most = 1_000_000) => z.int().min(least).max(most);

/** Rule of each key of a strategy, as YAML files and `--set` give it. Unknown keys are refused by the object. */
export const strategySchema = z.strictObject({
  vel_div_threshold: z.number().negative(),
  vel_div_extreme: z.number().negative(),
  fixed_tp_pct: positive,
  max_hold_bars: wholeFrom(1),
  fraction: positive,
  min_leverage: z.number().min(0),
  max_leverage: positive,
  abs_max_leverage: positive,
  leverage_convexity: positive,
  dc_lookback_bars: wholeFrom(1, PRICE_HISTORY_MAX_BARS - 1),
  dc_min_magnitude_bps: z.number(),
  min_irp_alignment: rate,
  sp_maker_entry_rate: rate,
  sp_maker_exit_rate: rate,
  seed: wholeFrom(0, 2 ** 32 - 1),
  direction: z.enum(['short', 'long', 'both']),
  bar_interval_ms: wholeFrom(1, 86_400_000),
  stop_pct: positive,
  lookback: wholeFrom(1, 10_000),
  vol_window: wholeFrom(2, 100_000),
  vol_p60: z.number().min(0),
  warmup_bars: wholeFrom(0),
  ob_edge_bps: z.number().min(0),
  ob_confirm_rate: rate,
  ob_min_fill_probability: rate,
  maker_fee: z.number().min(-0.1).max(0.1),
  taker_fee: z.number().min(-0.1).max(0.1),
  initial_capital: positive,
  reference_asset: z.string().min(1),
  excluded_assets: z.array(z.string().min(1)),
  fee_draw: z.enum(['sampled', 'expected']),
  close_at_day_end: z.boolean(),
  carry_positions: z.boolean(),
  boost_mode: z.enum(['none', 'proxyB']),
  use_alpha_layers: z.boolean(),
  use_dynamic_leverage: z.boolean(),
  use_cut: z.boolean(),
  min_notional: z.number().min(0),
  daily_loss_limit_pct: positive,
  max_consecutive_losses: wholeFrom(1).nullable(),
  vol_detector: z.enum(['threshold', 'percentile']),
  resolution: z.enum(RESOLUTIONS),
  scanner_rate: z.enum(SCANNER_RATES),
  survival: z.boolean(),
  signals: z.enum(['scan', 'asset']),
} satisfies Record<keyof StrategyConfig, z.ZodType>);

/** A key, its value and the rule that they break together; none of them is wrong alone. */
export function crossKeyProblem(config: StrategyConfig): string | null {
  if (config.vel_div_extreme >= config.vel_div_threshold) {
    return `vel_div_extreme must be below vel_div_threshold (${config.vel_div_threshold}), was ${config.vel_div_extreme}`;
  }
  if (config.max_leverage < config.min_leverage) {
    return `max_leverage must be at least min_leverage (${config.min_leverage}), was ${config.max_leverage}`;
  }
  if (config.carry_positions === config.close_at_day_end) {
    return config.carry_positions
      ? 'carry_positions true needs close_at_day_end false, was true'
      : 'close_at_day_end false needs carry_positions true, was false: a position must have somewhere to go at midnight';
  }
  if (config.signals === 'asset' && config.resolution === '0.1s') {
    return 'signals asset needs resolution 5s or hybrid, was 0.1s: a signal serves one scan and is not held over bars';
  }
  if (config.survival && config.vol_p60 === 0) {
    return 'survival true needs vol_p60 above 0, was 0: its stress sensor measures volatility by it';
  }
  return resolutionProblem(config, config.bar_interval_ms);
}
