import type {
  Closable,
  CompareOutcome,
  KeysOutcome,
  MemoryPort,
  MemoryStatus,
  ReadOutcome,
  WriteOutcome,
} from './memory-port.ts';
import { Watch } from './watch.ts';

const CLOSED = { kind: 'unreachable', reason: 'the memory is closed' } as const;

/** `memory: none`: maps in this process, gone with it. Also the plain reference that the other stores are tested with. */
export class ProcessStore implements MemoryPort {
  readonly kind = 'none';
  readonly #maps = new Map<string, Map<string, string>>();
  readonly #listeners = new Set<{ readonly map: string; readonly key: string | null; readonly watch: Watch }>();
  #isClosed = false;

  get(map: string, key: string): Promise<ReadOutcome> {
    if (this.#isClosed) return Promise.resolve(CLOSED);
    return Promise.resolve({ kind: 'ok', text: this.#maps.get(map)?.get(key) ?? null });
  }

  put(map: string, key: string, text: string): Promise<WriteOutcome> {
    if (this.#isClosed) return Promise.resolve(CLOSED);
    this.#write(map, key, text);
    return Promise.resolve({ kind: 'ok' });
  }

  compareAndSet(map: string, key: string, expected: string | null, text: string): Promise<CompareOutcome> {
    if (this.#isClosed) return Promise.resolve(CLOSED);
    if ((this.#maps.get(map)?.get(key) ?? null) !== expected) return Promise.resolve({ kind: 'conflict' });
    this.#write(map, key, text);
    return Promise.resolve({ kind: 'ok' });
  }

  keys(map: string): Promise<KeysOutcome> {
    if (this.#isClosed) return Promise.resolve(CLOSED);
    return Promise.resolve({ kind: 'ok', keys: [...(this.#maps.get(map)?.keys() ?? [])] });
  }

  listen(map: string, key: string | null, onValue: (key: string, text: string) => void): Closable {
    const listener = { map, key, watch: new Watch((changed) => this.get(map, changed), onValue) };
    this.#listeners.add(listener);
    for (const present of this.#maps.get(map)?.keys() ?? [])
      if (key === null || key === present) listener.watch.poke(present);
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
      if (isWanted) listener();
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
      where: 'this process',
      connected: !this.#isClosed,
      connections: 1,
      safety: 'map',
      inFlight: 0,
      failures: 0,
      lastFailure: null,
      refusal: null,
      notes: ['Nothing is kept beyond this process.'],
    };
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const { watch } of this.#listeners) watch.close();
    this.#listeners.clear();
    return Promise.resolve();
  }

  #write(map: string, key: string, text: string): void {
    let entries = this.#maps.get(map);
    if (entries === undefined) {
      entries = new Map();
      this.#maps.set(map, entries);
    }
    entries.set(key, text);
    for (const listener of this.#listeners) {
      if (listener.map === map && (listener.key === null || listener.key === key)) listener.watch.poke(key);
    }
  }
}
