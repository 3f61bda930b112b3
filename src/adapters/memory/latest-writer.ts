import type { Closable, MemoryPort } from './memory-port.ts';
import { type Decide, type UpdateOutcome, updateEntry } from './update.ts';

/** `superseded`: a newer offer of the same slot took its place before it was sent. */
export type OfferOutcome = UpdateOutcome | { readonly kind: 'superseded' };

interface Offer {
  readonly decide: Decide;
  readonly resolve: (outcome: OfferOutcome) => void;
}

interface Slot {
  readonly map: string;
  readonly key: string;
  /** The newest decision: applied again after each connection, for a grid that restarted empty has lost it. */
  latest: Decide | null;
  waiting: Offer | null;
  isSending: boolean;
  /** The latest decision is not known to be stored. */
  isDirty: boolean;
}

export interface LatestWriterOptions {
  /** Slots written at the same time, at most. */
  readonly maxInFlight: number;
  /** What could not be stored is tried again this much later, connection or not. */
  readonly retryMs: number;
}

/**
 * Asynchronous writes, newest value per slot: one write of a slot is under way, one waits, and a newer one takes the
 * place of the one that waits. What failed is kept and tried again, and after every connection the newest value of
 * every slot is applied again. Memory is one value per slot, however long an outage lasts.
 *
 * A slot is an entry or, where two writers share an entry, a part of it.
 */
export class LatestWriter {
  readonly #port: MemoryPort;
  readonly #options: LatestWriterOptions;
  readonly #slots = new Map<string, Slot>();
  readonly #queue: Slot[] = [];
  readonly #connection: Closable;
  #inFlight = 0;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(port: MemoryPort, options: LatestWriterOptions = { maxInFlight: 32, retryMs: 500 }) {
    this.#port = port;
    this.#options = options;
    this.#connection = port.onConnected(() => this.#applyAgain(() => true));
  }

  /** Slots whose newest value is not known to be stored. */
  get pending(): number {
    let pending = 0;
    for (const slot of this.#slots.values()) if (slot.isDirty) pending += 1;
    return pending;
  }

  /**
   * Offers the newest value of a slot. The outcome is that of the first attempt; after `unreachable` and `unknown` it is
   * kept and tried again.
   * @param part - names the slot within the entry.
   */
  offer(map: string, key: string, decide: Decide, part = ''): Promise<OfferOutcome> {
    if (this.#isClosed) return Promise.resolve({ kind: 'unreachable', reason: 'the writer is closed' });
    const name = `${map}\u0000${key}\u0000${part}`;
    let slot = this.#slots.get(name);
    if (slot === undefined) {
      slot = { map, key, latest: null, waiting: null, isSending: false, isDirty: false };
      this.#slots.set(name, slot);
    }
    slot.waiting?.resolve({ kind: 'superseded' });
    slot.latest = decide;
    slot.isDirty = true;
    const held = slot;
    return new Promise((resolve) => {
      held.waiting = { decide, resolve };
      this.#enqueue(held);
    });
  }

  /** Stops; what was not stored by now is not, and offers that wait end as `unreachable`. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    this.#connection.close();
    for (const slot of this.#slots.values())
      slot.waiting?.resolve({ kind: 'unreachable', reason: 'the writer is closed' });
  }

  #enqueue(slot: Slot): void {
    if (slot.isSending || this.#queue.includes(slot)) return;
    this.#queue.push(slot);
    this.#sendNext();
  }

  #sendNext(): void {
    while (!this.#isClosed && this.#inFlight < this.#options.maxInFlight) {
      const slot = this.#queue.shift();
      if (slot === undefined) return;
      void this.#send(slot);
    }
  }

  async #send(slot: Slot): Promise<void> {
    const offer = slot.waiting;
    const decide = offer?.decide ?? slot.latest;
    if (decide === null) return;
    slot.waiting = null;
    slot.isSending = true;
    this.#inFlight += 1;
    const outcome = await updateEntry(this.#port, slot.map, slot.key, decide);
    this.#inFlight -= 1;
    slot.isSending = false;
    this.#settle(slot, decide, outcome);
    offer?.resolve(outcome);
    if (slot.waiting !== null) this.#enqueue(slot);
    this.#sendNext();
  }

  #settle(slot: Slot, decide: Decide, outcome: UpdateOutcome): void {
    if (outcome.kind === 'unreachable' || outcome.kind === 'unknown') {
      this.#retry ??= setTimeout(() => {
        this.#retry = undefined;
        this.#applyAgain((dirty) => dirty.isDirty);
      }, this.#options.retryMs).unref();
      return;
    }
    if (slot.latest !== decide) return;
    slot.isDirty = false;
    // Something newer is there, of another writer: ours must never come back.
    if (outcome.kind !== 'ok') slot.latest = null;
  }

  #applyAgain(which: (slot: Slot) => boolean): void {
    for (const slot of this.#slots.values()) {
      if (slot.latest === null || !which(slot)) continue;
      slot.isDirty = true;
      this.#enqueue(slot);
    }
  }
}
