import { unixNsFrom } from '../../model/time.ts';

/** Messages of one nanosecond that can be told apart: a snapshot of each of 400 assets, the scan and the end. */
const ORDINALS = 4096;
const NS_PER_MS = 1_000_000n;
const SIGNAL_ID = /^(\d{1,19})-(\d{1,4})$/;

/**
 * When a signal happened, and which it is among those of its nanosecond: the same signal has the same id whoever publishes
 * it and however often, and later ones have greater ids.
 */
export interface SignalId {
  readonly unixNs: bigint;
  /** 0 to 4095, in the order of publication. */
  readonly ordinal: number;
}

/** `1767571205000000000-0`. */
export function signalIdText({ unixNs, ordinal }: SignalId): string {
  return `${unixNs}-${ordinal}`;
}

/** The id of such a text, or null when it is none. */
export function parseSignalId(text: string): SignalId | null {
  const match = SIGNAL_ID.exec(text);
  if (match === null || Number(match[2]) >= ORDINALS) return null;
  return { unixNs: BigInt(match[1] as string), ordinal: Number(match[2]) };
}

/** Below 0: `a` is the earlier one. */
export function compareSignalIds(a: SignalId, b: SignalId): number {
  if (a.unixNs !== b.unixNs) return a.unixNs < b.unixNs ? -1 : 1;
  return a.ordinal - b.ordinal;
}

/**
 * Id of the signal's entry in the stream, `ms-sequence` as Redis wants it: in the order of the signals, so that the server
 * refuses one that it has already.
 */
export function entryIdOf({ unixNs, ordinal }: SignalId): string {
  return `${unixNs / NS_PER_MS}-${(unixNs % NS_PER_MS) * BigInt(ORDINALS) + BigInt(ordinal)}`;
}

/**
 * Numbers messages in the order in which they are made: the same days get the same ids in every run. A message that is
 * stamped earlier than the one before it (a repeated scan may be) takes the time of that one: ids only go forward.
 */
export class SignalIds {
  #unixNs = -1n;
  #ordinal = 0;

  /** @throws RangeError for the 4097th message of one nanosecond. */
  next(day: number, nsOfDay: number): SignalId {
    const stampNs = unixNsFrom(day, nsOfDay);
    const unixNs = stampNs > this.#unixNs ? stampNs : this.#unixNs;
    this.#ordinal = unixNs === this.#unixNs ? this.#ordinal + 1 : 0;
    this.#unixNs = unixNs;
    if (this.#ordinal >= ORDINALS) {
      throw new RangeError(`signals of one nanosecond must be at most ${ORDINALS}, ${unixNs} has more`);
    }
    return { unixNs, ordinal: this.#ordinal };
  }
}
