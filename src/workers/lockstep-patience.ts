import { PARK_TIMEOUT_MS } from '../shm/doorbell.ts';

/** Without progress for this long a run in lockstep ends (design §3). */
export const LOCKSTEP_DEADLINE_MS = 5000;
const WAITS_MAX = LOCKSTEP_DEADLINE_MS / PARK_TIMEOUT_MS;

/**
 * How long one machine waits for the other. It counts waits that timed out, not time: of a process that was stopped as a
 * whole only one of them is longer.
 */
export class LockstepPatience {
  private readonly whatIsStuck: () => string;
  private timeouts = 0;

  /** @param whatIsStuck - who waits for what, and how far both machines are. */
  constructor(whatIsStuck: () => string) {
    this.whatIsStuck = whatIsStuck;
  }

  /** Something came. */
  reset(): void {
    this.timeouts = 0;
  }

  /** A wait of PARK_TIMEOUT_MS ended without anything. @throws Error when that has happened too often in a row. */
  countTimeout(): void {
    this.timeouts++;
    if (this.timeouts >= WAITS_MAX) {
      throw new Error(`no progress in lockstep for ${LOCKSTEP_DEADLINE_MS} ms: ${this.whatIsStuck()}`);
    }
  }
}
