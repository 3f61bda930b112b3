import type { Stateful, StateWalk } from '../../model/state-walk.ts';

const N = 624;
const M = 397;
const UPPER_MASK = 0x80000000;
const LOWER_MASK = 0x7fffffff;

/**
 * Mersenne Twister MT19937 with the seeding and the 53-bit doubles of numpy's `RandomState(seed).random_sample()`.
 * Matsumoto & Nishimura 1998; values: test/golden/units.json `randomState42`. Allocates once.
 */
export class Mt19937 implements Stateful {
  private readonly state = new Uint32Array(N);
  private index = N;

  /** @param seed - integer in [0, 2^32). */
  constructor(seed: number) {
    this.reseed(seed);
  }

  /** Starts the sequence of `seed` from its first value. */
  reseed(seed: number): void {
    const state = this.state;
    state[0] = seed >>> 0;
    for (let i = 1; i < N; i++) {
      const previous = state[i - 1]! ^ (state[i - 1]! >>> 30);
      state[i] = Math.imul(1812433253, previous) + i;
    }
    this.index = N;
  }

  /** Next double in [0, 1), 53 random bits. */
  randomSample(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  walkState(walk: StateWalk): void {
    walk.integers('state', this.state, { base: 0, count: N });
    this.index = walk.count('index', this.index, N);
  }

  private nextUint32(): number {
    if (this.index >= N) this.twist();
    let y = this.state[this.index++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  private twist(): void {
    const state = this.state;
    for (let i = 0; i < N; i++) {
      const y = (state[i]! & UPPER_MASK) | (state[(i + 1) % N]! & LOWER_MASK);
      state[i] = state[(i + M) % N]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    this.index = 0;
  }
}
