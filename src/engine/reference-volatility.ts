import { populationStd } from '../alpha/kernels/population-std.ts';
import { isValidPrice } from '../model/price.ts';
import type { Stateful, StateWalk } from '../model/state-walk.ts';

/**
 * `dvol` of semantics §4.2 for the survival stack: the same figure as the engine's histories give, but over midnight and in
 * HIBERNATE too, where those stand still. A stack that cannot see the storm would end HIBERNATE in the middle of it.
 *
 * From the `windowBars`-th return of a day on both are equal, bit for bit. Allocates once.
 */
export class ReferenceVolatility implements Stateful {
  private readonly returns: Float64Array;
  private count = 0;
  private cursor = 0;
  /** NaN when the bar before had no valid price. */
  private lastPrice = Number.NaN;

  /** @param windowBars - non-missing returns that it is taken over. */
  constructor(windowBars: number) {
    this.returns = new Float64Array(windowBars);
  }

  /** As new. */
  reset(): void {
    this.count = 0;
    this.cursor = 0;
    this.lastPrice = Number.NaN;
  }

  /**
   * Takes the price of one bar, quote currency.
   * @param price - not valid: this return and the next are missing.
   * @param isAfterGap - the return over the gap is missing.
   */
  onBar(price: number, isAfterGap: boolean): void {
    const { returns, lastPrice } = this;
    this.lastPrice = isValidPrice(price) ? price : Number.NaN;
    if (isAfterGap || Number.isNaN(lastPrice) || Number.isNaN(this.lastPrice)) return;
    returns[this.cursor] = price / lastPrice - 1;
    this.cursor = (this.cursor + 1) % returns.length;
    if (this.count < returns.length) this.count++;
  }

  /** Population standard deviation of the window, per bar; NaN until it is full. */
  get value(): number {
    return this.count < this.returns.length ? Number.NaN : populationStd(this.returns, this.cursor);
  }

  walkState(walk: StateWalk): void {
    const slots = this.returns.length;
    this.lastPrice = walk.number('lastPrice', this.lastPrice);
    this.count = walk.count('count', this.count, slots);
    // Where the ring begins is no state: read back, it begins at slot 0.
    const first = walk.isReading ? 0 : (this.cursor - this.count + slots) % slots;
    walk.doubles('returns', this.returns, { base: 0, count: this.count, first, slots });
    if (walk.isReading) this.cursor = this.count % slots;
  }
}
