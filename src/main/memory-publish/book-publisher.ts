import { writeBookFile } from '../../adapters/memory/book-file.ts';
import { BOOK_TAKEN, OrderBookFeatures } from '../../alpha/order-book.ts';
import { deriveRunParams } from '../../engine/run-params.ts';
import {
  ASK_DEPTH_1,
  ASK_NOTIONAL_1,
  BID_DEPTH_1,
  BID_NOTIONAL_1,
  FRAME_BOOK,
  FRAME_SCAN,
  type FrameView,
} from '../../model/frame.ts';
import type { BookValue } from '../../model/memory-values.ts';
import type { FramePublisher, PublisherContext } from './frame-publisher.ts';

const LEVELS = 5;
/** The file is for an outage of the store: a second more or less of age is nothing to it, a sync per snapshot is. */
const FILE_EVERY_MS = 1000;

/**
 * The order-book flow's part of the memory: each accepted snapshot, with the features that the engine would make of it
 * (semantics §7), into its symbol's shard; the latest of all assets into a file once a second, for readers whose store is
 * silent. A refused snapshot and one of an excluded asset are not published.
 */
export class BookPublisher implements FramePublisher {
  readonly #context: PublisherContext;
  readonly #filePath: string | null;
  readonly #excluded: Uint8Array;
  readonly #features: OrderBookFeatures;
  readonly #latest = new Map<string, BookValue>();
  #day = Number.NEGATIVE_INFINITY;
  #filedMs = Number.NEGATIVE_INFINITY;
  #isFileBehind = false;
  #hasFileFailed = false;

  /** @param filePath - of the fallback, or null for none. */
  constructor(context: PublisherContext, filePath: string | null) {
    const { config, universe, barIntervalMs } = context;
    this.#context = context;
    this.#filePath = filePath;
    this.#excluded = deriveRunParams(config, universe, barIntervalMs).excluded;
    this.#features = new OrderBookFeatures(universe.length, this.#excluded);
  }

  onFrame(frame: FrameView): void {
    this.#enterDay(frame.tsEventDay);
    // What is true of all assets together is asked once per scan, as the engine does.
    if (frame.kind === FRAME_SCAN) this.#features.refreshMarket(frame.tsEventDay, frame.tsEventNsOfDay);
    if (frame.kind === FRAME_BOOK) this.#onSnapshot(frame);
    if (performance.now() - this.#filedMs >= FILE_EVERY_MS) this.#writeFile();
  }

  onEnd(): void {
    this.#writeFile();
  }

  #onSnapshot({ assetIndex, tsEventDay, tsEventNsOfDay, payload }: FrameView): void {
    if (this.#excluded[assetIndex] === 1) return;
    if (this.#features.apply(assetIndex, tsEventDay, tsEventNsOfDay, payload) !== BOOK_TAKEN) return;
    const { memory, tally, universe } = this.#context;
    const symbol = universe[assetIndex] as string;
    const value = {
      day: tsEventDay,
      nsOfDay: tsEventNsOfDay,
      bidNotional: levelsFrom(payload, BID_NOTIONAL_1),
      askNotional: levelsFrom(payload, ASK_NOTIONAL_1),
      bidDepth: levelsFrom(payload, BID_DEPTH_1),
      askDepth: levelsFrom(payload, ASK_DEPTH_1),
      features: this.#featuresOf(assetIndex),
    };
    // A level beyond the first may be missing in a snapshot that the engine takes; the schema has no such value.
    if (![value.bidNotional, value.askNotional, value.bidDepth, value.askDepth].flat().every(Number.isFinite)) return;
    this.#latest.set(symbol, value);
    this.#isFileBehind = true;
    tally.add(memory.books.write(symbol, value));
  }

  /** By the names of spec 1.0 §4. The last three are those of the market at the last scan. */
  #featuresOf(a: number): Record<string, number> {
    const features = this.#features;
    return {
      fill_probability: features.fillProbability[a] as number,
      depth_quality: features.depthQuality[a] as number,
      spread_proxy_bps: features.spreadProxyBps[a] as number,
      depth_asymmetry: features.depthAsymmetry[a] as number,
      imbalance_persistence: features.imbalancePersistence[a] as number,
      withdrawal_velocity: features.withdrawalVelocity[a] as number,
      macro_imbalance: features.macroImbalance[a] as number,
      macro_spread_bps: features.macroSpreadBps[a] as number,
      agreement_pct: features.agreementPct,
      cascade_count: features.cascadeCount,
      regime_signal: features.regimeSignal,
    };
  }

  /** Histories are of one day; the file too: an asset that is gone today must not look present. */
  #enterDay(day: number): void {
    if (day === this.#day) return;
    this.#day = day;
    this.#features.reset();
    this.#latest.clear();
  }

  /** A file that cannot be written is no reason to stop: the shards are the way, the file is the spare one. */
  #writeFile(): void {
    if (this.#filePath === null || !this.#isFileBehind) return;
    this.#filedMs = performance.now();
    try {
      writeBookFile(this.#filePath, this.#latest);
      this.#isFileBehind = false;
      this.#hasFileFailed = false;
    } catch (error) {
      if (!this.#hasFileFailed) this.#context.say(`${this.#filePath}: cannot be written (${(error as Error).message})`);
      this.#hasFileFailed = true;
    }
  }
}

function levelsFrom(values: Float64Array, first: number): number[] {
  return Array.from(values.subarray(first, first + LEVELS));
}
