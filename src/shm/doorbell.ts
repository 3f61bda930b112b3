import { Counter } from './counters.ts';
import { BELL_NAMES, type BellName, bellOffset, sleepingOffset, wordIndex } from './layout.ts';
import type { Region } from './region.ts';

/** The bell rang while the sleeper slept. */
export const WOKEN = 1;
/** What the sleeper waits for was there before it slept. */
export const READY = 2;
/** Nobody rang in time. */
export const TIMED_OUT = 3;
export type ParkOutcome = typeof WOKEN | typeof READY | typeof TIMED_OUT;

/** Longest sleep of a worker: a parked thread beats no heart and sees no stop that did not ring. */
export const PARK_TIMEOUT_MS = 250;

/**
 * How long a sleeper whose time-out found data waits for the ring of a writer that stands between its store of the
 * tail and its ring. Only when this passes too was the wake-up lost.
 */
const LATE_RING_MS = 50;

/**
 * How one thread sleeps until another has something for it. One sleeper per bell; any thread may ring.
 *
 * ```
 *  ringer (after store(tail))          sleeper (after draining)
 *  load(sleeping)                      seen = load(bell)
 *   0: done                            store(sleeping, 1)
 *   1: add(bell, 1); notify            ready? store(sleeping, 0), go on
 *                                      wait(bell, seen, timeout); store(sleeping, 0)
 * ```
 * Both sides store their own word before they load the other's, and Atomics are sequentially consistent: either the
 * ringer sees the flag, or the sleeper sees the data. A ring between load(bell) and wait makes the wait return at
 * once, because the bell is no longer `seen`.
 */
export class Doorbell {
  readonly #words: Int32Array;
  readonly #bell: number;
  readonly #sleeping: number;
  readonly #lostWakes: Counter;
  #outstanding: Promise<ParkOutcome> | undefined;

  constructor(region: Region, which: BellName) {
    this.#words = region.words;
    this.#bell = wordIndex(bellOffset(region.layout, which));
    this.#sleeping = wordIndex(sleepingOffset(region.layout, which));
    this.#lostWakes = new Counter(region, 'lostWakes');
  }

  /** Wakes the sleeper if there is one; else one atomic load. Called after the store that made the data visible. */
  ring(): void {
    if (Atomics.load(this.#words, this.#sleeping) === 0) return;
    Atomics.add(this.#words, this.#bell, 1);
    // No count: a count would let a waiter that has just timed out swallow the notification.
    Atomics.notify(this.#words, this.#bell);
  }

  /**
   * Blocks this thread until the bell rings, at most `timeoutMs`. Call it only after draining, and drain again after
   * it whatever it returns.
   *
   * @param isReady - true when what this bell is rung for is there, and only that: a wait that ends by time-out with
   *   isReady() true and no ring is counted as a lost wake-up. The stop flag and the end of another worker may be part
   *   of it, since they ring every bell. Read by atomics; allocate it once.
   */
  park(isReady: () => boolean, timeoutMs: number): ParkOutcome {
    const words = this.#words;
    const seen = Atomics.load(words, this.#bell);
    Atomics.store(words, this.#sleeping, 1);
    if (isReady()) {
      Atomics.store(words, this.#sleeping, 0);
      return READY;
    }
    let rang = Atomics.wait(words, this.#bell, seen, timeoutMs) !== 'timed-out';
    if (!rang && isReady()) {
      rang = Atomics.wait(words, this.#bell, seen, LATE_RING_MS) !== 'timed-out';
      if (!rang) this.#lostWakes.add(1);
    }
    Atomics.store(words, this.#sleeping, 0);
    return rang ? WOKEN : TIMED_OUT;
  }

  /**
   * The same for a thread with an event loop. At most one wait is outstanding per bell: a call before it settled
   * returns the same promise, so that no second waiter can take the first one's notification. The wait does not keep
   * the event loop alive: the caller holds a handle that does.
   */
  parkAsync(isReady: () => boolean, timeoutMs: number): Promise<ParkOutcome> {
    this.#outstanding ??= this.#sleepAsync(isReady, timeoutMs).finally(() => {
      this.#outstanding = undefined;
    });
    return this.#outstanding;
  }

  async #sleepAsync(isReady: () => boolean, timeoutMs: number): Promise<ParkOutcome> {
    const words = this.#words;
    const seen = Atomics.load(words, this.#bell);
    Atomics.store(words, this.#sleeping, 1);
    if (isReady()) {
      Atomics.store(words, this.#sleeping, 0);
      return READY;
    }
    let rang = (await Atomics.waitAsync(words, this.#bell, seen, timeoutMs).value) !== 'timed-out';
    if (!rang && isReady()) {
      rang = (await Atomics.waitAsync(words, this.#bell, seen, LATE_RING_MS).value) !== 'timed-out';
      if (!rang) this.#lostWakes.add(1);
    }
    Atomics.store(words, this.#sleeping, 0);
    return rang ? WOKEN : TIMED_OUT;
  }
}

/**
 * Rings for what may concern any sleeper: a stop, the end of a worker. Called after the store that says so. Whether a
 * sleeper's flag is up is not asked: this is rare, and who is just about to sleep must hear it too.
 */
export function ringEveryBell(region: Region): void {
  for (const bell of BELL_NAMES) {
    const index = wordIndex(bellOffset(region.layout, bell));
    Atomics.add(region.words, index, 1);
    Atomics.notify(region.words, index);
  }
}
