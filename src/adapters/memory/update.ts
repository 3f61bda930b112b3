import type { MemoryPort, Unknown, Unreachable } from './memory-port.ts';

/** What to do with an entry, seeing what is there. */
export type Decision =
  | { readonly kind: 'write'; readonly text: string }
  /** It is there already. */
  | { readonly kind: 'ok' }
  /** What is there is newer: it stays. */
  | { readonly kind: 'conflict'; readonly reason: string }
  /** What is there belongs to a newer owner: this writer has to stop. */
  | Fenced;

/** A newer owner was seen. */
export interface Fenced {
  readonly kind: 'fenced';
  readonly owner: string;
  readonly epoch: number;
}

/** Pure; may be asked several times, with each text that the entry had (null: absent). */
export type Decide = (current: string | null) => Decision;

export type UpdateOutcome =
  | { readonly kind: 'ok' }
  | { readonly kind: 'conflict'; readonly reason: string }
  | Fenced
  | Unreachable
  | Unknown;

/** Losing this many races for one entry is a livelock or a value that no compare matches. */
const ATTEMPTS = 16;

/**
 * Reads, decides and writes by compare-and-set until one of them is final; an unknown outcome is read again. This is
 * the only way in which state is written: no order of arrival puts an older value over a newer one.
 */
export async function updateEntry(port: MemoryPort, map: string, key: string, decide: Decide): Promise<UpdateOutcome> {
  let lost: Unknown | null = null;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const seen = await port.get(map, key);
    if (seen.kind !== 'ok') return lost ?? seen;
    const decision = decide(seen.text);
    if (decision.kind !== 'write') return decision;
    const written = await port.compareAndSet(map, key, seen.text, decision.text);
    if (written.kind === 'ok' || written.kind === 'unreachable')
      return written.kind === 'ok' ? written : (lost ?? written);
    if (written.kind === 'unknown') lost = written;
  }
  return lost ?? { kind: 'unknown', reason: `${map}[${key}] changed under each of ${ATTEMPTS} attempts to write it` };
}
