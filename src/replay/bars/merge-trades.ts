import { nsBetween } from '../../model/time.ts';
import type { TradeEvent } from './trade-event.ts';

/** Trades of one asset in the order of their source; all columns of one length. */
export interface TradeColumns {
  /** UTC day and exact ns of that day. */
  readonly days: Float64Array;
  readonly nsOfDay: Float64Array;
  readonly prices: Float64Array;
  readonly qtys: Float64Array;
  readonly ids: Float64Array;
}

/**
 * Trades of many assets as one stream: always the earliest of the heads, ties by asset index. What is out of order
 * inside an asset stays so, for the builder to count. A binary heap of asset indexes; allocates nothing per event.
 */
export class MergedTrades {
  readonly #sources: readonly TradeColumns[];
  /** Next row of each asset. */
  readonly #rows: Float64Array;
  readonly #heap: Int32Array;
  #size = 0;

  /** @param sources - one per asset, in index order; may be empty. */
  constructor(sources: readonly TradeColumns[]) {
    this.#sources = sources;
    this.#rows = new Float64Array(sources.length);
    this.#heap = new Int32Array(sources.length);
    for (const [asset, { days }] of sources.entries()) if (days.length > 0) this.#heap[this.#size++] = asset;
    for (let at = (this.#size >> 1) - 1; at >= 0; at--) this.#siftDown(at);
  }

  /** Fills `event` with the next trade; false when there is none. */
  next(event: TradeEvent): boolean {
    if (this.#size === 0) return false;
    const asset = this.#heap[0]!;
    const row = this.#rows[asset]!;
    const source = this.#sources[asset]!;
    event.assetIndex = asset;
    event.tsEventDay = source.days[row]!;
    event.tsEventNsOfDay = source.nsOfDay[row]!;
    event.price = source.prices[row]!;
    event.qty = source.qtys[row]!;
    event.tradeId = source.ids[row]!;
    this.#rows[asset] = row + 1;
    if (row + 1 === source.days.length) this.#heap[0] = this.#heap[--this.#size]!;
    this.#siftDown(0);
    return true;
  }

  #siftDown(from: number): void {
    const heap = this.#heap;
    const asset = heap[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!this.#isBefore(heap[child]!, asset)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = asset;
  }

  #isBefore(a: number, b: number): boolean {
    const left = this.#sources[a]!;
    const right = this.#sources[b]!;
    const rowLeft = this.#rows[a]!;
    const rowRight = this.#rows[b]!;
    const ns = nsBetween(right.days[rowRight]!, right.nsOfDay[rowRight]!, left.days[rowLeft]!, left.nsOfDay[rowLeft]!);
    return ns < 0 || (ns === 0 && a < b);
  }
}
