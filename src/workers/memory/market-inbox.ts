import { BOOK_VALUES, FRAME_BOOK, FRAME_SCAN, type FrameView, SIGNAL_VALUES } from '../../model/frame.ts';
import type { BookValue, EigenScan } from '../../model/memory-values.ts';
import { EventRingConsumer, EventRingProducer } from '../../shm/event-ring.ts';
import { doubleIndex } from '../../shm/layout.ts';
import { INSUFFICIENT_CAPACITY } from '../../shm/record-ring.ts';
import type { Region } from '../../shm/region.ts';

/*
 *   memory worker  ── SCAN: day, ns of day, scan number, 7 signals, a price per asset ──►  market-data worker
 *                  ── BOOK: day, ns of day, index of the asset, 20 values ────────────►
 *
 * Kinds are those of frames. Market data alone decides the order of a run, so what comes from the memory goes through it.
 * A full inbox drops the newest and counts it (`inboxDropped`): a consumer that is behind gets no fresher by more.
 */
const HEAD = 3;

/** The memory worker's end of the ring `inbox`: values of the memory by symbol become vectors of the universe. */
export class MarketInboxWriter {
  private readonly ring: EventRingProducer;
  private readonly doubles: Float64Array;
  private readonly universe: readonly string[];
  private readonly indices: ReadonlyMap<string, number>;

  constructor(region: Region, universe: readonly string[]) {
    this.ring = new EventRingProducer(region, 'inbox');
    this.doubles = region.doubles;
    this.universe = universe;
    this.indices = new Map(universe.map((symbol, a) => [symbol, a]));
  }

  /** Hands a scan on; an asset without a price gets NaN, a price of an asset that is none of the universe is left out. */
  scan(scan: EigenScan): void {
    const { universe } = this;
    const at = this.ring.claim(FRAME_SCAN, 8 * (HEAD + SIGNAL_VALUES + universe.length), 0);
    if (at === INSUFFICIENT_CAPACITY) return;
    const base = this.writeHead(at, scan, scan.scanNumber);
    const { velDiv, v50, v150, v300, v750, instability50, instability150 } = scan;
    this.doubles.set([velDiv, v50, v150, v300, v750, instability50, instability150], base);
    for (const [a, symbol] of universe.entries()) {
      this.doubles[base + SIGNAL_VALUES + a] = scan.assetPrices[symbol] ?? Number.NaN;
    }
    this.publish();
  }

  /** Hands a snapshot of an order book on; one of an asset that is none of the universe is left out. */
  book(symbol: string, book: BookValue): void {
    const asset = this.indices.get(symbol);
    if (asset === undefined) return;
    const at = this.ring.claim(FRAME_BOOK, 8 * (HEAD + BOOK_VALUES), 0);
    if (at === INSUFFICIENT_CAPACITY) return;
    const base = this.writeHead(at, book, asset);
    const { bidNotional, bidDepth, askNotional, askDepth } = book;
    this.doubles.set([...bidNotional, ...bidDepth, ...askNotional, ...askDepth], base);
    this.publish();
  }

  /** @returns position of the first double behind the head. */
  private writeHead(at: number, { day, nsOfDay }: { day: number; nsOfDay: number }, number: number): number {
    const base = doubleIndex(at);
    this.doubles[base] = day;
    this.doubles[base + 1] = nsOfDay;
    this.doubles[base + 2] = number;
    return base + HEAD;
  }

  private publish(): void {
    this.ring.commit();
    this.ring.publish();
  }
}

/** The market-data worker's end: what the memory worker handed on, as frames. */
export class MarketInbox {
  private readonly ring: EventRingConsumer;
  private readonly doubles: Float64Array;
  private readonly assets: number;

  constructor(region: Region) {
    this.ring = new EventRingConsumer(region, 'inbox');
    this.doubles = region.doubles;
    this.assets = region.shape.assets;
  }

  /** For the idle strategy. */
  isDataReady(): boolean {
    return this.ring.isDataReady();
  }

  /**
   * Fills a SCAN or BOOK frame with the next value and gives its room back; false when there is none.
   * @param frame - its `sequence`, `tsRecv` and `tsTake` are the caller's to set.
   */
  take(frame: FrameView): boolean {
    const { ring, doubles } = this;
    if (!ring.poll()) return false;
    const base = doubleIndex(ring.payloadOffset);
    frame.kind = ring.kind;
    frame.flags = 0;
    frame.tsEventDay = doubles[base] as number;
    frame.tsEventNsOfDay = doubles[base + 1] as number;
    if (ring.kind === FRAME_SCAN) this.fillScan(frame, base);
    else this.fillBook(frame, base);
    ring.release();
    return true;
  }

  private fillScan(frame: FrameView, base: number): void {
    const { doubles } = this;
    frame.scanNumber = doubles[base + 2] as number;
    frame.assetIndex = -1;
    const signals = base + HEAD;
    for (let i = 0; i < SIGNAL_VALUES; i++) frame.signals[i] = doubles[signals + i] as number;
    const prices = signals + SIGNAL_VALUES;
    for (let a = 0; a < this.assets; a++) frame.payload[a] = doubles[prices + a] as number;
  }

  private fillBook(frame: FrameView, base: number): void {
    const { doubles } = this;
    frame.scanNumber = Number.NaN;
    frame.assetIndex = doubles[base + 2] as number;
    for (let i = 0; i < BOOK_VALUES; i++) frame.payload[i] = doubles[base + HEAD + i] as number;
  }
}
