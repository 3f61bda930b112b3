import { ScanRefusal } from '../adapters/json-scans/scan-json.ts';
import type { SignalMessage } from '../adapters/redis/signal-message.ts';
import {
  FLAG_ASSET_VEL_DIV,
  FLAG_LAST_OF_DAY,
  FLAG_STALE,
  FRAME_BOOK,
  FRAME_SCAN,
  type FrameView,
  SIGNAL_VALUES,
} from '../model/frame.ts';
import type { BookReading, ScanReading } from '../model/scan-reading.ts';
import type { FrameSource } from './frame-publisher.ts';

/** A message of a stream that is a frame of the market. */
export type FrameMessage = Exclude<SignalMessage, { kind: 'end' }>;

/** Reusable source of one frame: the message that it was given last. */
export class SignalFrames implements FrameSource {
  readonly #indices: ReadonlyMap<string, number>;
  readonly #hasAssetSignals: boolean;
  #message: FrameMessage | null = null;
  #isStale = false;

  /** @param hasAssetSignals - the ring has room for a divergence per asset. */
  constructor(universe: readonly string[], hasAssetSignals: boolean) {
    this.#indices = new Map(universe.map((symbol, a) => [symbol, a]));
    this.#hasAssetSignals = hasAssetSignals;
  }

  /**
   * Takes the next message.
   * @param isStale - a scan is flagged: live, nothing is entered on it, while its prices serve exits and histories.
   * @throws ScanRefusal for a symbol that is not of the universe, or velocities per asset in a run that has no room for them.
   */
  set(message: FrameMessage, isStale: boolean): void {
    if (message.kind === 'book') this.#requireKnown('key symbol', message.book.symbol);
    else this.#requireFits(message.scan);
    this.#message = message;
    this.#isStale = isStale;
  }

  get hasNext(): boolean {
    return this.#message !== null;
  }

  get nextNsOfDay(): number {
    return this.#reading.nsOfDay;
  }

  /** UTC day of the next frame. */
  get nextDay(): number {
    return this.#reading.day;
  }

  get #reading(): ScanReading | BookReading {
    const message = this.#message as FrameMessage; // only while hasNext
    return message.kind === 'scan' ? message.scan : message.book;
  }

  fill(frame: FrameView): void {
    const { day, nsOfDay } = this.#reading;
    frame.flags = 0;
    frame.tsEventDay = day;
    frame.tsEventNsOfDay = nsOfDay;
    // Its age was judged by the bridge, and stands in a flag: a frame is taken when it happened, live as well.
    frame.tsRecvDay = day;
    frame.tsRecvNsOfDay = nsOfDay;
    frame.tsTakeDay = day;
    frame.tsTakeNsOfDay = nsOfDay;
    const message = this.#message as FrameMessage;
    if (message.kind === 'scan') this.#fillScan(frame, message.scan);
    else this.#fillBook(frame, message.book);
    this.#message = null;
  }

  #fillScan(frame: FrameView, scan: ScanReading): void {
    frame.kind = FRAME_SCAN;
    frame.assetIndex = -1;
    frame.scanNumber = scan.scanNumber;
    for (let i = 0; i < SIGNAL_VALUES; i++) frame.signals[i] = scan.signals[i]!;
    this.#fillByAsset(frame.payload, scan.prices);
    if (scan.isLastOfDay) frame.flags |= FLAG_LAST_OF_DAY;
    if (this.#isStale) frame.flags |= FLAG_STALE;
    if (scan.assetVelDivs === null) return;
    frame.flags |= FLAG_ASSET_VEL_DIV;
    this.#fillByAsset(frame.assetVelDivs, scan.assetVelDivs);
  }

  #fillBook(frame: FrameView, book: BookReading): void {
    frame.kind = FRAME_BOOK;
    frame.assetIndex = this.#indices.get(book.symbol) as number; // known: set() asked
    frame.scanNumber = Number.NaN;
    for (let i = 0; i < book.values.length; i++) frame.payload[i] = book.values[i]!;
  }

  #fillByAsset(out: Float64Array, values: ReadonlyMap<string, number>): void {
    for (const [symbol, a] of this.#indices) out[a] = values.get(symbol) ?? Number.NaN;
  }

  #requireFits({ prices, assetVelDivs }: ScanReading): void {
    for (const symbol of prices.keys()) this.#requireKnown('key asset_prices', symbol);
    if (assetVelDivs === null) return;
    if (!this.#hasAssetSignals) throw new ScanRefusal('key assets: states velocities, and the run began without any');
    for (const symbol of assetVelDivs.keys()) this.#requireKnown('key assets', symbol);
  }

  #requireKnown(key: string, symbol: string): void {
    if (this.#indices.has(symbol)) return;
    throw new ScanRefusal(`${key}: ${symbol} is not of the universe, which the stream's first scan fixes`);
  }
}
