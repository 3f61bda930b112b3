import { setTimeout as delay } from 'node:timers/promises';
import type { CapitalTrack } from '../../adapters/memory/capital-track.ts';
import { heldMessage } from '../../adapters/memory/leases.ts';
import type { Ownership } from '../../adapters/memory/ownership.ts';
import type { StrategyIdentity } from '../../adapters/memory/strategy-identity.ts';
import { InputError } from '../../model/input-error.ts';
import { continuityProblem, type StateBasis } from './continuity.ts';
import type { ClaimState } from './memory-options.ts';

/** A claim that shows no sign of life for this long is another's to take. */
export const CLAIM_TTL_MS = 10_000;
/** A store that does not answer is asked again this much later; a claim that may be dead is looked at this often. */
const ASK_AGAIN_MS = 250;

export interface ClaimListener {
  /** The state is ours. @param standingDate - of the state that stands there, or null. */
  onClaimed(ownership: Ownership, standingDate: string | null): void;
  /** Another engine owns the state, or it is not ours to go on with: nothing is written any more. */
  onRefused(line: string, isOwnedByAnother: boolean): void;
}

export interface ClaimOptions {
  readonly track: CapitalTrack;
  readonly basis: StateBasis;
  /** That runs. */
  readonly strategy: StrategyIdentity;
  readonly ttlMs: number;
}

type Attempt =
  | { readonly kind: 'done' | 'ask again' }
  | { readonly kind: 'held'; readonly line: string; readonly waitMs: number };

/** The claim of one track's state, from the first attempt to its end. */
export class StateClaim {
  private readonly options: ClaimOptions;
  private readonly listener: ClaimListener;
  private ownership: Ownership | null = null;
  private isEnding = false;
  /** `waiting` until the first of the others. */
  state: ClaimState = 'waiting';

  constructor(options: ClaimOptions, listener: ClaimListener) {
    this.options = options;
    this.listener = listener;
  }

  /**
   * Claims the state before the run begins; a claim that may be dead is watched for as long as it takes to know.
   * @throws InputError when another engine holds it and lives, or it is not this run's to go on with.
   */
  async claimAtStart(): Promise<void> {
    const line = await this.settle(true);
    if (line !== null) throw new InputError(`--memory: ${line}`);
  }

  /** The same while the run goes on: the store does not answer yet. */
  async claimLater(): Promise<void> {
    const line = await this.settle(false);
    if (line !== null && this.state !== 'lost') this.refuse(line, this.state === 'waiting');
  }

  /** Gives the claim back. */
  async end(): Promise<void> {
    this.isEnding = true;
    await this.ownership?.release();
  }

  /** @returns why the state is not ours, null when it is or when the run has ended meanwhile. */
  private async settle(stopsAsking: boolean): Promise<string | null> {
    let leftMs = Number.POSITIVE_INFINITY;
    while (!this.isEnding) {
      const problem = await this.problemOfState();
      if (typeof problem === 'string') {
        this.state = 'refused';
        return problem;
      }
      const attempt: Attempt = problem === null ? { kind: 'ask again' } : await this.attempt(problem.date);
      if (attempt.kind === 'done') return null;
      // What is left of a dead holder's time goes down; a living one renews, and it begins anew.
      if (attempt.kind === 'held' && attempt.waitMs > leftMs) return attempt.line;
      if (attempt.kind === 'held') leftMs = attempt.waitMs;
      if (attempt.kind === 'ask again' && stopsAsking) {
        void this.claimLater();
        return null;
      }
      await delay(ASK_AGAIN_MS);
    }
    return null;
  }

  /** Why the state that stands there is not ours; null while the store does not answer. */
  private async problemOfState(): Promise<string | { readonly date: string | null } | null> {
    const { track, basis, strategy } = this.options;
    const standing = await track.readState();
    if (standing.kind === 'unreachable') return null;
    const problem = continuityProblem(standing, basis, strategy);
    return problem ?? { date: standing.kind === 'ok' ? standing.value.date : null };
  }

  private async attempt(standingDate: string | null): Promise<Attempt> {
    const { track, ttlMs } = this.options;
    const outcome = await track.claim(ttlMs, ({ owner, epoch }) => {
      this.state = 'lost';
      this.refuse(`${track.leaseName} was claimed by ${owner} (epoch ${epoch}): no entries from now on`, true);
    });
    if (outcome.kind === 'held') {
      return { kind: 'held', line: heldMessage(track.leaseName, outcome), waitMs: outcome.waitMs };
    }
    if (outcome.kind !== 'ok') return { kind: 'ask again' };
    this.ownership = outcome.ownership;
    this.state = 'claimed';
    this.listener.onClaimed(outcome.ownership, standingDate);
    return { kind: 'done' };
  }

  private refuse(line: string, isOwnedByAnother: boolean): void {
    if (this.state === 'waiting') this.state = 'refused';
    this.listener.onRefused(line, isOwnedByAnother);
  }
}
