import { BOOK_VALUES, FRAME_BOOK, FRAME_SCAN, type FrameView, SIGNAL_VALUES } from '../model/frame.ts';
import type { DayBlock } from '../shm/day-block.ts';

/**
 * The frames of a decoded day in the order in which a live feed would have brought them: an order-book snapshot comes
 * before the first scan that is not older than it. Snapshots after the day's last scan tell nobody anything and are
 * left out.
 */
export class DayFrames {
  private readonly block: DayBlock;
  private readonly day: number;
  private nextRow = 0;
  private nextBook = 0;

  /** @param day - UTC day number of the block. */
  constructor(block: DayBlock, day: number) {
    this.block = block;
    this.day = day;
  }

  /** True while scans are left. */
  get hasNext(): boolean {
    return this.nextRow < this.block.rows;
  }

  /** True when the next frame is a scan; snapshots in between are never waited for. */
  get isNextScan(): boolean {
    const { block } = this;
    return !(this.nextBook < block.books && block.bookNsOfDay[this.nextBook]! <= block.nsOfDay[this.nextRow]!);
  }

  /** Venue time of the next frame, ns of the day. */
  get nextNsOfDay(): number {
    return this.isNextScan ? this.block.nsOfDay[this.nextRow]! : this.block.bookNsOfDay[this.nextBook]!;
  }

  /** Fills `frame` with the next frame, values copied. Only while {@link hasNext}. */
  fill(frame: FrameView): void {
    frame.flags = 0;
    frame.tsEventDay = this.day;
    frame.tsRecvDay = this.day;
    if (this.isNextScan) this.fillScan(frame);
    else this.fillBook(frame);
    // In replay a frame is seen, and taken, when it happened.
    frame.tsRecvNsOfDay = frame.tsEventNsOfDay;
    frame.tsTakeDay = this.day;
    frame.tsTakeNsOfDay = frame.tsEventNsOfDay;
  }

  private fillScan(frame: FrameView): void {
    const { block, nextRow } = this;
    frame.kind = FRAME_SCAN;
    frame.assetIndex = -1;
    frame.tsEventNsOfDay = block.nsOfDay[nextRow]!;
    frame.scanNumber = block.scanNumbers[nextRow]!;
    copyRow(frame.signals, block.signals, nextRow * SIGNAL_VALUES, SIGNAL_VALUES);
    copyRow(frame.payload, block.prices, nextRow * block.assets, block.assets);
    this.nextRow++;
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
