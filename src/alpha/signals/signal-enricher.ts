import type { FactorRow } from '../../model/factors.ts';
import type { FrameView } from '../../model/frame.ts';
import type { EnrichedSignal, Signal, SignalBook } from '../../model/signal.ts';
import { Histories, type HistoriesOptions } from '../histories.ts';
import { OrderBookFeatures } from '../order-book.ts';

/** A step longer than this many bar intervals is a gap. Semantics §3. */
const GAP_INTERVALS = 2.5;

export interface EnricherOptions extends Omit<HistoriesOptions, 'assets'> {
  readonly universe: readonly string[];
  readonly barIntervalNs: number;
  /** All days that are known; a day takes its own row and never another's. */
  readonly factors: readonly FactorRow[];
}

/**
 * SignalEnricher: what the scans and books of the day so far say beside a signal: alignment, momentum, order-book features,
 * and the factors that were published before the day began. The figures are those that the engine computes itself
 * (semantics §3, §4, §7): a reader may refuse a signal by them, and needs none of them.
 *
 * Wants every accepted scan and every snapshot of a day, in order.
 */
export class SignalEnricher {
  readonly #options: EnricherOptions;
  readonly #indices: ReadonlyMap<string, number>;
  readonly #histories: Histories;
  readonly #book: OrderBookFeatures;
  readonly #factors: ReadonlyMap<number, FactorRow>;
  #day = Number.NEGATIVE_INFINITY;
  #lastScanNumber = Number.NEGATIVE_INFINITY;
  #lastNsOfDay = Number.NaN;

  constructor(options: EnricherOptions) {
    const assets = options.universe.length;
    this.#options = options;
    this.#indices = new Map(options.universe.map((symbol, a) => [symbol, a]));
    this.#histories = new Histories({ ...options, assets });
    this.#book = new OrderBookFeatures(assets, options.excluded);
    this.#factors = new Map(options.factors.map((row) => [row.day, row]));
  }

  /** Takes a BOOK frame. */
  onBook(frame: FrameView): void {
    this.#enterDay(frame.tsEventDay);
    this.#book.apply(frame.assetIndex, frame.tsEventDay, frame.tsEventNsOfDay, frame.payload);
  }

  /**
   * Takes a SCAN frame and completes its signals, in their order. A repeated scan has none: it is no scan of its own.
   * @param signals - of this scan; their symbols are of the universe.
   */
  onScan(scan: FrameView, signals: readonly Signal[]): EnrichedSignal[] {
    this.#enterDay(scan.tsEventDay);
    if (!(scan.scanNumber > this.#lastScanNumber)) return [];
    const stepNs = scan.tsEventNsOfDay - this.#lastNsOfDay;
    this.#lastScanNumber = scan.scanNumber;
    this.#lastNsOfDay = scan.tsEventNsOfDay;
    this.#histories.append(scan.payload, stepNs > GAP_INTERVALS * this.#options.barIntervalNs);
    this.#book.refreshMarket(scan.tsEventDay, scan.tsEventNsOfDay);
    return signals.map((signal) => this.#enriched(signal, scan));
  }

  /** What was published before 00:00 UTC of the day; null where nothing is known of it. */
  factorsOf(day: number): FactorRow | null {
    return this.#factors.get(day) ?? null;
  }

  #enterDay(day: number): void {
    if (day === this.#day) return;
    this.#day = day;
    this.#lastScanNumber = Number.NEGATIVE_INFINITY;
    this.#lastNsOfDay = Number.NaN;
    this.#histories.reset();
    this.#book.reset();
  }

  #enriched(signal: Signal, { tsEventDay, tsEventNsOfDay }: FrameView): EnrichedSignal {
    const a = this.#indices.get(signal.symbol) as number;
    return {
      ...signal,
      irpAlignment: this.#histories.alignment(a, signal.direction),
      momentum: this.#histories.momentum(a, this.#options.momentumBars),
      book: this.#book.isUsable(a, tsEventDay, tsEventNsOfDay) ? this.#bookOf(a) : null,
    };
  }

  #bookOf(a: number): SignalBook {
    const book = this.#book;
    return {
      fillProbability: book.fillProbability[a]!,
      spreadProxyBps: book.spreadProxyBps[a]!,
      depthAsymmetry: book.depthAsymmetry[a]!,
      imbalancePersistence: book.imbalancePersistence[a]!,
      withdrawalVelocity: book.withdrawalVelocity[a]!,
      agreementPct: book.agreementPct,
      cascadeCount: book.cascadeCount,
      regimeSignal: book.regimeSignal,
    };
  }
}
