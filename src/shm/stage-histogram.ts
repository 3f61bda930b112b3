import type { StageLatency } from '../model/stage-latency.ts';
import {
  doubleIndex,
  STAGE_BUCKET_COUNT,
  STAGE_BUCKETS,
  STAGE_COUNT,
  STAGE_MAX_NS,
  STAGE_NAMES,
  type StageName,
  stageOffset,
  wordIndex,
} from './layout.ts';
import type { Region } from './region.ts';

/*
 * Log-linear buckets: one per nanosecond below 64, then 64 per octave, so that a bucket is at most 1/64 of its value
 * wide; the last one begins at 136 s. Nothing is ever merged in place: each stage has one writing thread, and readers
 * add plain loads up. A count that is being written is off by one for a moment, which a percentile does not see.
 */
const SUB_BITS = 6;
const SUB_BUCKETS = 1 << SUB_BITS;
const TWO_31 = 2 ** 31;
const LARGE_UNIT_BITS = 8;

/** Histogram of one stage; its thread records, any thread may read. */
export class StageHistogram {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #buckets: number;
  readonly #count: number;
  readonly #max: number;

  constructor(region: Region, stage: StageName) {
    const offset = stageOffset(region.layout, stage);
    this.#words = region.words;
    this.#doubles = region.doubles;
    this.#buckets = wordIndex(offset + STAGE_BUCKETS);
    this.#count = doubleIndex(offset + STAGE_COUNT);
    this.#max = doubleIndex(offset + STAGE_MAX_NS);
  }

  /** Records a duration, ns; one below 0, of two clocks read in the wrong order, counts as 0. Allocates nothing. */
  record(ns: number): void {
    const value = ns > 0 ? ns : 0;
    const at = this.#buckets + bucketOf(value);
    this.#words[at] = this.#words[at]! + 1;
    this.#doubles[this.#count] = this.#doubles[this.#count]! + 1;
    if (value > this.#doubles[this.#max]!) this.#doubles[this.#max] = value;
  }

  /** Records `stamps[to] - stamps[from]`, which hot code cannot hand over as a number without cost. */
  recordBetween(stamps: Float64Array, from: number, to: number): void {
    const ns = stamps[to]! - stamps[from]!;
    const value = ns > 0 ? ns : 0;
    const at = this.#buckets + (value < TWO_31 ? bucketOfWhole(value | 0) : bucketOf(value));
    this.#words[at] = this.#words[at]! + 1;
    this.#doubles[this.#count] = this.#doubles[this.#count]! + 1;
    if (value > this.#doubles[this.#max]!) this.#doubles[this.#max] = value;
  }

  /** Values recorded so far. */
  get count(): number {
    return this.#doubles[this.#count]!;
  }

  /** Largest value so far, ns, exact. */
  get maxNs(): number {
    return this.#doubles[this.#max]!;
  }

  /**
   * The value, ns, below or at which a share of all values lies: the upper edge of its bucket, so at most 1/64 too
   * large; the largest value where it lies in the last bucket, which has no edge. NaN while nothing was recorded.
   *
   * @param share - from 0 to 1.
   */
  quantile(share: number): number {
    const wanted = Math.max(1, Math.ceil(share * this.count));
    let seen = 0;
    for (let bucket = 0; bucket < STAGE_BUCKET_COUNT - 1; bucket++) {
      seen += this.#words[this.#buckets + bucket]!;
      if (seen >= wanted) return Math.min(upperEdge(bucket), this.maxNs);
    }
    return this.count === 0 ? Number.NaN : this.maxNs;
  }

  /** Forgets everything; only while its thread does not record. */
  clear(): void {
    this.#words.fill(0, this.#buckets, this.#buckets + STAGE_BUCKET_COUNT);
    this.#doubles[this.#count] = 0;
    this.#doubles[this.#max] = 0;
  }
}

/** Every stage in which something was measured, in order. Allocates; loads only, so it costs the threads nothing. */
export function readStages(region: Region): StageLatency[] {
  return STAGE_NAMES.flatMap((stage) => {
    const histogram = new StageHistogram(region, stage);
    if (histogram.count === 0) return [];
    return {
      stage,
      n: histogram.count,
      p50: histogram.quantile(0.5),
      p99: histogram.quantile(0.99),
      p999: histogram.quantile(0.999),
      max: histogram.maxNs,
    };
  });
}

function bucketOf(value: number): number {
  if (value < TWO_31) return bucketOfWhole(value | 0);
  const large = bucketOfWhole(Math.min(value / 2 ** LARGE_UNIT_BITS, TWO_31 - 1) | 0) + LARGE_UNIT_BITS * SUB_BUCKETS;
  return Math.min(large, STAGE_BUCKET_COUNT - 1);
}

function bucketOfWhole(value: number): number {
  if (value < SUB_BUCKETS) return value;
  const shift = 31 - Math.clz32(value) - SUB_BITS;
  return (shift << SUB_BITS) + (value >>> shift);
}

/** Largest whole value of a bucket. */
function upperEdge(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const shift = (bucket >> SUB_BITS) - 1;
  return (SUB_BUCKETS + (bucket & (SUB_BUCKETS - 1)) + 1) * 2 ** shift - 1;
}
