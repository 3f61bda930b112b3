import { SeededRandom } from '../../src/replay/synthetic/random.ts';

/** Draws of one purpose of one seed: what a scenario, its market and its operator are made of. */
export class Draw {
  private readonly random: SeededRandom;

  /** @param keys - whole numbers that together name the stream. */
  constructor(...keys: readonly number[]) {
    this.random = new SeededRandom(...keys);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.random.uniform() < probability;
  }

  /** In [from, to). */
  between(from: number, to: number): number {
    return this.random.between(from, to);
  }

  /** In [from, to), the logarithm evenly spread; both > 0. */
  logBetween(from: number, to: number): number {
    return from * (to / from) ** this.random.uniform();
  }

  /** Whole number in [from, to]. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.random.uniform() * (to - from + 1));
  }

  pick<T>(values: readonly T[]): T {
    return values[this.whole(0, values.length - 1)] as T;
  }

  /** Standard normal. */
  normal(): number {
    return this.random.normal();
  }
}
