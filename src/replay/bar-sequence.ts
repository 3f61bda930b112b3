import type { BarBlock } from '../shm/bar-block.ts';

/** One bar, kept while the block that it came with may be written anew. */
interface KeptBar {
  nsOfDay: number;
  prices: Float64Array;
}

/**
 * The 0.1 s bars of a day, one after the other, out of blocks that come one at a time. The last bar of a block is kept back
 * until the next block is there, or none: only then is it known whether the day has a later one. Allocates two rows.
 */
export class BarSequence {
  private block: BarBlock | null = null;
  private nextRow = 0;
  private follows: boolean;
  /** The last bar of the block before, when it is the next one; and that of this block. */
  private carried: KeptBar;
  private kept: KeptBar;
  private hasCarried = false;
  private hasKept = false;

  /** @param follows - blocks will be brought. */
  constructor(assets: number, follows: boolean) {
    this.follows = follows;
    this.carried = { nsOfDay: Number.NaN, prices: new Float64Array(follows ? assets : 0) };
    this.kept = { nsOfDay: Number.NaN, prices: new Float64Array(follows ? assets : 0) };
  }

  /** True when the next bar is known. */
  get hasNext(): boolean {
    return this.hasCarried || (this.block !== null && this.nextRow < this.block.rows - 1);
  }

  /** True when a block has to be brought before anything more can be said. */
  get needsBlock(): boolean {
    return this.follows && !this.hasNext;
  }

  /** True when no bar is left and none will be brought. */
  get isAtEnd(): boolean {
    return !this.follows && !this.hasNext;
  }

  /** Venue time of the next bar, ns of the day; Infinity when none is known. */
  get nsOfDay(): number {
    if (this.hasCarried) return this.carried.nsOfDay;
    return this.hasNext ? this.block!.nsOfDay[this.nextRow]! : Number.POSITIVE_INFINITY;
  }

  /** Where the prices of the next bar lie: `prices[offset + asset]`. Only while {@link hasNext}. */
  get prices(): Float64Array {
    return this.hasCarried ? this.carried.prices : this.block!.prices;
  }

  get offset(): number {
    return this.hasCarried ? 0 : this.nextRow * this.block!.assets;
  }

  /** Goes on behind the next bar. */
  advance(): void {
    if (this.hasCarried) this.hasCarried = false;
    else this.nextRow++;
  }

  /** Takes the next block, or null behind the last one; only while {@link needsBlock}. The block before is not read any more. */
  takeBlock(block: BarBlock | null): void {
    const { carried, kept } = this;
    this.carried = kept;
    this.kept = carried;
    this.hasCarried = this.hasKept;
    this.hasKept = block !== null;
    this.block = block;
    this.nextRow = 0;
    this.follows = block !== null;
    if (block !== null) keepLast(block, this.kept);
  }
}

function keepLast({ rows, assets, nsOfDay, prices }: BarBlock, out: KeptBar): void {
  out.nsOfDay = nsOfDay[rows - 1]!;
  out.prices.set(prices.subarray((rows - 1) * assets, rows * assets));
}
