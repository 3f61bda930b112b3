import type { BookValue } from '../../model/memory-values.ts';
import { bookCodec } from './feature-codecs.ts';
import type { OfferOutcome } from './latest-writer.ts';
import { SHARD_COUNT, shardMap, shardOf } from './maps.ts';
import type { Closable, Unreachable } from './memory-port.ts';
import type { Reading } from './refusals.ts';
import { type EntryAccess, TypedEntry } from './typed-entry.ts';

/** Symbols found, sorted; `unreachable` when a shard that was asked did not answer, as half a universe looks like a whole one. */
export type Discovery = { readonly kind: 'ok'; readonly symbols: readonly string[] } | Unreachable;

/** Order-book values by symbol, spread over ten maps. Spec 1.0 §16. */
export class BookShards {
  readonly #access: EntryAccess;
  readonly #entries = new Map<string, TypedEntry<BookValue>>();

  constructor(access: EntryAccess) {
    this.#access = access;
  }

  read(symbol: string): Promise<Reading<BookValue>> {
    return this.#entry(symbol).read();
  }

  write(symbol: string, value: BookValue): Promise<OfferOutcome> {
    return this.#entry(symbol).write(value);
  }

  /** Which assets are present, from the key sets of all ten shards. A key in a shard that is not its own is ignored. */
  async discover(): Promise<Discovery> {
    const symbols: string[] = [];
    for (const shard of await this.discoverEach()) {
      if (shard.kind !== 'ok') return shard;
      symbols.push(...shard.symbols);
    }
    return { kind: 'ok', symbols: symbols.sort() };
  }

  /** The same shard by shard, in their order: each has answered or not. */
  async discoverEach(): Promise<readonly Discovery[]> {
    const shards = Array.from({ length: SHARD_COUNT }, (_, shard) => this.#access.port.keys(shardMap(shard)));
    return (await Promise.all(shards)).map((outcome, shard) =>
      outcome.kind === 'ok'
        ? { kind: 'ok', symbols: outcome.keys.filter((symbol) => shardOf(symbol) === shard).sort() }
        : outcome,
    );
  }

  /** Calls back with every asset's value and every newer one, of all ten shards. */
  listen(onValue: (symbol: string, value: BookValue) => void): Closable {
    const { port, refusals } = this.#access;
    const shards = Array.from({ length: SHARD_COUNT }, (_, shard) =>
      port.listen(shardMap(shard), null, (symbol, text) => {
        if (shardOf(symbol) !== shard) return;
        const reading = refusals.reading(shardMap(shard), symbol, { kind: 'ok', text }, bookCodec.decode);
        if (reading.kind === 'ok') onValue(symbol, reading.value);
      }),
    );
    return {
      close: () => {
        for (const shard of shards) shard.close();
      },
    };
  }

  #entry(symbol: string): TypedEntry<BookValue> {
    let entry = this.#entries.get(symbol);
    if (entry === undefined) {
      entry = new TypedEntry(this.#access, shardMap(shardOf(symbol)), symbol, bookCodec);
      this.#entries.set(symbol, entry);
    }
    return entry;
  }
}
