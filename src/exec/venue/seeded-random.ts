import type { Stateful, StateWalk } from '../../model/state-walk.ts';

const UINT32 = 2 ** 32;
const GOLDEN_GAMMA = 0x9e3779b9;

/**
 * Seeded random numbers of the simulated venue: xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom
 * number generators"), its four words filled by SplitMix32. One stream per purpose, so that switching a fault on does not
 * change the latencies that are drawn. Integers and one `Math.log`: the same numbers wherever V8 runs.
 */
export class SeededRandom implements Stateful {
  private readonly words = new Int32Array(4);

  /**
   * @param seed - whole number in [0, 2^53).
   * @param purpose - whole number that names the stream.
   */
  constructor(seed: number, purpose: number) {
    let state = mix(GOLDEN_GAMMA ^ (seed >>> 0) ^ Math.floor(seed / UINT32));
    state = mix(state ^ purpose);
    for (let i = 0; i < 4; i++) {
      state = (state + GOLDEN_GAMMA) | 0;
      this.words[i] = mix(state);
    }
    this.words[3] = (this.words[3] as number) | 1; // never all zero
  }

  /** In [0, 1), 32 random bits. */
  uniform(): number {
    const words = this.words;
    const [a, b, c, d] = [words[0] as number, words[1] as number, words[2] as number, words[3] as number];
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const c1 = c ^ a;
    const d1 = d ^ b;
    words[1] = b ^ c1;
    words[0] = a ^ d1;
    words[2] = c1 ^ (b << 9);
    words[3] = rotateLeft(d1, 11);
    return scrambled / UINT32;
  }

  /** Exponential with this mean; 0 when the mean is 0. One draw either way. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.uniform());
  }

  /** True with this probability. One draw whatever the probability. */
  happens(probability: number): boolean {
    return this.uniform() < probability;
  }

  walkState(walk: StateWalk): void {
    walk.integers('words', this.words, { base: 0, count: 4 });
  }
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Finalizer of SplitMix32: every bit of the word reaches every bit of the result. */
function mix(word: number): number {
  let z = word;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return z ^ (z >>> 16);
}
