import { applyCutToPositionSize, CUTS, clampBeta, clampBoost } from './adaptive-circuit-breaker.ts';

/** What the breaker says of a day, or was pushed since; see {@link AdaptiveCircuitBreaker} and semantics §6. */
export interface AcbSizing {
  readonly boost: number;
  readonly beta: number;
  /** One of CUTS. */
  readonly cut: number;
}

/**
 * Position sizes under the adaptive circuit breaker: `base * boost * (1 + beta * strength³) * mcScale * (1 - cut)`, the
 * multiplier of semantics §4.6 and the cut of spec 1.0 §6.3 for whoever sizes outside the engine. The engine itself applies the
 * multiplier to leverage, and the cut only where `use_cut` says so.
 */
export class ACBPositionSizer {
  readonly #sizing: AcbSizing;

  /**
   * @param sizing - boost and beta are clamped to [0.5, 2] and [0, 5].
   * @throws RangeError when boost or beta is not finite, or the cut is not one of CUTS.
   */
  constructor({ boost, beta, cut }: AcbSizing) {
    if (!Number.isFinite(boost) || !Number.isFinite(beta)) {
      throw new RangeError(`boost and beta must be finite, were ${boost} and ${beta}`);
    }
    if (!(CUTS as readonly number[]).includes(cut)) {
      throw new RangeError(`cut must be one of ${CUTS.join(', ')}, was ${cut}`);
    }
    this.#sizing = { boost: clampBoost(boost), beta: clampBeta(beta), cut };
  }

  /**
   * `regime_size_mult` of spec 1.0 §6.1.
   * @param strength - `|vel_div| / |vel_div_threshold|`, 0 or more, not clamped.
   * @param mcScale - scale of the forewarner; 1 without one.
   */
  multiplier(strength: number, mcScale = 1): number {
    const { boost, beta } = this.#sizing;
    return boost * (1 + beta * (strength * strength * strength)) * mcScale;
  }

  /**
   * A size under multiplier and cut.
   * @param base - any unit; the answer has the same.
   */
  size(base: number, strength: number, mcScale = 1): number {
    return applyCutToPositionSize(base * this.multiplier(strength, mcScale), this.#sizing.cut);
  }
}
