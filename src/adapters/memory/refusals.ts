import type { Decoded } from './codec.ts';
import type { ReadOutcome, Unreachable } from './memory-port.ts';

/** What a typed read found. `malformed`: something is there that is not such a value; it is not handed on. */
export type Reading<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed'; readonly reason: string }
  | Unreachable;

/** One entry whose values were refused. */
export interface Refusal {
  count: number;
  lastReason: string;
}

/** Entries counted by name at most; beyond it only the total goes on. */
const MAX_ENTRIES = 1000;

/** Counts values that were refused, so that `status` can show them. */
export class Refusals {
  /** By `MAP[key]`. */
  readonly entries = new Map<string, Refusal>();
  total = 0;

  add(map: string, key: string, reason: string): void {
    this.total += 1;
    const name = `${map}[${key}]`;
    const known = this.entries.get(name);
    if (known !== undefined) {
      known.count += 1;
      known.lastReason = reason;
    } else if (this.entries.size < MAX_ENTRIES) this.entries.set(name, { count: 1, lastReason: reason });
  }

  /** Decodes what a store returned; what is malformed is counted here. */
  reading<T>(map: string, key: string, outcome: ReadOutcome, decode: (text: string) => Decoded<T>): Reading<T> {
    if (outcome.kind !== 'ok') return outcome;
    if (outcome.text === null) return { kind: 'absent' };
    const decoded = decode(outcome.text);
    if (decoded.ok) return { kind: 'ok', value: decoded.value };
    this.add(map, key, decoded.reason);
    return { kind: 'malformed', reason: `${map}[${key}]: ${decoded.reason}` };
  }
}
