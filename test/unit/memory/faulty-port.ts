import type {
  Closable,
  CompareOutcome,
  KeysOutcome,
  MemoryPort,
  MemoryStatus,
  ReadOutcome,
  WriteOutcome,
} from '../../../src/adapters/memory/memory-port.ts';
import { ProcessStore } from '../../../src/adapters/memory/process-store.ts';

const DOWN = { kind: 'unreachable', reason: 'down' } as const;

/** A store that a test can take down, empty, slow and make lose answers; it counts what is asked. */
export class FaultyPort implements MemoryPort {
  readonly kind = 'hazelcast';
  isDown = false;
  /** The next compare-and-sets are carried out, and their answers lost. */
  lostAnswers = 0;
  writes = 0;
  concurrent = 0;
  mostConcurrent = 0;
  store = new ProcessStore();
  readonly #listeners = new Set<() => void>();

  async get(map: string, key: string): Promise<ReadOutcome> {
    return this.isDown ? DOWN : this.store.get(map, key);
  }

  async put(map: string, key: string, text: string): Promise<WriteOutcome> {
    return this.isDown ? DOWN : this.store.put(map, key, text);
  }

  async compareAndSet(map: string, key: string, expected: string | null, text: string): Promise<CompareOutcome> {
    if (this.isDown) return DOWN;
    this.writes += 1;
    this.concurrent += 1;
    this.mostConcurrent = Math.max(this.mostConcurrent, this.concurrent);
    await new Promise((resolve) => setImmediate(resolve));
    this.concurrent -= 1;
    const outcome = await this.store.compareAndSet(map, key, expected, text);
    if (this.lostAnswers === 0) return outcome;
    this.lostAnswers -= 1;
    return { kind: 'unknown', reason: 'no answer' };
  }

  async keys(map: string): Promise<KeysOutcome> {
    return this.isDown ? DOWN : this.store.keys(map);
  }

  listen(map: string, key: string | null, onValue: (key: string, text: string) => void): Closable {
    return this.store.listen(map, key, onValue);
  }

  onConnected(listener: () => void): Closable {
    this.#listeners.add(listener);
    return { close: () => this.#listeners.delete(listener) };
  }

  /** Comes (back) up. */
  connect(): void {
    this.isDown = false;
    for (const listener of this.#listeners) listener();
  }

  ready(): Promise<boolean> {
    return Promise.resolve(!this.isDown);
  }

  status(): MemoryStatus {
    return this.store.status();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async textOf(map: string, key: string): Promise<string | null> {
    const outcome = await this.store.get(map, key);
    return outcome.kind === 'ok' ? outcome.text : null;
  }
}
