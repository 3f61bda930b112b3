import type { OrderBookFeatures } from '../order-book.ts';

export interface OrderBookGateParams {
  readonly minFillProbability: number;
  /** Least share of the last 10 snapshots on the same side. */
  readonly minPersistence: number;
  readonly minEdgeBps: number;
}

/** What an order book has against a direction, in the order in which it is asked; 0 is nothing. */
export const BOOK_CONFIRMS = 0;
export const BOOK_FILL_UNLIKELY = 1;
export const BOOK_OTHER_SIDE = 2;
export const BOOK_NOT_PERSISTENT = 3;
export const BOOK_EDGE_TOO_SMALL = 4;
export const BOOK_MARKET_STRESS = 5;

/**
 * Layer 4: the first objection of the order book of asset `a`, whose snapshot is usable, to a position in `direction`
 * (semantics §7); BOOK_CONFIRMS when it has none. Needs the market features of the bar.
 */
export function bookObjection(
  book: OrderBookFeatures,
  a: number,
  direction: number,
  params: OrderBookGateParams,
): number {
  const z = book.relativeAsymmetry(a);
  if (!(book.fillProbability[a]! >= params.minFillProbability)) return BOOK_FILL_UNLIKELY;
  if (!(direction * z > 0)) return BOOK_OTHER_SIDE;
  if (!(book.imbalancePersistence[a]! >= params.minPersistence)) return BOOK_NOT_PERSISTENT;
  if (!(bookEdgeBps(book, a) >= params.minEdgeBps)) return BOOK_EDGE_TOO_SMALL;
  return book.regimeSignal === 1 && book.marketSign === -direction ? BOOK_MARKET_STRESS : BOOK_CONFIRMS;
}

/** What the imbalance of asset `a` is worth: its distance from the long-run mean times the spread proxy, bps. */
export function bookEdgeBps(book: OrderBookFeatures, a: number): number {
  return Math.abs(book.relativeAsymmetry(a)) * book.spreadProxyBps[a]!;
}

/** Weight of asset `a` in the selection: 1 plus the market's agreement times the asset's own imbalance. */
export function bookWeight(book: OrderBookFeatures, a: number, direction: number): number {
  return 1 + book.agreementPct * direction * book.relativeAsymmetry(a);
}
