import { STALKER, TURTLE } from '../../model/posture.ts';

/** Layer 6: dynamic cubic-convex leverage (semantics §4.6). */
export interface LeverageParams {
  readonly threshold: number;
  readonly extreme: number;
  readonly minLeverage: number;
  readonly maxLeverage: number;
  readonly absMaxLeverage: number;
  readonly convexity: number;
  readonly isDynamic: boolean;
}

/** Signal strength in [0, 1]: 0 at the threshold, 1 at the extreme and beyond. */
export function signalStrength(params: LeverageParams, strength: number): number {
  const s = (params.threshold - strength) / (params.threshold - params.extreme);
  return s < 0 ? 0 : s > 1 ? 1 : s;
}

/** Leverage by the signal alone, before the regime. */
export function signalLeverage(params: LeverageParams, strength: number): number {
  if (!params.isDynamic) return params.minLeverage;
  const span = params.maxLeverage - params.minLeverage;
  return params.minLeverage + span * signalStrength(params, strength) ** params.convexity;
}

/** Regime size multiplier: base boost x (1 + beta x cubed strength) x forewarner scale. */
export function regimeSizeMultiplier(threshold: number, velDiv: number, boost: number, beta: number, mcScale: number) {
  const x = Math.abs(velDiv) / Math.abs(threshold);
  return boost * (1 + beta * (x * x * x)) * mcScale;
}

/** Highest leverage that posture and Rm allow; a worse posture never allows more. */
export function leverageCeiling(absMaxLeverage: number, posture: number, rm: number): number {
  const scaled = Math.max(1, absMaxLeverage * rm);
  if (posture === STALKER) return Math.min(scaled, 2);
  if (posture === TURTLE) return Math.min(scaled, 2 * rm);
  return scaled;
}
