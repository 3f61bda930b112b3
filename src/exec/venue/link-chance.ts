import type { Stateful, StateWalk } from '../../model/state-walk.ts';
import { NS_PER_MS } from '../../model/time.ts';
import type { Fault } from './fault-plan.ts';
import { SeededRandom } from './seeded-random.ts';

/** Places of the streams of random numbers; never renumbered, so that a seed keeps its meaning. */
export const STREAM_IN = 1;
export const STREAM_OUT = 2;
export const STREAM_ACK_DELAY = 3;
export const STREAM_FILL_BEFORE_ACK = 4;
export const STREAM_CANCEL_RACE = 5;
export const STREAM_LOST_RESPONSE = 6;
export const STREAM_DUPLICATE = 7;
export const STREAM_DISCONNECT = 8;

/** A fault that did not happen takes this long. */
export const NO_DELAY = Number.NaN;

/** The random numbers of a link: one stream per purpose, so that a switch of one fault changes no other draw. */
export class LinkChance implements Stateful {
  private readonly random: readonly SeededRandom[];

  constructor(seed: number) {
    this.random = Array.from({ length: STREAM_DISCONNECT + 1 }, (_, stream) => new SeededRandom(seed, stream));
  }

  /** One way of one message: at least `minMs`, exponentially more beyond that; whole ns. */
  latencyNs(stream: number, minMs: number, meanExtraMs: number): number {
    return Math.round((minMs + this.of(stream).exponential(meanExtraMs)) * NS_PER_MS);
  }

  /** Whether a fault happens: how long it takes, ns; {@link NO_DELAY} when it does not. Two draws either way. */
  faultNs(stream: number, { probability, meanMs }: Fault): number {
    const happens = this.of(stream).happens(probability);
    const ns = this.exponentialNs(stream, meanMs);
    return happens ? ns : NO_DELAY;
  }

  /** An exponential time, whole ns. */
  exponentialNs(stream: number, meanMs: number): number {
    return Math.round(this.of(stream).exponential(meanMs * NS_PER_MS));
  }

  /** In [0, 1). */
  uniform(stream: number): number {
    return this.of(stream).uniform();
  }

  walkState(walk: StateWalk): void {
    for (const random of this.random) walk.part('random', random);
  }

  private of(stream: number): SeededRandom {
    return this.random[stream] as SeededRandom;
  }
}
