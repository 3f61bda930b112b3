import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';
import { type Decoded, decodeWith } from './codec.ts';
import { LEASE_MAP } from './maps.ts';
import type { MemoryPort, Unknown, Unreachable } from './memory-port.ts';
import type { LeaseHolder } from './process-identity.ts';
import { type Decision, type Fenced, updateEntry } from './update.ts';

/** A claim on a name, under an epoch that is greater than that of every claim before. */
export interface Lease {
  readonly name: string;
  readonly owner: string;
  readonly epoch: number;
  readonly sinceIso: string;
  readonly ttlMs: number;
}

/** Somebody else's claim stands. */
export interface Held {
  readonly kind: 'held';
  readonly holder: LeaseHolder;
  readonly epoch: number;
  readonly sinceIso: string;
  /** It can be taken then, if its holder shows no sign of life until then. */
  readonly waitMs: number;
}

export type TakeOutcome = { readonly kind: 'ok'; readonly lease: Lease } | Held | Unreachable | Unknown;
export type RenewOutcome = { readonly kind: 'ok' } | Fenced | Unreachable | Unknown;

export interface LeaseClocks {
  /** Wall clock, UNIX ms: for epochs and `since` only. */
  wallMs(): number;
  /** Monotonic ms: for expiry. */
  monotonicMs(): number;
}

const recordSchema = z.object({
  owner: z.string(),
  epoch: z.int().min(0),
  renewals: z.int().min(0),
  released: z.boolean(),
  host: z.string(),
  pid: z.int(),
  since: z.string(),
  ttl_ms: z.int().positive(),
});
/** A claim as it lies in the store: `{owner, host, pid, epoch, renewals, released, since, ttl_ms}`. */
export type LeaseRecord = z.infer<typeof recordSchema>;

/** A claim that was read, for who looks on; {@link Leases} decides about it. */
export function decodeLease(text: string): Decoded<LeaseRecord> {
  return decodeWith(recordSchema, text);
}

/**
 * Leases on top of compare-and-set: one record per name in `DOLPHIN_LEASE`, renewed by counting up.
 *
 * A record that stays as it is for its `ttl_ms` of the taker's own monotonic clock has expired, so clocks of different
 * machines are never compared. An epoch is at least the wall clock's milliseconds: a grid that restarted empty, and so
 * has forgotten all epochs, does not hand out one below that of a claim which still lives.
 */
export class Leases {
  readonly #port: MemoryPort;
  readonly #holder: LeaseHolder;
  readonly #isGone: (holder: LeaseHolder) => boolean;
  readonly #clocks: LeaseClocks;
  readonly #seen = new Map<string, { readonly text: string; readonly sinceMs: number }>();
  /** Epochs of claims of ours whose outcome is not known: who asks again does not wait for himself. */
  readonly #attempted = new Map<string, number>();

  /**
   * @param holder - who takes leases here.
   * @param isGone - true only if that holder's process certainly runs no more: its lease is free at once.
   */
  constructor(
    port: MemoryPort,
    holder: LeaseHolder,
    isGone: (holder: LeaseHolder) => boolean,
    clocks: LeaseClocks = { wallMs: () => Date.now(), monotonicMs: () => performance.now() },
  ) {
    this.#port = port;
    this.#holder = holder;
    this.#isGone = isGone;
    this.#clocks = clocks;
  }

  /** Takes the lease if it is free, released or expired. To wait for a holder's expiry ask again after `waitMs`. */
  async take(name: string, ttlMs: number): Promise<TakeOutcome> {
    let held: Held | null = null;
    const sinceIso = new Date(this.#clocks.wallMs()).toISOString();
    let epoch = this.#attempted.get(name) ?? 0;
    const outcome = await updateEntry(this.#port, LEASE_MAP, name, (current): Decision => {
      const record = parseRecord(current);
      if (record !== null && record.owner === this.#holder.owner && record.epoch === epoch) return { kind: 'ok' };
      held = record === null ? null : this.#judge(name, current as string, record);
      if (held !== null) return { kind: 'conflict', reason: 'held' };
      epoch = Math.max((record?.epoch ?? 0) + 1, Math.floor(this.#clocks.wallMs()));
      this.#attempted.set(name, epoch);
      return { kind: 'write', text: this.#recordText({ epoch, sinceIso, ttlMs }, 0, false) };
    });
    if (outcome.kind !== 'unknown' && outcome.kind !== 'unreachable') this.#attempted.delete(name);
    if (outcome.kind === 'ok')
      return { kind: 'ok', lease: { name, owner: this.#holder.owner, epoch, sinceIso, ttlMs } };
    if (held !== null) return held;
    return outcome.kind === 'unreachable' ? outcome : { kind: 'unknown', reason: reasonOf(outcome) };
  }

  /** Says that the holder lives; `fenced` when another claim has come after this one. */
  async renew(lease: Lease): Promise<RenewOutcome> {
    return this.#rewrite(lease, false);
  }

  /** Gives the lease back; one that is lost already stays the other's. */
  async release(lease: Lease): Promise<RenewOutcome> {
    return this.#rewrite(lease, true);
  }

  async #rewrite(lease: Lease, isReleased: boolean): Promise<RenewOutcome> {
    let written: string | null = null;
    const outcome = await updateEntry(this.#port, LEASE_MAP, lease.name, (current): Decision => {
      if (current !== null && current === written) return { kind: 'ok' };
      const record = parseRecord(current);
      if (record !== null && isNewer(record, lease))
        return { kind: 'fenced', owner: record.owner, epoch: record.epoch };
      written = this.#recordText(lease, (record?.renewals ?? 0) + 1, isReleased);
      return { kind: 'write', text: written };
    });
    return outcome.kind === 'conflict' ? { kind: 'unknown', reason: outcome.reason } : outcome;
  }

  /** Why the record keeps others out, or null when it does not any more. */
  #judge(name: string, text: string, record: LeaseRecord): Held | null {
    const holder = { owner: record.owner, host: record.host, pid: record.pid };
    if (record.released || this.#isGone(holder)) return null;
    const nowMs = this.#clocks.monotonicMs();
    let seen = this.#seen.get(name);
    if (seen?.text !== text) {
      seen = { text, sinceMs: nowMs };
      this.#seen.set(name, seen);
    }
    const waitMs = seen.sinceMs + record.ttl_ms - nowMs;
    if (waitMs <= 0) return null;
    return { kind: 'held', holder, epoch: record.epoch, sinceIso: record.since, waitMs };
  }

  #recordText(claim: Pick<Lease, 'epoch' | 'sinceIso' | 'ttlMs'>, renewals: number, released: boolean): string {
    const { epoch, sinceIso: since, ttlMs: ttl_ms } = claim;
    return canonicalJson({ ...this.#holder, epoch, renewals, released, since, ttl_ms });
  }
}

/** True when the record is of a claim after `lease`, or of a twin: two owners of one epoch both have to stop. */
function isNewer(record: LeaseRecord, lease: Lease): boolean {
  return record.epoch > lease.epoch || (record.epoch === lease.epoch && record.owner !== lease.owner);
}

/** A record that is none counts as absent: nobody could renew it. */
function parseRecord(text: string | null): LeaseRecord | null {
  if (text === null) return null;
  const decoded = decodeLease(text);
  return decoded.ok ? decoded.value : null;
}

function reasonOf(outcome: { readonly kind: string; readonly reason?: string }): string {
  return outcome.reason ?? outcome.kind;
}

/** One sentence for the operator: who holds the name, and what to do. */
export function heldMessage(name: string, held: Held): string {
  return (
    `${name} is held by process ${held.holder.pid} on ${held.holder.host} since ${held.sinceIso} (epoch ${held.epoch}): ` +
    `stop that one, or wait ${Math.ceil(held.waitMs / 1000)} s if it is dead`
  );
}
