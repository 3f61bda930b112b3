import type { Stateful, StateWalk } from '../../model/state-walk.ts';

const WINDOW = 500;
const MIN_VALUES = 100;

/**
 * Optional boost of spec 1.0 (`proxyB`): where today's `instability_50 - v750` ranks among its last 500 values moves the
 * leverage by up to 20 % (semantics §6.4).
 */
export class ProxyBoost implements Stateful {
  private readonly values = new Float64Array(WINDOW);
  private count = 0;
  private cursor = 0;
  private current = 1;

  /** Factor for this bar: in [0.8, 1.2], 1 while there is too little history or the input is not finite. */
  get factor(): number {
    return this.current;
  }

  reset(): void {
    this.count = 0;
    this.cursor = 0;
    this.current = 1;
  }

  walkState(walk: StateWalk): void {
    this.current = walk.number('factor', this.current);
    this.count = walk.count('count', this.count, WINDOW);
    const first = walk.isReading || this.count < WINDOW ? 0 : this.cursor;
    walk.doubles('values', this.values, { base: 0, count: this.count, first, slots: WINDOW });
    if (walk.isReading) this.cursor = this.count % WINDOW;
  }

  /** Told once per bar, with the histories. */
  onBar(instability50: number, v750: number): void {
    const b = instability50 - v750;
    this.current = 1;
    if (!Number.isFinite(b)) return;
    this.values[this.cursor] = b;
    this.cursor = this.cursor + 1 === WINDOW ? 0 : this.cursor + 1;
    if (this.count < WINDOW) this.count++;
    if (this.count < MIN_VALUES) return;
    let below = 0;
    for (let i = 0; i < this.count; i++) if (this.values[i]! < b) below++;
    this.current = 1 + 0.2 * (2 * (below / this.count) - 1);
  }
}
