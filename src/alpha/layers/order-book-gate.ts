import type { OrderBookFeatures } from '../order-book.ts';

export interface OrderBookGateParams {
  readonly minFillProbability: number;
  /** Least share of the last 10 snapshots on the same side. */
  readonly minPersistence: number;
  readonly minEdgeBps: number;
}

/** Layer 4: the order book confirms the direction for asset `a`, whose snapshot is usable (semantics §7). */
export function doesBookConfirm(
  book: OrderBookFeatures,
  a: number,
  direction: number,
  params: OrderBookGateParams,
): boolean {
  const z = book.relativeAsymmetry(a);
  if (!(book.fillProbability[a]! >= params.minFillProbability)) return false;
  if (!(direction * z > 0)) return false;
  if (!(book.imbalancePersistence[a]! >= params.minPersistence)) return false;
  if (!(Math.abs(z) * book.spreadProxyBps[a]! >= params.minEdgeBps)) return false;
  return !(book.regimeSignal === 1 && book.marketSign === -direction);
}

/** Weight of asset `a` in the selection: 1 plus the market's agreement times the asset's own imbalance. */
export function bookWeight(book: OrderBookFeatures, a: number, direction: number): number {
  return 1 + book.agreementPct * direction * book.relativeAsymmetry(a);
}
