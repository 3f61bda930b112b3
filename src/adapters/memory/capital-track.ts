import type { CapitalState, PnlDay, PnlResult, StampedCapital, WriteStamp } from '../../model/memory-values.ts';
import { decodePnl, decodeState, encodeState, mergePnl } from './capital-codecs.ts';
import type { OfferOutcome } from './latest-writer.ts';
import type { Held, Leases, TakeOutcome } from './leases.ts';
import { type Deployment, leaseKey, pnlMap, stateMap, TRACK_KEYS, type Track } from './maps.ts';
import type { Unknown, Unreachable } from './memory-port.ts';
import { Ownership } from './ownership.ts';
import type { Reading } from './refusals.ts';
import type { EntryAccess } from './typed-entry.ts';
import type { Decision, Fenced } from './update.ts';

export type ClaimOutcome = { readonly kind: 'ok'; readonly ownership: Ownership } | Held | Unreachable | Unknown;

/** Results and state of one capital track. Reading is free; writing needs a claim. */
export class CapitalTrack {
  readonly track: Track;
  readonly stateMap: string;
  readonly leaseName: string;
  readonly #pnlMap: string;
  readonly #stateKey: string;
  readonly #access: EntryAccess;
  readonly #leases: Leases;

  constructor(access: EntryAccess, leases: Leases, deployment: Deployment, track: Track) {
    this.#access = access;
    this.#leases = leases;
    this.track = track;
    this.stateMap = stateMap(deployment);
    this.leaseName = leaseKey(deployment, track);
    this.#pnlMap = pnlMap(deployment);
    this.#stateKey = TRACK_KEYS[track];
  }

  async readState(): Promise<Reading<StampedCapital>> {
    const { port, refusals } = this.#access;
    return refusals.reading(this.stateMap, this.#stateKey, await port.get(this.stateMap, this.#stateKey), decodeState);
  }

  /** Results of a date, of both tracks. */
  async readPnl(date: string): Promise<Reading<PnlDay>> {
    const { port, refusals } = this.#access;
    return refusals.reading(this.#pnlMap, date, await port.get(this.#pnlMap, date), decodePnl);
  }

  /**
   * Claims the right to write, and keeps it alive. `held`: another process has it (heldMessage).
   * @param onLost - called once, as soon as a newer claim is seen: stop opening positions.
   */
  async claim(ttlMs: number, onLost: (to: Fenced) => void): Promise<ClaimOutcome> {
    const taken: TakeOutcome = await this.#leases.take(this.leaseName, ttlMs);
    if (taken.kind !== 'ok') return taken;
    return { kind: 'ok', ownership: new Ownership(this.#leases, taken.lease, onLost) };
  }

  /** Offers a state under a claim; `fenced` when a newer claim has been seen, here or in the store. */
  async writeState(ownership: Ownership, state: CapitalState): Promise<OfferOutcome> {
    const stamp = ownership.nextStamp();
    const text = encodeState(state, stamp);
    return this.#offer(ownership, this.stateMap, this.#stateKey, (current) => {
      const there = current === null ? null : decodeState(current);
      return this.#decide(ownership, there?.ok === true ? there.value.stamp : null, stamp, text);
    });
  }

  /** Offers a day's result under a claim: this track's fields of the value, merged with what the other one wrote. */
  async writePnl(ownership: Ownership, result: PnlResult): Promise<OfferOutcome> {
    const stamp = ownership.nextStamp();
    return this.#offer(ownership, this.#pnlMap, result.date, (current) => {
      const day = current === null ? null : decodePnl(current);
      const there = day?.ok === true ? (day.value[this.track]?.stamp ?? null) : null;
      return this.#decide(ownership, there, stamp, mergePnl(current, this.track, result, stamp));
    });
  }

  /** A write looks at the lease first: a newer claim may not have written this entry yet. What it saw, `judge` knows. */
  async #offer(
    ownership: Ownership,
    map: string,
    key: string,
    decide: (current: string | null) => Decision,
  ): Promise<OfferOutcome> {
    await ownership.renew();
    return this.#access.writer.offer(map, key, decide, this.track);
  }

  #decide(ownership: Ownership, there: WriteStamp | null, stamp: WriteStamp, text: string): Decision {
    const judgement = ownership.judge(there, stamp);
    if (judgement === 'write') return { kind: 'write', text };
    if (judgement === 'conflict') return { kind: 'conflict', reason: 'a later write of the same claim is there' };
    return judgement === 'fenced' ? (ownership.lostTo as Fenced) : { kind: 'ok' };
  }
}
