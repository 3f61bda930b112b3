/**
 * Seeded pauses of 0 to `most` turns of an empty loop, short and long ones alike often: they move one thread across
 * the other's race windows, whether these lie 50 ns or 50 µs apart.
 */
export class SeededJitter {
  readonly #mostLog2: number;
  #state: number;
  #sink = 0;

  constructor(seed: number, most: number) {
    this.#mostLog2 = Math.log2(most);
    this.#state = seed | 1;
  }

  pause(): void {
    const turns = 2 ** (this.#uniform() * this.#mostLog2);
    for (let i = 1; i < turns; i++) this.#sink = (this.#sink + i) | 0;
  }

  #uniform(): number {
    // xorshift32, Marsaglia 2003
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 2 ** 32;
  }
}
