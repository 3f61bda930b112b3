import { type Doorbell, PARK_TIMEOUT_MS, type ParkOutcome, READY, TIMED_OUT } from './doorbell.ts';

/** How a worker waits: asleep on its bell, or by looking again and again (a core of its own, see `--wait`). */
export const WAIT_MODES = ['park', 'spin'] as const;
export type WaitMode = (typeof WAIT_MODES)[number];

/** What a duty cycle does when it found no work. Returns at least every {@link PARK_TIMEOUT_MS}, roughly, so that hearts beat. */
export interface IdleStrategy {
  idle(): ParkOutcome;
}

/**
 * The idle strategy of a mode.
 *
 * @param isReady - true when there is something to do; allocate it once.
 * @param timeoutMs - longest sleep; spinning ignores it and looks {@link SPINS_PER_IDLE} times.
 */
export function createIdleStrategy(
  mode: WaitMode,
  doorbell: Doorbell,
  isReady: () => boolean,
  timeoutMs: number = PARK_TIMEOUT_MS,
): IdleStrategy {
  return mode === 'spin' ? new SpinIdle(isReady) : new ParkIdle(doorbell, isReady, timeoutMs);
}

/** Looks per idle of a spinning thread: about a millisecond at 10 ns an atomic load. */
export const SPINS_PER_IDLE = 100_000;

class ParkIdle implements IdleStrategy {
  readonly #doorbell: Doorbell;
  readonly #isReady: () => boolean;
  readonly #timeoutMs: number;

  constructor(doorbell: Doorbell, isReady: () => boolean, timeoutMs: number) {
    this.#doorbell = doorbell;
    this.#isReady = isReady;
    this.#timeoutMs = timeoutMs;
  }

  idle(): ParkOutcome {
    return this.#doorbell.park(this.#isReady, this.#timeoutMs);
  }
}

class SpinIdle implements IdleStrategy {
  readonly #isReady: () => boolean;

  constructor(isReady: () => boolean) {
    this.#isReady = isReady;
  }

  idle(): ParkOutcome {
    for (let spin = 0; spin < SPINS_PER_IDLE; spin++) {
      if (this.#isReady()) return READY;
    }
    return TIMED_OUT;
  }
}
