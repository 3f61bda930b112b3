import { SignalIds } from '../adapters/redis/signal-id.ts';
import type { SignalMessage } from '../adapters/redis/signal-message.ts';
import { SignalEnricher } from '../alpha/signals/signal-enricher.ts';
import { generateSignals, type SignalParams } from '../alpha/signals/signal-generator.ts';
import { deriveLeverageParams, deriveRunParams } from '../engine/run-params.ts';
import type { FactorRow } from '../model/factors.ts';
import {
  BOOK_VALUES,
  FLAG_ASSET_VEL_DIV,
  FLAG_LAST_OF_DAY,
  FRAME_BOOK,
  FRAME_SCAN,
  type FrameView,
} from '../model/frame.ts';
import type { ScanReading } from '../model/scan-reading.ts';
import type { StrategyConfig } from '../model/strategy.ts';

export interface SignalStageInputs {
  readonly config: StrategyConfig;
  readonly universe: readonly string[];
  readonly barIntervalMs: number;
  readonly factors: readonly FactorRow[];
  /** The days were made, not recorded: each scan says so. Default false. */
  readonly synthetic?: boolean;
}

/**
 * Frames of days in, messages of a stream out: generator, enricher and ids in one line. The same days make the same
 * messages to the last byte, so that a publisher that begins anew repeats itself and the stream drops what it has.
 */
export class SignalStage {
  readonly #params: SignalParams;
  readonly #enricher: SignalEnricher;
  readonly #ids = new SignalIds();
  readonly #mark: { readonly synthetic?: true };
  #lastDay = 0;
  #lastNsOfDay = 0;

  /** @throws RangeError when the reference asset is not in the universe. */
  constructor({ config, universe, barIntervalMs, factors, synthetic }: SignalStageInputs) {
    this.#mark = synthetic === true ? { synthetic } : {};
    const params = deriveRunParams(config, universe, barIntervalMs);
    const { excluded, directionRule } = params;
    this.#params = { universe, excluded, directionRule, leverage: deriveLeverageParams(params) };
    this.#enricher = new SignalEnricher({
      universe,
      excluded,
      referenceAsset: params.referenceAsset,
      lookbackBars: config.lookback,
      momentumBars: config.dc_lookback_bars,
      volWindowBars: config.vol_window,
      barIntervalNs: params.barIntervalNs,
      factors,
    });
  }

  /** The message of a SCAN or BOOK frame, its values copied; null for a frame of another kind. */
  messageOf(frame: FrameView): SignalMessage | null {
    if (frame.kind !== FRAME_SCAN && frame.kind !== FRAME_BOOK) return null;
    this.#lastDay = frame.tsEventDay;
    this.#lastNsOfDay = frame.tsEventNsOfDay;
    const id = this.#ids.next(frame.tsEventDay, frame.tsEventNsOfDay);
    if (frame.kind === FRAME_BOOK) {
      this.#enricher.onBook(frame);
      const symbol = this.#params.universe[frame.assetIndex] as string;
      const { tsEventDay: day, tsEventNsOfDay: nsOfDay } = frame;
      return { kind: 'book', id, book: { day, nsOfDay, symbol, values: frame.payload.slice(0, BOOK_VALUES) } };
    }
    const signals = this.#enricher.onScan(frame, generateSignals(frame, this.#params));
    const factors = signals.length === 0 ? null : this.#enricher.factorsOf(frame.tsEventDay);
    return { kind: 'scan', id, scan: this.#reading(frame), signals, factors, ...this.#mark };
  }

  /** The message behind the last frame: nothing more will come. */
  endMessage(): SignalMessage {
    const [day, nsOfDay] = [this.#lastDay, this.#lastNsOfDay];
    return { kind: 'end', id: this.#ids.next(day, nsOfDay), day, nsOfDay };
  }

  #reading(frame: FrameView): ScanReading {
    const { universe } = this.#params;
    const bySymbol = (values: Float64Array) => new Map(universe.map((symbol, a) => [symbol, values[a] as number]));
    return {
      day: frame.tsEventDay,
      nsOfDay: frame.tsEventNsOfDay,
      scanNumber: frame.scanNumber,
      signals: frame.signals.slice(),
      prices: bySymbol(frame.payload),
      assetVelDivs: (frame.flags & FLAG_ASSET_VEL_DIV) === 0 ? null : bySymbol(frame.assetVelDivs),
      isLastOfDay: (frame.flags & FLAG_LAST_OF_DAY) !== 0,
    };
  }
}
