import type { BookValue } from '../../model/memory-values.ts';
import type { BookFile } from './book-file.ts';
import type { BookShards } from './book-shards.ts';

/** Where books were found. `shards` whenever one shard answered, also when it holds nothing. */
export type BooksReading =
  | { readonly kind: 'shards'; readonly books: ReadonlyMap<string, BookValue>; readonly silentShards: number }
  | { readonly kind: 'file'; readonly books: ReadonlyMap<string, BookValue> }
  | { readonly kind: 'none'; readonly reason: string };

/** Reads sent at the same time: far below what a store has in flight at most. */
const READS_AT_ONCE = 32;

/**
 * Latest books of all assets: from the ten shards or, when none of them answers, from the file that the writer of the
 * shards keeps beside them (spec 1.0 §4, §16). A read ends by the store's deadlines; how old a book may be is the
 * engine's judgement (semantics §7), whichever way it came.
 */
export class BookSource {
  readonly #shards: BookShards;
  readonly #file: BookFile;

  constructor(shards: BookShards, file: BookFile) {
    this.#shards = shards;
    this.#file = file;
  }

  async read(): Promise<BooksReading> {
    const found = await this.#shards.discoverEach();
    const silentShards = found.filter(({ kind }) => kind !== 'ok').length;
    const symbols = found.flatMap((shard) => (shard.kind === 'ok' ? shard.symbols : []));
    const books = silentShards === found.length ? null : await this.#readAll(symbols);
    if (books !== null) return { kind: 'shards', books, silentShards };
    return this.#readFile();
  }

  /** Null when the store fell silent before it gave any of them. */
  async #readAll(symbols: readonly string[]): Promise<Map<string, BookValue> | null> {
    const books = new Map<string, BookValue>();
    for (let from = 0; from < symbols.length; from += READS_AT_ONCE) {
      const some = symbols.slice(from, from + READS_AT_ONCE);
      const readings = await Promise.all(some.map((symbol) => this.#shards.read(symbol)));
      for (const [i, reading] of readings.entries()) {
        if (reading.kind === 'ok') books.set(some[i] as string, reading.value);
      }
      // Not one answer of so many: each further round would only wait for its deadline.
      if (readings.every(({ kind }) => kind === 'unreachable')) return books.size === 0 ? null : books;
    }
    return books;
  }

  async #readFile(): Promise<BooksReading> {
    const reading = await this.#file.read();
    if (reading.kind === 'ok') return { kind: 'file', books: reading.books };
    const why = reading.kind === 'absent' ? `${this.#file.path} is not there` : reading.reason;
    return { kind: 'none', reason: `no shard answers, and ${why}` };
  }
}
