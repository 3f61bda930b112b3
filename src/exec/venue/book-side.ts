import { MAX_COUNT, type Stateful, type StateWalk } from '../../model/state-walk.ts';

const DOUBLE_BYTES = 8;

/**
 * One side of a displayed book, worst level first, so that the busy end is the cheap one. Prices in ticks, sizes in lots;
 * a size of 0 is no level.
 */
export class BookSide implements Stateful {
  /** +1: the higher price is better (bids); -1: the lower one (asks). */
  private readonly sign: number;
  private ticks: number[] = [];
  private qtys: number[] = [];

  constructor(side: 'bid' | 'ask') {
    this.sign = side === 'bid' ? 1 : -1;
  }

  get levels(): number {
    return this.ticks.length;
  }

  /** Best price; NaN when the side is empty. */
  get bestTicks(): number {
    return this.ticks.at(-1) ?? Number.NaN;
  }

  /** Worst displayed price; NaN when the side is empty. Beyond it nobody knows what there is. */
  get worstTicks(): number {
    return this.ticks[0] ?? Number.NaN;
  }

  /** Size displayed at a price: 0 where there is none, NaN beyond the worst displayed price. */
  qtyAt(ticks: number): number {
    const at = this.find(ticks);
    if (this.ticks[at] === ticks) return this.qtys[at] as number;
    return at === 0 ? Number.NaN : 0;
  }

  /** Sets the size of a level; 0 takes it away, and taking away what is not there is normal. */
  set(ticks: number, qty: number): void {
    const at = this.find(ticks);
    const isThere = this.ticks[at] === ticks;
    if (qty > 0 && isThere) this.qtys[at] = qty;
    else if (qty > 0) {
      this.ticks.splice(at, 0, ticks);
      this.qtys.splice(at, 0, qty);
    } else if (isThere) {
      this.ticks.splice(at, 1);
      this.qtys.splice(at, 1);
    }
  }

  clear(): void {
    this.ticks.length = 0;
    this.qtys.length = 0;
  }

  /** Takes away every level better than a price: a top of book says that there is none. */
  dropBetterThan(ticks: number): void {
    while (this.ticks.length > 0 && (this.bestTicks - ticks) * this.sign > 0) {
      this.ticks.pop();
      this.qtys.pop();
    }
  }

  /**
   * Takes up to `qty` from the best level on, as far as `limitTicks`, level by level.
   * @param onLevel - told of each piece taken.
   * @returns what was taken.
   */
  take(qty: number, limitTicks: number, onLevel: (ticks: number, qty: number) => void): number {
    let left = qty;
    while (left > 0 && this.ticks.length > 0) {
      const ticks = this.bestTicks;
      if ((ticks - limitTicks) * this.sign < 0) break;
      const there = this.qtys.at(-1) as number;
      const taken = Math.min(left, there);
      left -= taken;
      this.set(ticks, there - taken);
      onLevel(ticks, taken);
    }
    return qty - left;
  }

  walkState(walk: StateWalk): void {
    const count = walk.count('levels', this.ticks.length, MAX_COUNT, 2 * DOUBLE_BYTES);
    this.ticks.length = count;
    this.qtys.length = count;
    for (let i = 0; i < count; i++) {
      this.ticks[i] = walk.number('ticks', this.ticks[i] as number);
      this.qtys[i] = walk.number('qty', this.qtys[i] as number);
    }
  }

  /** Place of the first level that is not worse than a price. */
  private find(ticks: number): number {
    let low = 0;
    let high = this.ticks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (((this.ticks[middle] as number) - ticks) * this.sign < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
