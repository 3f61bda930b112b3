import type { Histories } from '../alpha/histories.ts';
import { BOOK_CONFIRMS, bookObjection, bookWeight, type OrderBookGateParams } from '../alpha/layers/order-book-gate.ts';
import { directionOfSignal, isVelDivUsable, signedStrength } from '../alpha/layers/signal-gate.ts';
import type { VolatilityDetector } from '../alpha/layers/volatility.ts';
import type { OrderBookFeatures } from '../alpha/order-book.ts';
import { FLAG_ASSET_VEL_DIV, type FrameView, SIGNAL_VEL_DIV } from '../model/frame.ts';
import { isValidPrice } from '../model/price.ts';
import {
  type DayTally,
  GATE_DIRECTION,
  GATE_IRP,
  GATE_ORDER_BOOK,
  GATE_RISK,
  GATE_SIGNAL,
  GATE_VOLATILITY,
  GATE_WARMUP,
} from './day-tally.ts';
import type { RunParams } from './run-params.ts';

export interface EntryInputs {
  readonly histories: Histories;
  readonly book: OrderBookFeatures;
  readonly volatility: VolatilityDetector;
  /** True when the risk gate lets positions open. */
  canOpen(): boolean;
}

/**
 * Gates 1 to 7 of an entry: from a bar to at most one chosen asset with its side (semantics §3 step 5, §4).
 * Candidate columns are allocated once; `decide` allocates nothing.
 */
export class EntryDecision {
  /** Result of the last {@link decide} that answered true. */
  chosenAsset = -1;
  chosenDirection = 0;
  chosenVelDiv = Number.NaN;
  /** True when the chosen asset has a usable order book. */
  chosenHasBook = false;

  private readonly params: RunParams;
  private readonly inputs: EntryInputs;
  private readonly bookParams: OrderBookGateParams;
  private readonly tally: DayTally;
  private readonly candidates: Int32Array;
  private readonly directions: Int8Array;
  private readonly velDivs: Float64Array;
  private readonly momentums: Float64Array;
  private count = 0;

  constructor(params: RunParams, inputs: EntryInputs, tally: DayTally) {
    const assets = params.universe.length;
    this.params = params;
    this.inputs = inputs;
    this.tally = tally;
    this.bookParams = bookGateParams(params);
    this.candidates = new Int32Array(assets);
    this.directions = new Int8Array(assets);
    this.velDivs = new Float64Array(assets);
    this.momentums = new Float64Array(assets);
  }

  /** True when the bar passed gates 1 to 7; the choice is then in the `chosen…` fields. */
  decide(scan: FrameView, barIndex: number): boolean {
    const { tally, inputs, params } = this;
    if (!tally.gate(GATE_WARMUP, barIndex >= params.config.warmup_bars)) return false;
    if (!tally.gate(GATE_SIGNAL, this.passSignal(scan))) return false;
    if (!tally.gate(GATE_VOLATILITY, inputs.volatility.isHighRegime())) return false;
    if (!tally.gate(GATE_RISK, inputs.canOpen())) return false;
    if (!tally.gate(GATE_DIRECTION, this.passDirection())) return false;
    if (!tally.gate(GATE_ORDER_BOOK, this.passOrderBook(scan))) return false;
    return tally.gate(GATE_IRP, this.select(scan));
  }

  private passSignal(scan: FrameView): boolean {
    this.count = 0;
    return (scan.flags & FLAG_ASSET_VEL_DIV) === 0 ? this.passGlobalSignal(scan) : this.passAssetSignals(scan);
  }

  /** One divergence for all: every asset with a valid price is a candidate. */
  private passGlobalSignal(scan: FrameView): boolean {
    const velDiv = scan.signals[SIGNAL_VEL_DIV]!;
    if (!this.isStrong(velDiv)) return false;
    const direction = directionOfSignal(this.params.directionRule, velDiv);
    const { included } = this.inputs.histories;
    for (let k = 0; k < included.length; k++) {
      const a = included[k]!;
      if (isValidPrice(scan.payload[a]!)) this.addCandidate(a, direction, velDiv);
    }
    return true;
  }

  /** A divergence per asset: only those that pass go on (semantics §4.1). */
  private passAssetSignals(scan: FrameView): boolean {
    const { included } = this.inputs.histories;
    for (let k = 0; k < included.length; k++) {
      const a = included[k]!;
      const velDiv = scan.assetVelDivs[a]!;
      if (!isValidPrice(scan.payload[a]!) || !this.isStrong(velDiv)) continue;
      this.addCandidate(a, directionOfSignal(this.params.directionRule, velDiv), velDiv);
    }
    return this.count > 0;
  }

  private isStrong(velDiv: number): boolean {
    return isSignalStrong(this.params, velDiv);
  }

  private addCandidate(a: number, direction: number, velDiv: number): void {
    this.candidates[this.count] = a;
    this.directions[this.count] = direction;
    this.velDivs[this.count] = velDiv;
    this.count++;
  }

  private passDirection(): boolean {
    const { dc_lookback_bars } = this.params.config;
    const { histories } = this.inputs;
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      const momentum = histories.momentum(this.candidates[i]!, dc_lookback_bars);
      if (!isDirectionConfirmed(this.params, this.directions[i]!, momentum)) continue;
      this.momentums[kept] = momentum;
      this.keep(i, kept++);
    }
    this.count = kept;
    return kept > 0;
  }

  private passOrderBook(scan: FrameView): boolean {
    if (!this.params.config.use_alpha_layers) return true;
    const { book } = this.inputs;
    book.refreshMarket(scan.tsEventDay, scan.tsEventNsOfDay);
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      const a = this.candidates[i]!;
      const isUsable = book.isUsable(a, scan.tsEventDay, scan.tsEventNsOfDay);
      if (isUsable && bookObjection(book, a, this.directions[i]!, this.bookParams) !== BOOK_CONFIRMS) continue;
      this.momentums[kept] = this.momentums[i]!;
      this.keep(i, kept++);
    }
    this.count = kept;
    return kept > 0;
  }

  /** Layer 5: highest weighted alignment, then highest momentum, then lowest index. */
  private select(scan: FrameView): boolean {
    if (!this.params.config.use_alpha_layers) return this.choose(0, false);
    const { book, histories } = this.inputs;
    let best = -1;
    let bestScore = 0;
    let bestMomentum = 0;
    let bestHasBook = false;
    for (let i = 0; i < this.count; i++) {
      const a = this.candidates[i]!;
      const direction = this.directions[i]!;
      const alignment = histories.alignment(a, direction);
      if (!(alignment >= this.params.config.min_irp_alignment)) continue;
      const hasBook = book.isUsable(a, scan.tsEventDay, scan.tsEventNsOfDay);
      const score = hasBook ? alignment * bookWeight(book, a, direction) : alignment;
      const momentum = Math.abs(this.momentums[i]!);
      if (best >= 0 && (score < bestScore || (score === bestScore && momentum <= bestMomentum))) continue;
      best = i;
      bestScore = score;
      bestMomentum = momentum;
      bestHasBook = hasBook;
    }
    return best >= 0 && this.choose(best, bestHasBook);
  }

  private choose(i: number, hasBook: boolean): boolean {
    this.chosenAsset = this.candidates[i]!;
    this.chosenDirection = this.directions[i]!;
    this.chosenVelDiv = this.velDivs[i]!;
    this.chosenHasBook = hasBook;
    return true;
  }

  private keep(from: number, to: number): void {
    this.candidates[to] = this.candidates[from]!;
    this.directions[to] = this.directions[from]!;
    this.velDivs[to] = this.velDivs[from]!;
  }
}

/** Layer 1: the divergence asks for a side and is at or beyond the threshold (semantics §4.1). */
export function isSignalStrong(params: RunParams, velDiv: number): boolean {
  if (!isVelDivUsable(velDiv)) return false;
  const direction = directionOfSignal(params.directionRule, velDiv);
  return direction !== 0 && signedStrength(direction, velDiv) <= params.config.vel_div_threshold;
}

/** Direction confirmation of a candidate. @param momentum - a fraction; NaN fails. */
export function isDirectionConfirmed(params: RunParams, direction: number, momentum: number): boolean {
  return direction * momentum * 1e4 >= params.config.dc_min_magnitude_bps;
}

/** Thresholds of layer 4 as the configuration names them. */
export function bookGateParams(params: RunParams): OrderBookGateParams {
  return {
    minFillProbability: params.config.ob_min_fill_probability,
    minPersistence: params.config.ob_confirm_rate,
    minEdgeBps: params.config.ob_edge_bps,
  };
}
