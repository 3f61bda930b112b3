import type Database from 'better-sqlite3';
import type {
  Closable,
  CompareOutcome,
  KeysOutcome,
  MemoryPort,
  MemoryStatus,
  ReadOutcome,
  WriteOutcome,
} from '../memory/memory-port.ts';
import { Watch } from '../memory/watch.ts';
import { openDatabase } from './database.ts';
import { failureOf, WriteBatch } from './write-batch.ts';

/** Also the deadline of a write: SQLite waits that long for another process's transaction. */
const LOCK_TIMEOUT_MS = 250;
/** How often the file is asked whether another process has written; costs microseconds. */
const POLL_MS = 25;

interface Listener {
  readonly map: string;
  readonly key: string | null;
  readonly watch: Watch;
}

/**
 * Memory in one SQLite file: nothing to install, safe from `kill -9` and power loss, shared by processes of one machine.
 * Calls run on the caller's thread and wait for the disk: a memory or flow thread owns it, never a hot one.
 */
export class EmbeddedStore implements MemoryPort {
  readonly kind = 'embedded';
  readonly #path: string;
  readonly #database: Database.Database;
  readonly #batch: WriteBatch;
  readonly #selectValue: Database.Statement<[string, string], string>;
  readonly #selectKeys: Database.Statement<[string], string>;
  readonly #selectChanged: Database.Statement<[number], { map: string; key: string; change: number }>;
  readonly #listeners = new Set<Listener>();
  readonly #poll: NodeJS.Timeout;
  #dataVersion = -1;
  #lastChange: number;
  #failures = 0;
  #lastFailure: string | null = null;
  #isClosed = false;

  /** @throws InputError as openDatabase does. */
  static open(path: string): EmbeddedStore {
    return new EmbeddedStore(path, openDatabase(path, LOCK_TIMEOUT_MS));
  }

  private constructor(path: string, database: Database.Database) {
    this.#path = path;
    this.#database = database;
    this.#batch = new WriteBatch(database, () => this.#pokeChanged());
    this.#selectValue = database
      .prepare<[string, string], string>('SELECT value FROM entry WHERE map = ? AND key = ?')
      .pluck();
    this.#selectKeys = database.prepare<[string], string>('SELECT key FROM entry WHERE map = ?').pluck();
    this.#selectChanged = database.prepare('SELECT map, key, change FROM entry WHERE change > ? ORDER BY change');
    this.#lastChange = database.prepare<[], number>('SELECT ifnull(max(change), 0) FROM entry').pluck().get() ?? 0;
    this.#poll = setInterval(() => this.#pollVersion(), POLL_MS).unref();
  }

  get(map: string, key: string): Promise<ReadOutcome> {
    return this.#read(() => ({ kind: 'ok', text: this.#selectValue.get(map, key) ?? null }));
  }

  keys(map: string): Promise<KeysOutcome> {
    return this.#read(() => ({ kind: 'ok', keys: this.#selectKeys.all(map) }));
  }

  put(map: string, key: string, text: string): Promise<WriteOutcome> {
    return this.#write(map, key, undefined, text) as Promise<WriteOutcome>;
  }

  compareAndSet(map: string, key: string, expected: string | null, text: string): Promise<CompareOutcome> {
    return this.#write(map, key, expected, text);
  }

  listen(map: string, key: string | null, onValue: (key: string, text: string) => void): Closable {
    const listener = { map, key, watch: new Watch((changed) => this.get(map, changed), onValue) };
    this.#listeners.add(listener);
    if (key !== null) listener.watch.poke(key);
    else if (!this.#isClosed) for (const present of this.#selectKeys.all(map)) listener.watch.poke(present);
    return {
      close: () => {
        listener.watch.close();
        this.#listeners.delete(listener);
      },
    };
  }

  onConnected(listener: () => void): Closable {
    let isWanted = true;
    queueMicrotask(() => {
      if (isWanted && !this.#isClosed) listener();
    });
    return {
      close: () => {
        isWanted = false;
      },
    };
  }

  ready(): Promise<boolean> {
    return Promise.resolve(!this.#isClosed);
  }

  status(): MemoryStatus {
    return {
      kind: this.kind,
      where: this.#path,
      connected: !this.#isClosed,
      connections: 1,
      safety: 'map',
      inFlight: 0,
      failures: this.#failures,
      lastFailure: this.#lastFailure,
      refusal: null,
      notes: [],
    };
  }

  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#batch.flush();
    this.#isClosed = true;
    clearInterval(this.#poll);
    for (const { watch } of this.#listeners) watch.close();
    this.#listeners.clear();
    this.#database.close();
    return Promise.resolve();
  }

  async #read<T>(query: () => T): Promise<T | { readonly kind: 'unreachable'; readonly reason: string }> {
    if (this.#isClosed) return { kind: 'unreachable', reason: 'the memory is closed' };
    try {
      return query();
    } catch (error) {
      const { reason } = failureOf(error);
      this.#note(reason);
      return { kind: 'unreachable', reason };
    }
  }

  async #write(map: string, key: string, expected: string | null | undefined, text: string): Promise<CompareOutcome> {
    if (this.#isClosed) return { kind: 'unreachable', reason: 'the memory is closed' };
    const outcome = await this.#batch.add(map, key, expected, text);
    if (outcome.kind === 'unreachable' || outcome.kind === 'unknown') this.#note(outcome.reason);
    return outcome;
  }

  /** `data_version` changes when another connection has committed; our own commits poke by themselves. */
  #pollVersion(): void {
    if (this.#listeners.size === 0) return;
    try {
      const version = this.#database.pragma('data_version', { simple: true }) as number;
      if (version !== this.#dataVersion && this.#pokeChanged()) this.#dataVersion = version;
    } catch (error) {
      this.#note(failureOf(error).reason);
    }
  }

  /** False when the file could not be read: the next poll looks again. */
  #pokeChanged(): boolean {
    if (this.#listeners.size === 0) return true;
    try {
      for (const { map, key, change } of this.#selectChanged.all(this.#lastChange)) {
        this.#lastChange = change;
        for (const listener of this.#listeners) {
          if (listener.map === map && (listener.key === null || listener.key === key)) listener.watch.poke(key);
        }
      }
      return true;
    } catch (error) {
      this.#note(failureOf(error).reason);
      this.#dataVersion = -1;
      return false;
    }
  }

  #note(reason: string): void {
    this.#failures += 1;
    this.#lastFailure = reason;
  }
}
