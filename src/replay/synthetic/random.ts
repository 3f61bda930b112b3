const UINT32 = 2 ** 32;

/**
 * Seeded random numbers for synthetic data: xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators"), its state filled by SplitMix32. Not for anything that decides: strategies draw from their own MT19937.
 * Streams of one seed are independent for all that matters here.
 */
export class SeededRandom {
  private a: number;
  private b: number;
  private c: number;
  private d: number;
  private spareNormal = Number.NaN;

  /** @param keys - whole numbers that together name the stream, e.g. seed, day, purpose. */
  constructor(...keys: readonly number[]) {
    let state = 0x9e3779b9;
    for (const key of keys) state = mix(state ^ (key >>> 0) ^ Math.floor(key / UINT32));
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0;
      return mix(state);
    };
    this.a = next();
    this.b = next();
    this.c = next();
    this.d = next() | 1; // never all zero
  }

  /** In [0, 1), 32 random bits. */
  uniform(): number {
    const scrambled = Math.imul(rotateLeft(Math.imul(this.b, 5), 7), 9) >>> 0;
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = rotateLeft(this.d, 11);
    return scrambled / UINT32;
  }

  /** In [from, to). */
  between(from: number, to: number): number {
    return from + (to - from) * this.uniform();
  }

  /** Standard normal, Marsaglia's polar method. */
  normal(): number {
    const spare = this.spareNormal;
    if (!Number.isNaN(spare)) {
      this.spareNormal = Number.NaN;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.spareNormal = y * factor;
      return x * factor;
    }
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
