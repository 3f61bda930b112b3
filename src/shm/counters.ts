import {
  COUNTER_NAMES,
  type CounterName,
  doubleIndex,
  GAUGE_NAMES,
  type GaugeName,
  LINE_BYTES,
  wordIndex,
} from './layout.ts';
import type { Region } from './region.ts';

/** One event counter, resolved once; any thread may add. */
export class Counter {
  readonly #words: Int32Array;
  readonly #index: number;

  constructor(region: Region, name: CounterName) {
    this.#words = region.words;
    this.#index = wordIndex(region.layout.counters + COUNTER_NAMES.indexOf(name) * LINE_BYTES);
  }

  add(count: number): void {
    Atomics.add(this.#words, this.#index, count);
  }

  get value(): number {
    return Atomics.load(this.#words, this.#index);
  }
}

/**
 * One gauge, resolved once; one thread sets it. A double is whole on the 64-bit machines that Node supports, though
 * the JS memory model does not promise it: gauges inform, they never decide.
 */
export class Gauge {
  readonly #doubles: Float64Array;
  readonly #index: number;

  constructor(region: Region, name: GaugeName) {
    this.#doubles = region.doubles;
    this.#index = doubleIndex(region.layout.gauges + GAUGE_NAMES.indexOf(name) * LINE_BYTES);
  }

  set(value: number): void {
    this.#doubles[this.#index] = value;
  }

  get value(): number {
    return this.#doubles[this.#index]!;
  }
}

/** All event counters by name. Allocates; for reports. */
export function readCounters(region: Region): Record<CounterName, number> {
  return Object.fromEntries(COUNTER_NAMES.map((name) => [name, new Counter(region, name).value])) as Record<
    CounterName,
    number
  >;
}
