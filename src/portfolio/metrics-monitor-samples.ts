import type { Stateful, StateWalk } from '../model/state-walk.ts';

/** The last values of some columns, in a ring; each sample is one row. */
export class SampleRing implements Stateful {
  /** One array per column, in the order of the ring's slots; the first `count` are valid, whichever is the oldest. */
  readonly columns: readonly Float64Array[];
  /** Samples that it holds. */
  count = 0;
  private readonly slots: number;
  private next = 0;

  /** @param columns - values of a sample, 1 to 3. */
  constructor(columns: number, slots: number) {
    this.slots = slots;
    this.columns = Array.from({ length: columns }, () => new Float64Array(slots));
  }

  /** Adds a row of up to three values; the oldest falls out. */
  push(first: number, second = 0, third = 0): void {
    const { columns, next } = this;
    columns[0]![next] = first;
    if (columns.length > 1) columns[1]![next] = second;
    if (columns.length > 2) columns[2]![next] = third;
    this.next = (next + 1) % this.slots;
    if (this.count < this.slots) this.count++;
  }

  walkState(walk: StateWalk): void {
    this.count = walk.count('count', this.count, this.slots);
    // Where the ring begins is no state: read back, it begins at slot 0.
    const first = walk.isReading ? 0 : (this.next - this.count + this.slots) % this.slots;
    for (const column of this.columns) {
      walk.doubles('column', column, { base: 0, count: this.count, first, slots: this.slots });
    }
    if (walk.isReading) this.next = this.count % this.slots;
  }
}
