import { leverageCeiling, regimeSizeMultiplier, signalLeverage, signalStrength } from '../alpha/layers/leverage.ts';
import { signedStrength } from '../alpha/layers/signal-gate.ts';
import { SHORT } from '../model/direction.ts';
import { applyCutToPositionSize } from '../risk/adaptive-circuit-breaker.ts';
import type { AlphaEngine } from './engine.ts';
import { deriveLeverageParams } from './run-params.ts';

/** The size that layer 6 gives a position, with every part of it (semantics §4.6). NaN without a usable divergence. */
export interface SizeParts {
  readonly direction: number;
  readonly velDiv: number;
  /** In [0, 1]: 0 at the threshold, 1 at the extreme. */
  readonly strength: number;
  /** Leverage by the signal alone: convex in the strength. */
  readonly signalLeverage: number;
  readonly boost: number;
  readonly beta: number;
  readonly mcScale: number;
  readonly proxy: number;
  /** Boost, beta term and forewarner's scale together. */
  readonly multiplier: number;
  /** Leverage before the clamp. */
  readonly wanted: number;
  readonly floor: number;
  /** Upper clamp by posture and Rm. */
  readonly ceiling: number;
  readonly leverage: number;
  /** Which side of the clamp held. */
  readonly clamp: 'none' | 'floor' | 'ceiling';
  /** USDT. */
  readonly capital: number;
  readonly fraction: number;
  readonly cut: number;
  /** USDT: capital x fraction x leverage x (1 - cut). */
  readonly notional: number;
  readonly minNotional: number;
  readonly isSizeable: boolean;
}

/** Size of a position in `direction` on a divergence, in the regime and with the capital that the engine has now. */
export function sizeParts(engine: AlphaEngine, direction: number, velDiv: number): SizeParts {
  const { regime, capital } = engine;
  const { config } = engine.params;
  const params = deriveLeverageParams(engine.params);
  const strength = signedStrength(direction, velDiv);
  const boost = direction === SHORT ? regime.boostShort : regime.boostLong;
  const multiplier = regimeSizeMultiplier(config.vel_div_threshold, velDiv, boost, regime.beta, regime.mc.scale);
  const ceiling = leverageCeiling(config.abs_max_leverage, regime.posture, regime.rm);
  const wanted = signalLeverage(params, strength) * multiplier * regime.proxy;
  const floored = Math.max(wanted, config.min_leverage);
  const leverage = Math.min(floored, ceiling);
  const notional = applyCutToPositionSize(capital * config.fraction * leverage, regime.cut);
  return {
    direction,
    velDiv,
    strength: signalStrength(params, strength),
    signalLeverage: signalLeverage(params, strength),
    boost,
    beta: regime.beta,
    mcScale: regime.mc.scale,
    proxy: regime.proxy,
    multiplier,
    wanted,
    floor: config.min_leverage,
    ceiling,
    leverage,
    clamp: floored > ceiling ? 'ceiling' : wanted < config.min_leverage ? 'floor' : 'none',
    capital,
    fraction: config.fraction,
    cut: regime.cut,
    notional,
    minNotional: config.min_notional,
    isSizeable: capital > 0 && notional >= config.min_notional,
  };
}
