import type { Direction } from '../../model/direction.ts';
import { FLAG_ASSET_VEL_DIV, type FrameView, SIGNAL_VEL_DIV } from '../../model/frame.ts';
import { isValidPrice } from '../../model/price.ts';
import type { Signal } from '../../model/signal.ts';
import { type LeverageParams, signalStrength } from '../layers/leverage.ts';
import { directionOfSignal, isVelDivUsable, signedStrength } from '../layers/signal-gate.ts';

/** What makes a signal of a divergence. */
export interface SignalParams {
  readonly universe: readonly string[];
  /** Length universe, 1 = never a signal. */
  readonly excluded: Uint8Array;
  /** SHORT, LONG, or 0 for both. */
  readonly directionRule: number;
  /** Threshold and extreme: the strength is the leverage formula's (semantics §4.6). */
  readonly leverage: LeverageParams;
}

/**
 * SignalGenerator: the assets that a scan speaks for, in index order, by layer 1 alone (semantics §4.1). With one
 * divergence for all it speaks for every asset or for none; with one per asset, for those that pass. An asset without a
 * valid price is none; a divergence that is missing or beyond ±10 makes none. Allocates; not for the hot path.
 */
export function generateSignals(scan: FrameView, params: SignalParams): Signal[] {
  const { universe, excluded } = params;
  const isPerAsset = (scan.flags & FLAG_ASSET_VEL_DIV) !== 0;
  const signals: Signal[] = [];
  for (const [a, symbol] of universe.entries()) {
    const price = scan.payload[a]!;
    if (excluded[a] === 1 || !isValidPrice(price)) continue;
    const velDiv = isPerAsset ? scan.assetVelDivs[a]! : scan.signals[SIGNAL_VEL_DIV]!;
    const signal = signalOf(symbol, velDiv, price, params);
    if (signal !== null) signals.push(signal);
  }
  return signals;
}

function signalOf(symbol: string, velDiv: number, price: number, params: SignalParams): Signal | null {
  if (!isVelDivUsable(velDiv)) return null;
  const direction = directionOfSignal(params.directionRule, velDiv);
  if (direction === 0) return null;
  const signed = signedStrength(direction, velDiv);
  if (!(signed <= params.leverage.threshold)) return null;
  const strength = signalStrength(params.leverage, signed);
  return { symbol, direction: direction as Direction, velDiv, strength, price };
}
