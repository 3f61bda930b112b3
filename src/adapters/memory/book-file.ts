import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { BookValue } from '../../model/memory-values.ts';
import { canonicalJson, type JsonValue, parseExact } from './canonical-json.ts';
import { decodeWith } from './codec.ts';
import { bookCodec } from './feature-codecs.ts';
import type { Refusals } from './refusals.ts';

/** Where spec 1.0 §4 has the file, relative to where the program runs. */
export const BOOK_FILE = 'ob_cache/latest_ob_features.json';

/** `absent`: there is no such file. `malformed`: the whole file is none; single values are refused by themselves. */
export type BookFileReading =
  | { readonly kind: 'ok'; readonly books: ReadonlyMap<string, BookValue> }
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed'; readonly reason: string };

const fileSchema = z.object({ assets: z.record(z.string(), z.unknown()) });

/**
 * Writes every asset's latest book into one file: whole or not at all, and on disk when it returns.
 * The file is `{"assets":{SYMBOL: value}}`, each value as it lies in its shard (docs/memory-schema.md).
 * @throws Error of the file system; the file that was there is then as it was.
 */
export function writeBookFile(path: string, books: ReadonlyMap<string, BookValue>): void {
  const assets: Record<string, JsonValue> = {};
  for (const [symbol, book] of books) assets[symbol] = parseExact(bookCodec.encode(book)) as JsonValue;
  mkdirSync(dirname(path), { recursive: true });
  // One writer has one temporary name: what a crash left of it is written over.
  const temporary = `${path}.${process.pid}.new`;
  const file = openSync(temporary, 'w');
  try {
    writeSync(file, canonicalJson({ assets }));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

/** Reads the file of {@link writeBookFile}; its values are checked like those of the shards. */
export class BookFile {
  readonly path: string;
  readonly #refusals: Refusals;

  /** @param refusals - counts values that are none, by `PATH[SYMBOL]`. */
  constructor(path: string, refusals: Refusals) {
    this.path = path;
    this.#refusals = refusals;
  }

  /** Never throws. */
  async read(): Promise<BookFileReading> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === 'ENOENT' ? { kind: 'absent' } : this.#malformed(`cannot be read (${code})`);
    }
    const file = decodeWith(fileSchema, text);
    if (!file.ok) return this.#malformed(file.reason);
    const books = new Map<string, BookValue>();
    for (const [symbol, value] of Object.entries(file.value.assets)) {
      const book = bookCodec.decode(canonicalJson(value as JsonValue));
      if (book.ok) books.set(symbol, book.value);
      else this.#refusals.add(this.path, symbol, book.reason);
    }
    return { kind: 'ok', books };
  }

  #malformed(reason: string): BookFileReading {
    this.#refusals.add(this.path, '', reason);
    return { kind: 'malformed', reason: `${this.path}: ${reason}` };
  }
}
