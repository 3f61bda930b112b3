import { isVelDivUsable } from '../alpha/layers/signal-gate.ts';
import { createFrame, FLAG_ASSET_VEL_DIV, type FrameView, SIGNAL_VEL_DIV } from '../model/frame.ts';
import { isValidPrice } from '../model/price.ts';
import { MAX_COUNT, type Stateful, type StateWalk } from '../model/state-walk.ts';
import type { StrategyConfig } from '../model/strategy.ts';

/** One signal of one asset; it may be a reused record. NaN = not stated. */
export interface AssetSignal {
  readonly assetIndex: number;
  readonly velDiv: number;
  /** Price that the signal was computed at, quote currency. */
  readonly price: number;
  /** Share of the look-back that moved with the signal, 0 to 1. */
  readonly irpAlignment: number;
  /** Return of the asset over the confirmation look-back, a fraction; its size counts. */
  readonly momentum: number;
}

/** Answers of {@link DolphinExecutionStrategy.onSignal}; a refused signal changes nothing but its counter. */
export const SIGNAL_TAKEN = 0;
/** Not in the universe, or excluded. */
export const SIGNAL_NOT_TRADED = 1;
export const SIGNAL_NO_DIVERGENCE = 2;
export const SIGNAL_WEAK_ALIGNMENT = 3;
export const SIGNAL_WEAK_MOMENTUM = 4;
const SIGNAL_ANSWERS = 5;

const NOT_STATED = Number.NaN;
const NO_FIGURES = { irpAlignment: NOT_STATED, momentum: NOT_STATED } as const;

/** Least figures of a signal that states them. */
export interface SignalFilters {
  /** `irp_alignment_min`, 0 to 1. */
  readonly irpAlignmentMin: number;
  /** `momentum_magnitude_min`, a fraction: 0.000075 = 0.75 bps. */
  readonly momentumMagnitudeMin: number;
}

/** What takes the scans: the alpha engine, or a publisher in front of it. The frame is not to be kept. */
export interface ScanPort {
  step(scan: FrameView, canEnter: boolean): void;
}

/** The filters as a strategy's own keys name them. */
export function signalFiltersOf(config: StrategyConfig): SignalFilters {
  return {
    irpAlignmentMin: config.min_irp_alignment,
    momentumMagnitudeMin: config.dc_min_magnitude_bps * 1e-4,
  };
}

/**
 * DolphinExecutionStrategy, the signal-level strategy: signals of single assets instead of one divergence for all. It is
 * the engine with another front: signals that pass the filters become the per-asset divergences of the next scan
 * (semantics §4.1), their price the asset's price in it, and the engine decides, sizes and exits as ever.
 *
 * What a signal states can only refuse it. The engine asks its own alignment and momentum too, so a wrong figure from
 * outside opens nothing. A signal serves the next scan and no other; of two for one asset the later holds.
 */
export class DolphinExecutionStrategy implements ScanPort, Stateful {
  /** Signals by answer. */
  readonly answers = new Int32Array(SIGNAL_ANSWERS);

  private readonly assets: number;
  private readonly excluded: Uint8Array;
  private readonly filters: SignalFilters;
  private readonly port: ScanPort;
  private readonly frame: FrameView;
  private readonly signal = { assetIndex: 0, velDiv: NOT_STATED, price: NOT_STATED, ...NO_FIGURES };
  /** What the next scan brings, by asset; NaN = nothing. */
  private readonly velDivs: Float64Array;
  private readonly prices: Float64Array;

  /** @param excluded - length assets, 1 = never traded. */
  constructor(excluded: Uint8Array, filters: SignalFilters, port: ScanPort) {
    this.assets = excluded.length;
    this.excluded = excluded;
    this.filters = filters;
    this.port = port;
    this.frame = createFrame(this.assets);
    this.velDivs = new Float64Array(this.assets).fill(Number.NaN);
    this.prices = new Float64Array(this.assets).fill(Number.NaN);
  }

  /**
   * Takes a scan of a source that knows no single signals as one signal for every asset with a divergence: its own where the scan
   * has one per asset, else the scan's. It states no figures, so the engine's own alignment and momentum alone can refuse.
   */
  step(scan: FrameView, canEnter: boolean): void {
    const { signal, assets, excluded } = this;
    const hasOwn = (scan.flags & FLAG_ASSET_VEL_DIV) !== 0;
    for (let a = 0; a < assets; a++) {
      if (excluded[a] !== 0) continue;
      signal.assetIndex = a;
      signal.velDiv = hasOwn ? scan.assetVelDivs[a]! : scan.signals[SIGNAL_VEL_DIV]!;
      signal.price = scan.payload[a]!;
      this.onSignal(signal);
    }
    this.onScan(scan, canEnter);
  }

  /** Takes one signal for the next scan. */
  onSignal(signal: AssetSignal): number {
    const answer = this.judge(signal);
    if (this.answers[answer]! < MAX_COUNT) this.answers[answer]!++;
    if (answer !== SIGNAL_TAKEN) return answer;
    this.velDivs[signal.assetIndex] = signal.velDiv;
    this.prices[signal.assetIndex] = signal.price;
    return answer;
  }

  /**
   * Takes a scan of market prices and passes it on with the signals so far; they are then spent.
   * @param scan - its own divergences are replaced; where a signal states a valid price, so is that asset's price.
   */
  onScan(scan: FrameView, canEnter: boolean): void {
    const { frame, velDivs, prices } = this;
    copyHeader(frame, scan);
    frame.flags = scan.flags | FLAG_ASSET_VEL_DIV;
    frame.signals.set(scan.signals);
    for (let a = 0; a < this.assets; a++) {
      const stated = prices[a]!;
      frame.payload[a] = isValidPrice(stated) ? stated : scan.payload[a]!;
      frame.assetVelDivs[a] = velDivs[a]!;
    }
    this.dropSignals();
    this.port.step(frame, canEnter);
  }

  /** Forgets the signals that no scan has taken yet: a day ended, or the feed was lost. */
  dropSignals(): void {
    this.velDivs.fill(Number.NaN);
    this.prices.fill(Number.NaN);
  }

  walkState(walk: StateWalk): void {
    const span = { base: 0, count: this.assets };
    walk.integers('answers', this.answers, { base: 0, count: SIGNAL_ANSWERS });
    walk.doubles('velDivs', this.velDivs, span);
    walk.doubles('prices', this.prices, span);
  }

  private judge({ assetIndex, velDiv, irpAlignment, momentum }: AssetSignal): number {
    if (this.excluded[assetIndex] !== 0) return SIGNAL_NOT_TRADED; // undefined outside the universe
    if (!isVelDivUsable(velDiv)) return SIGNAL_NO_DIVERGENCE;
    // NaN is below nothing: what is not stated does not refuse.
    if (irpAlignment < this.filters.irpAlignmentMin) return SIGNAL_WEAK_ALIGNMENT;
    if (Math.abs(momentum) < this.filters.momentumMagnitudeMin) return SIGNAL_WEAK_MOMENTUM;
    return SIGNAL_TAKEN;
  }
}

/** What a scan is and when it was, without its vectors. */
function copyHeader(to: FrameView, from: FrameView): void {
  to.kind = from.kind;
  to.sequence = from.sequence;
  to.assetIndex = from.assetIndex;
  to.scanNumber = from.scanNumber;
  to.tsEventDay = from.tsEventDay;
  to.tsEventNsOfDay = from.tsEventNsOfDay;
  to.tsRecvDay = from.tsRecvDay;
  to.tsRecvNsOfDay = from.tsRecvNsOfDay;
  to.tsTakeDay = from.tsTakeDay;
  to.tsTakeNsOfDay = from.tsTakeNsOfDay;
  to.receivedNs = from.receivedNs;
  to.publishedNs = from.publishedNs;
}
