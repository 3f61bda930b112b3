import type { Codec } from './codec.ts';
import type { LatestWriter, OfferOutcome } from './latest-writer.ts';
import type { Closable, MemoryPort } from './memory-port.ts';
import type { Reading, Refusals } from './refusals.ts';
import type { Decide } from './update.ts';

/** What typed entries share: where they read, write and count. */
export interface EntryAccess {
  readonly port: MemoryPort;
  readonly writer: LatestWriter;
  readonly refusals: Refusals;
}

/** One entry of one kind of value: checked when read, never replaced by an older value when written. */
export class TypedEntry<T> {
  readonly map: string;
  readonly key: string;
  readonly #access: EntryAccess;
  readonly #codec: Codec<T>;

  constructor(access: EntryAccess, map: string, key: string, codec: Codec<T>) {
    this.#access = access;
    this.map = map;
    this.key = key;
    this.#codec = codec;
  }

  async read(): Promise<Reading<T>> {
    const { port, refusals } = this.#access;
    return refusals.reading(this.map, this.key, await port.get(this.map, this.key), this.#codec.decode);
  }

  /** Offers the newest value; `conflict` when a newer one of another writer is there. */
  write(value: T): Promise<OfferOutcome> {
    return this.#access.writer.offer(this.map, this.key, this.#notOlder(value));
  }

  /** Calls back with the value that is there and every newer one that is well formed. */
  listen(onValue: (value: T) => void): Closable {
    return this.#access.port.listen(this.map, this.key, (_key, text) => {
      const reading = this.#access.refusals.reading(this.map, this.key, { kind: 'ok', text }, this.#codec.decode);
      if (reading.kind === 'ok') onValue(reading.value);
    });
  }

  /**
   * Writes unless what is there is newer. A value without a time cannot be compared: the first attempt replaces it, as
   * we are the later writer; a later attempt, after an outage, does not, for it may have come in between.
   */
  #notOlder(value: T): Decide {
    const text = this.#codec.encode(value);
    const order = this.#codec.orderOf(value);
    let replaced: string | null | undefined;
    return (current) => {
      if (current === text) return { kind: 'ok' };
      const there = current === null ? null : this.#codec.decode(current);
      if (there === null || !there.ok) return { kind: 'write', text };
      const orderThere = this.#codec.orderOf(there.value);
      if (orderThere > order) return { kind: 'conflict', reason: `${this.map}[${this.key}] holds a newer value` };
      if (orderThere <= order) return { kind: 'write', text };
      replaced ??= current;
      if (replaced === current) return { kind: 'write', text };
      return { kind: 'conflict', reason: `${this.map}[${this.key}] was written by another meanwhile, without a time` };
    };
  }
}
