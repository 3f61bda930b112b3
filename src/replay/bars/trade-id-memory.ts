import type { TradeEvent } from './trade-event.ts';

/**
 * The last trade ids of each asset, to tell duplicates by: a direct-mapped table of exact ids, one row per asset, in
 * which id `i` has slot `i mod size`. With the ascending, nearly gapless ids of a venue these are the last `size` ids.
 */
export class TradeIdMemory {
  readonly #size: number;
  readonly #ids: Float64Array;

  /** @param size - ids per asset, a power of two; 0 remembers nothing. */
  constructor(assets: number, size: number) {
    this.#size = size;
    this.#ids = new Float64Array(assets * size).fill(Number.NaN);
  }

  /** True when the event's id is remembered for its asset; else it is from now on. NaN is never remembered. */
  hasOrAdd({ assetIndex, tradeId: id }: TradeEvent): boolean {
    const size = this.#size;
    if (size === 0 || Number.isNaN(id)) return false;
    // `id % size`, which beyond 2^31 would be a call.
    const at = assetIndex * size + id - Math.floor(id / size) * size;
    if (this.#ids[at] === id) return true;
    this.#ids[at] = id;
    return false;
  }
}
