import { NS_PER_MS, nsBetween } from '../../model/time.ts';
import { allocatedDoubles, type KernelMemory, type KernelVector } from './kernels/kernel-memory.ts';
import { packedStride } from './packed-symmetric.ts';

/** Beyond this a return cannot be squared and summed in a double; it counts as missing. */
const MAX_RETURN = 1e150;
/** A scan that comes later than this many bar intervals after the last one has no returns (semantics §3). */
const GAP_INTERVALS = 2.5;

export interface ReturnRingOptions {
  readonly assets: number;
  /** Length assets, 1 = left out. */
  readonly excluded: Uint8Array;
  readonly barIntervalMs: number;
  /** Longest window served. */
  readonly maxBars: number;
}

/**
 * The last `maxBars + 1` vectors of returns over the assets that are not left out (semantics §9): missing returns are 0,
 * prices run across midnight. Vector t belongs to scan t (0-based); scan 0 has none. Shared by all windows.
 *
 * Beside each return stands the length of the run of equal returns that ends there, so that "all returns of a window
 * are equal" is a comparison of integers, exact whatever the scale of the prices.
 */
export class ReturnRing {
  /** Assets that are not left out. */
  readonly size: number;
  /** Length of a vector: `size` padded with zeros to a multiple of four. */
  readonly stride: number;
  /** 0-based index of the last scan; -1 before the first. */
  scanIndex = -1;

  private readonly included: Int32Array;
  private readonly rows: readonly KernelVector[];
  private readonly runs: readonly Uint32Array[];
  /** Price in the scan before; 0 when it was not valid. */
  private readonly lastPrices: Float64Array;
  private readonly gapNs: number;
  private lastDay = 0;
  private lastNsOfDay = 0;

  /** Doubles that a ring takes of its memory. */
  static doubles(stride: number, maxBars: number): number {
    return (maxBars + 1) * allocatedDoubles(stride);
  }

  constructor(memory: KernelMemory, options: ReturnRingOptions) {
    const { assets, excluded, barIntervalMs, maxBars } = options;
    this.included = Int32Array.from(Array.from({ length: assets }, (_, a) => a).filter((a) => excluded[a] === 0));
    this.size = this.included.length;
    this.stride = packedStride(this.size);
    const { stride } = this;
    const slots = maxBars + 1;
    const runs = new Uint32Array(slots * stride);
    this.rows = Array.from({ length: slots }, () => memory.allocate(stride));
    this.runs = Array.from({ length: slots }, (_, s) => runs.subarray(s * stride, (s + 1) * stride));
    this.lastPrices = new Float64Array(this.size);
    this.gapNs = GAP_INTERVALS * barIntervalMs * NS_PER_MS;
  }

  /** Vector of scan t: length stride. Holds for the last maxBars + 1 scans. */
  vector(scanIndex: number): KernelVector {
    return this.rows[scanIndex % this.rows.length]!;
  }

  /** Per asset, how many vectors up to scan t have held the same return in a row. */
  equalRuns(scanIndex: number): Uint32Array {
    return this.runs[scanIndex % this.runs.length]!;
  }

  /** Takes one accepted scan. `prices[offset + asset]`; not finite or <= 0 = invalid. Allocates nothing. */
  append(day: number, nsOfDay: number, prices: Float64Array, offset: number): void {
    const isFirst = this.scanIndex < 0;
    const isGap = !isFirst && nsBetween(this.lastDay, this.lastNsOfDay, day, nsOfDay) > this.gapNs;
    this.lastDay = day;
    this.lastNsOfDay = nsOfDay;
    this.scanIndex++;
    this.fillRow(prices, offset, isFirst || isGap);
  }

  private fillRow(prices: Float64Array, offset: number, isMissing: boolean): void {
    const { included, lastPrices, size, scanIndex } = this;
    const row = this.vector(scanIndex).values;
    const runs = this.equalRuns(scanIndex);
    const slots = this.rows.length;
    const rowBefore = this.vector(scanIndex + slots - 1).values;
    const runsBefore = this.equalRuns(scanIndex + slots - 1);
    for (let i = 0; i < size; i++) {
      const price = prices[offset + included[i]!]!;
      const isValid = price > 0 && price < Number.POSITIVE_INFINITY;
      const last = lastPrices[i]!;
      const value = isValid && last > 0 && !isMissing ? price / last - 1 : 0;
      const usable = value < MAX_RETURN ? value : 0;
      row[i] = usable;
      // Scan 0 has no vector, so vector 1 starts the first run.
      runs[i] = scanIndex > 1 && usable === rowBefore[i]! ? runsBefore[i]! + 1 : 1;
      lastPrices[i] = isValid ? price : 0;
    }
  }
}
