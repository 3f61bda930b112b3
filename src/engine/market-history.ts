import { Histories } from '../alpha/histories.ts';
import { ProxyBoost } from '../alpha/layers/proxy-boost.ts';
import {
  PercentileVolatilityDetector,
  ThresholdVolatilityDetector,
  type VolatilityDetector,
} from '../alpha/layers/volatility.ts';
import { BOOK_REFUSED, OrderBookFeatures } from '../alpha/order-book.ts';
import { type FrameView, SIGNAL_INSTABILITY_50, SIGNAL_V750 } from '../model/frame.ts';
import { isValidPrice } from '../model/price.ts';
import type { Stateful, StateWalk } from '../model/state-walk.ts';
import type { RunParams } from './run-params.ts';

/** What the engine remembers of the market today: prices, books, volatility, the proxy of instability. Allocates once. */
export class MarketHistory implements Stateful {
  readonly histories: Histories;
  readonly volatility: VolatilityDetector;
  readonly proxyBoost = new ProxyBoost();
  /** Replaceable by a provider that fills it from elsewhere. */
  book: OrderBookFeatures;
  private readonly params: RunParams;

  constructor(params: RunParams) {
    const { config, universe, excluded } = params;
    const assets = universe.length;
    this.params = params;
    this.histories = new Histories({
      assets,
      excluded,
      referenceAsset: params.referenceAsset,
      lookbackBars: config.lookback,
      momentumBars: config.dc_lookback_bars,
      volWindowBars: config.vol_window,
    });
    this.book = new OrderBookFeatures(assets, excluded);
    this.volatility =
      config.vol_detector === 'percentile'
        ? new PercentileVolatilityDetector(this.histories, params.stepsPerBar)
        : new ThresholdVolatilityDetector(this.histories, params.minVolatility);
  }

  /** A day begins: nothing is remembered. */
  reset(): void {
    this.histories.reset();
    this.volatility.reset();
    this.proxyBoost.reset();
    this.book.reset();
  }

  /** Takes a BOOK frame. @returns false when it was refused. */
  applyBook(frame: FrameView): boolean {
    const { assetIndex, tsEventDay, tsEventNsOfDay, payload } = frame;
    return this.book.apply(assetIndex, tsEventDay, tsEventNsOfDay, payload) !== BOOK_REFUSED;
  }

  /**
   * Takes the prices of a step, and its signal where it is new.
   * @returns prices that are not valid, of the assets that are traded.
   */
  append(scan: FrameView, isAfterGap: boolean, hasNewSignal: boolean): number {
    const invalid = this.histories.append(scan.payload, isAfterGap);
    this.volatility.onBar();
    if (hasNewSignal && this.params.config.boost_mode === 'proxyB') {
      this.proxyBoost.onBar(scan.signals[SIGNAL_INSTABILITY_50]!, scan.signals[SIGNAL_V750]!);
    }
    return invalid;
  }

  /** Prices that are not valid, of the assets that are traded; nothing is remembered. */
  countInvalid(prices: Float64Array): number {
    const { included } = this.histories;
    let invalid = 0;
    for (let k = 0; k < included.length; k++) if (!isValidPrice(prices[included[k]!]!)) invalid++;
    return invalid;
  }

  walkState(walk: StateWalk): void {
    walk.part('histories', this.histories);
    walk.part('book', this.book);
    walk.part('volatility', this.volatility);
    walk.part('proxyBoost', this.proxyBoost);
  }
}
