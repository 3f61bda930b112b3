import {
  BOOK_VALUES,
  FLAG_ASSET_VEL_DIV,
  FLAG_BAR_SIGNALS,
  FLAG_LAST_OF_DAY,
  FRAME_BAR,
  FRAME_BOOK,
  FRAME_SCAN,
  type FrameKind,
  type FrameView,
  SIGNAL_VALUES,
} from '../model/frame.ts';
import type { BarBlock } from '../shm/bar-block.ts';
import type { DayBlock } from '../shm/day-block.ts';
import { BarSequence } from './bar-sequence.ts';

/** Computes the signal values of a bar from its prices: the eigenvalue scanner at `scanner_rate: 10hz`. */
export interface BarScanner {
  /** Writes SIGNAL_VALUES values to `out` from `outOffset` on. @param prices - `prices[offset + asset]`, NaN = missing. */
  step(day: number, nsOfDay: number, prices: Float64Array, offset: number, out: Float64Array, outOffset: number): void;
}

/** What a day has beside its scans. */
export interface DayFramesOptions {
  /** The day has 0.1 s bars, which come in blocks. */
  readonly hasBars: boolean;
  /** Gives every bar signals of its own; null for bars of prices alone. */
  readonly barScanner: BarScanner | null;
}

/** Scans and order books alone. */
export const WITHOUT_BARS: DayFramesOptions = { hasBars: false, barScanner: null };

/**
 * The frames of a decoded day in the order in which a live feed would have brought them. At one instant an order-book
 * snapshot comes before the scan and the scan before the 0.1 s bar: a bar is stepped on the signal of its own instant.
 * Snapshots after the day's last scan and last bar tell nobody anything and are left out.
 *
 * Bars come in blocks, for those of a whole day would not fit into memory: {@link needsBars} asks for the next one. The last
 * scan or bar of the day says that it is the last.
 */
export class DayFrames {
  private readonly block: DayBlock;
  private readonly day: number;
  private readonly barScanner: BarScanner | null;
  private nextRow = 0;
  private nextBook = 0;
  private readonly bars: BarSequence;
  /** Of the scans taken so far: a repeated one is no event of its own and keeps the time of the one before. */
  private lastScanNumber = Number.NEGATIVE_INFINITY;
  private lastScanNsOfDay = 0;

  /** @param day - UTC day number of the block. */
  constructor(block: DayBlock, day: number, options: DayFramesOptions = WITHOUT_BARS) {
    this.block = block;
    this.day = day;
    this.bars = new BarSequence(block.assets, options.hasBars);
    this.barScanner = options.barScanner;
  }

  /** True when no frame can be told to be the next before {@link takeBars}. */
  get needsBars(): boolean {
    return this.bars.needsBlock;
  }

  /** Takes the next block of bars, or null behind the last one. The block before is not read any more. */
  takeBars(bars: BarBlock | null): void {
    this.bars.takeBlock(bars);
  }

  /** True while scans or bars are there; false, too, when bars are needed first. */
  get hasNext(): boolean {
    return (this.nextRow < this.block.rows || this.bars.hasNext) && !this.needsBars;
  }

  /** Venue time of the next frame, ns of the day. */
  get nextNsOfDay(): number {
    const kind = this.nextKind();
    if (kind === FRAME_SCAN) return this.block.nsOfDay[this.nextRow]!;
    return kind === FRAME_BAR ? this.bars.nsOfDay : this.block.bookNsOfDay[this.nextBook]!;
  }

  /** Fills `frame` with the next frame, values copied. Only while {@link hasNext}. */
  fill(frame: FrameView): void {
    frame.flags = 0;
    frame.tsEventDay = this.day;
    frame.tsRecvDay = this.day;
    const kind = this.nextKind();
    if (kind === FRAME_SCAN) this.fillScan(frame);
    else if (kind === FRAME_BAR) this.fillBar(frame);
    else this.fillBook(frame);
    // In replay a frame is seen, and taken, when it happened.
    frame.tsRecvNsOfDay = frame.tsEventNsOfDay;
    frame.tsTakeDay = this.day;
    frame.tsTakeNsOfDay = frame.tsEventNsOfDay;
    if (kind !== FRAME_BOOK && this.isAtEnd) frame.flags |= FLAG_LAST_OF_DAY;
  }

  /** No scan and no bar is left, and no block of bars will come. */
  private get isAtEnd(): boolean {
    return this.nextRow >= this.block.rows && this.bars.isAtEnd;
  }

  private nextKind(): FrameKind {
    const { block, nextRow } = this;
    const scanNsOfDay = nextRow < block.rows ? block.nsOfDay[nextRow]! : Number.POSITIVE_INFINITY;
    const barNsOfDay = this.bars.nsOfDay;
    if (this.isBookUntil(Math.min(scanNsOfDay, barNsOfDay))) return FRAME_BOOK;
    return nextRow < block.rows && this.scanEventNsOfDay() <= barNsOfDay ? FRAME_SCAN : FRAME_BAR;
  }

  private isBookUntil(nsOfDay: number): boolean {
    const { block, nextBook } = this;
    return nextBook < block.books && block.bookNsOfDay[nextBook]! <= nsOfDay;
  }

  /** When the next scan happened among the bars. */
  private scanEventNsOfDay(): number {
    const { block, nextRow } = this;
    return block.scanNumbers[nextRow]! > this.lastScanNumber ? block.nsOfDay[nextRow]! : this.lastScanNsOfDay;
  }

  private fillScan(frame: FrameView): void {
    const { block, nextRow } = this;
    frame.kind = FRAME_SCAN;
    frame.assetIndex = -1;
    frame.tsEventNsOfDay = block.nsOfDay[nextRow]!;
    frame.scanNumber = block.scanNumbers[nextRow]!;
    copyRow(frame.signals, block.signals, nextRow * SIGNAL_VALUES, SIGNAL_VALUES);
    copyRow(frame.payload, block.prices, nextRow * block.assets, block.assets);
    if (block.assetVelDivs.length > 0) {
      frame.flags = FLAG_ASSET_VEL_DIV;
      copyRow(frame.assetVelDivs, block.assetVelDivs, nextRow * block.assets, block.assets);
    }
    this.lastScanNsOfDay = this.scanEventNsOfDay();
    this.lastScanNumber = Math.max(this.lastScanNumber, frame.scanNumber);
    this.nextRow++;
  }

  private fillBar(frame: FrameView): void {
    const { bars } = this;
    frame.kind = FRAME_BAR;
    frame.assetIndex = -1;
    frame.tsEventNsOfDay = bars.nsOfDay;
    frame.scanNumber = Number.NaN;
    copyRow(frame.payload, bars.prices, bars.offset, this.block.assets);
    if (this.barScanner === null) frame.signals.fill(Number.NaN);
    else {
      this.barScanner.step(this.day, frame.tsEventNsOfDay, bars.prices, bars.offset, frame.signals, 0);
      frame.flags = FLAG_BAR_SIGNALS;
    }
    bars.advance();
  }

  private fillBook(frame: FrameView): void {
    const { block, nextBook } = this;
    frame.kind = FRAME_BOOK;
    frame.assetIndex = block.bookAssets[nextBook]!;
    frame.tsEventNsOfDay = block.bookNsOfDay[nextBook]!;
    frame.scanNumber = Number.NaN;
    copyRow(frame.payload, block.bookValues, nextBook * BOOK_VALUES, BOOK_VALUES);
    this.nextBook++;
  }
}

/** An element loop: below 400 values as fast as `set`, and it makes no view per frame. */
function copyRow(out: Float64Array, source: Float64Array, from: number, length: number): void {
  for (let i = 0; i < length; i++) out[i] = source[from + i]!;
}
