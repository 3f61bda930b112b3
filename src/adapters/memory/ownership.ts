import type { WriteStamp } from '../../model/memory-values.ts';
import type { Lease, Leases, RenewOutcome } from './leases.ts';
import type { Decision, Fenced } from './update.ts';

/** How often a lease is renewed within its time to live. */
const RENEWALS_PER_TTL = 4;

/**
 * A claim on one track's state that is kept alive until it is released or lost. Losing is for good: as soon as a newer
 * epoch has been seen, by a renewal or by a write, `lostTo` says whose, every further write is refused before it is
 * sent, and `onLost` is called once. While the store cannot be asked the claim stands: an outage costs freshness only.
 */
export class Ownership {
  readonly lease: Lease;
  readonly #leases: Leases;
  readonly #onLost: (to: Fenced) => void;
  readonly #timer: NodeJS.Timeout;
  #lostTo: Fenced | null = null;
  #seq = 0;

  /** Starts renewing. @param onLost - stop opening positions now. */
  constructor(leases: Leases, lease: Lease, onLost: (to: Fenced) => void) {
    this.lease = lease;
    this.#leases = leases;
    this.#onLost = onLost;
    this.#timer = setInterval(() => void this.renew(), lease.ttlMs / RENEWALS_PER_TTL).unref();
  }

  /** The newer claim that ended this one, or null. */
  get lostTo(): Fenced | null {
    return this.#lostTo;
  }

  /** The stamp of this claim's next write. */
  nextStamp(): WriteStamp {
    this.#seq += 1;
    return { owner: this.lease.owner, epoch: this.lease.epoch, seq: this.#seq };
  }

  /** Renews now, and so looks for a newer claim. */
  async renew(): Promise<RenewOutcome> {
    if (this.#lostTo !== null) return this.#lostTo;
    const outcome = await this.#leases.renew(this.lease);
    if (outcome.kind === 'fenced') this.#lose(outcome);
    return outcome;
  }

  /**
   * May a write with this stamp replace a value with that one? `write` stands for yes.
   * @param there - stamp of the value that is there, null: none.
   */
  judge(there: WriteStamp | null, stamp: WriteStamp): Decision['kind'] {
    if (this.#lostTo !== null) return 'fenced';
    if (there === null || there.epoch < stamp.epoch) return 'write';
    if (there.epoch > stamp.epoch || there.owner !== stamp.owner) {
      this.#lose({ kind: 'fenced', owner: there.owner, epoch: there.epoch });
      return 'fenced';
    }
    if (there.seq === stamp.seq) return 'ok';
    return there.seq > stamp.seq ? 'conflict' : 'write';
  }

  /** Stops renewing and leaves the lease to expire, as a process that dies does. */
  abandon(): void {
    clearInterval(this.#timer);
  }

  /** Stops renewing and gives the lease back. */
  async release(): Promise<RenewOutcome> {
    this.abandon();
    return this.#lostTo ?? (await this.#leases.release(this.lease));
  }

  #lose(to: Fenced): void {
    if (this.#lostTo !== null) return;
    this.#lostTo = to;
    clearInterval(this.#timer);
    this.#onLost(to);
  }
}
