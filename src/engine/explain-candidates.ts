import {
  BOOK_CONFIRMS,
  BOOK_EDGE_TOO_SMALL,
  BOOK_FILL_UNLIKELY,
  BOOK_MARKET_STRESS,
  BOOK_NOT_PERSISTENT,
  BOOK_OTHER_SIDE,
  bookEdgeBps,
  bookObjection,
  bookWeight,
} from '../alpha/layers/order-book-gate.ts';
import { directionOfSignal } from '../alpha/layers/signal-gate.ts';
import { FLAG_ASSET_VEL_DIV, type FrameView, SIGNAL_VEL_DIV } from '../model/frame.ts';
import { isValidPrice } from '../model/price.ts';
import type { AlphaEngine } from './engine.ts';
import { bookGateParams, isDirectionConfirmed, isSignalStrong } from './entry-decision.ts';

/** How far an asset came on its way to being chosen; `best` is whom the bar takes if its other gates let it trade. */
export const CANDIDATE_VERDICTS = [
  'excluded',
  'noPrice',
  'signal',
  'direction',
  'bookFillUnlikely',
  'bookOtherSide',
  'bookNotPersistent',
  'bookEdgeTooSmall',
  'bookMarketStress',
  'alignment',
  'outranked',
  'best',
] as const;
export type CandidateVerdict = (typeof CANDIDATE_VERDICTS)[number];

const VERDICT_OF_OBJECTION: Readonly<Record<number, CandidateVerdict>> = {
  [BOOK_FILL_UNLIKELY]: 'bookFillUnlikely',
  [BOOK_OTHER_SIDE]: 'bookOtherSide',
  [BOOK_NOT_PERSISTENT]: 'bookNotPersistent',
  [BOOK_EDGE_TOO_SMALL]: 'bookEdgeTooSmall',
  [BOOK_MARKET_STRESS]: 'bookMarketStress',
};

/** What the layers say of one asset on one bar. NaN where there is too little history. */
export interface CandidateLine {
  readonly assetIndex: number;
  /** Quote currency; NaN when it is no valid price. */
  readonly price: number;
  /** Divergence that it was judged by: its own, or the scan's. */
  readonly velDiv: number;
  /** -1 SHORT, +1 LONG, 0 when the divergence asks for no side. */
  readonly direction: number;
  readonly momentumBps: number;
  readonly isDirectionConfirmed: boolean;
  /** Null without a usable order book, or with the layer switched off. */
  readonly book: CandidateBook | null;
  /** Share of its relative signs on the side of `direction`. */
  readonly alignment: number;
  readonly weight: number;
  /** Alignment times weight: what the selection ranks by. */
  readonly score: number;
  readonly verdict: CandidateVerdict;
}

export interface CandidateBook {
  /** Asymmetry against its own long-run mean. */
  readonly z: number;
  readonly fillProbability: number;
  readonly persistence: number;
  readonly edgeBps: number;
}

/**
 * Every asset of the universe on the bar that the engine stepped last, best first: who was or would have been chosen,
 * then by how far each came, then by score, momentum and index. Allocates.
 * @param scan - the frame of that bar; the engine must not have taken another frame since.
 */
export function rankCandidates(engine: AlphaEngine, scan: FrameView): CandidateLine[] {
  if (engine.params.config.use_alpha_layers) engine.book.refreshMarket(scan.tsEventDay, scan.tsEventNsOfDay);
  const lines = engine.params.universe.map((_, a) => candidateLine(engine, scan, a));
  const chosen = chooseLine(lines, engine.params.config.use_alpha_layers);
  if (chosen !== null) lines[chosen.assetIndex] = { ...chosen, verdict: 'best' };
  return lines.sort(byRank);
}

/** Index of a verdict: higher came further. */
export function stageOf(verdict: CandidateVerdict): number {
  return CANDIDATE_VERDICTS.indexOf(verdict);
}

function candidateLine(engine: AlphaEngine, scan: FrameView, a: number): CandidateLine {
  const { params, histories, book } = engine;
  const { config } = params;
  const price = isValidPrice(scan.payload[a]!) ? scan.payload[a]! : Number.NaN;
  const velDiv = hasOwnDivergence(scan) ? scan.assetVelDivs[a]! : scan.signals[SIGNAL_VEL_DIV]!;
  const direction = directionOfSignal(params.directionRule, velDiv);
  const momentum = histories.momentum(a, config.dc_lookback_bars);
  const hasBook = config.use_alpha_layers && book.isUsable(a, scan.tsEventDay, scan.tsEventNsOfDay);
  const alignment = histories.alignment(a, direction);
  const weight = hasBook ? bookWeight(book, a, direction) : 1;
  const line = {
    assetIndex: a,
    price,
    velDiv,
    direction,
    momentumBps: momentum * 1e4,
    isDirectionConfirmed: isDirectionConfirmed(params, direction, momentum),
    book: hasBook ? candidateBook(engine, a) : null,
    alignment,
    weight,
    score: hasBook ? alignment * weight : alignment,
  };
  return { ...line, verdict: objection(engine, scan, line) ?? 'outranked' };
}

function candidateBook({ book }: AlphaEngine, a: number): CandidateBook {
  return {
    z: book.relativeAsymmetry(a),
    fillProbability: book.fillProbability[a]!,
    persistence: book.imbalancePersistence[a]!,
    edgeBps: bookEdgeBps(book, a),
  };
}

/** The first layer that turns the asset away, or null when none does. */
function objection(
  engine: AlphaEngine,
  scan: FrameView,
  line: Omit<CandidateLine, 'verdict'>,
): CandidateVerdict | null {
  const { params, book } = engine;
  const a = line.assetIndex;
  if (params.excluded[a] === 1) return 'excluded';
  if (Number.isNaN(line.price)) return 'noPrice';
  if (hasOwnDivergence(scan) && !isSignalStrong(params, line.velDiv)) return 'signal';
  if (!line.isDirectionConfirmed) return 'direction';
  if (!params.config.use_alpha_layers) return null;
  const bookSays = line.book === null ? BOOK_CONFIRMS : bookObjection(book, a, line.direction, bookGateParams(params));
  if (bookSays !== BOOK_CONFIRMS) return VERDICT_OF_OBJECTION[bookSays]!;
  return line.alignment >= params.config.min_irp_alignment ? null : 'alignment';
}

/** The selection of layer 5 among those that nothing turned away; the lowest index with the layers switched off. */
function chooseLine(lines: readonly CandidateLine[], usesAlphaLayers: boolean): CandidateLine | null {
  const left = lines.filter((line) => line.verdict === 'outranked');
  if (!usesAlphaLayers) return left[0] ?? null;
  return left.toSorted(byScore)[0] ?? null;
}

function byRank(a: CandidateLine, b: CandidateLine): number {
  return stageOf(b.verdict) - stageOf(a.verdict) || byScore(a, b);
}

/** Highest score, then highest momentum, then lowest index; what is not a number comes last. */
function byScore(a: CandidateLine, b: CandidateLine): number {
  return (
    descending(a.score, b.score) ||
    descending(Math.abs(a.momentumBps), Math.abs(b.momentumBps)) ||
    a.assetIndex - b.assetIndex
  );
}

function descending(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a > b ? -1 : a < b ? 1 : 0;
}

/** True when the scan brings a divergence per asset (semantics §4.1). */
export function hasOwnDivergence(scan: FrameView): boolean {
  return (scan.flags & FLAG_ASSET_VEL_DIV) !== 0;
}
