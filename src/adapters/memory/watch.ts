import type { Closable, ReadOutcome } from './memory-port.ts';

/** A read that failed is asked again this much later, unless something else asks before. */
const RETRY_MS = 250;

interface WatchedKey {
  lastText: string | null;
  isReading: boolean;
  /** Poked while a read was under way: its answer may be too old. */
  isPoked: boolean;
  retry: NodeJS.Timeout | undefined;
}

/**
 * Turns "this key may have changed" into values that never go backwards: a poke reads the entry, one read per key at a
 * time, and hands over what it finds when it differs from what was handed over last. A notification's own value is not
 * used, as one that was sent before an outage or a fail-over may come behind a newer read.
 */
export class Watch implements Closable {
  readonly #read: (key: string) => Promise<ReadOutcome>;
  readonly #onValue: (key: string, text: string) => void;
  readonly #keys = new Map<string, WatchedKey>();
  #isClosed = false;

  constructor(read: (key: string) => Promise<ReadOutcome>, onValue: (key: string, text: string) => void) {
    this.#read = read;
    this.#onValue = onValue;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The key may have changed. */
  poke(key: string): void {
    if (this.#isClosed) return;
    let watched = this.#keys.get(key);
    if (watched === undefined) {
      watched = { lastText: null, isReading: false, isPoked: false, retry: undefined };
      this.#keys.set(key, watched);
    }
    watched.isPoked = true;
    if (!watched.isReading) void this.#readWhilePoked(key, watched);
  }

  close(): void {
    this.#isClosed = true;
    for (const { retry } of this.#keys.values()) clearTimeout(retry);
  }

  async #readWhilePoked(key: string, watched: WatchedKey): Promise<void> {
    watched.isReading = true;
    clearTimeout(watched.retry);
    while (watched.isPoked && !this.#isClosed) {
      watched.isPoked = false;
      const outcome = await this.#read(key);
      if (this.#isClosed) break;
      if (outcome.kind !== 'ok') watched.retry = setTimeout(() => this.poke(key), RETRY_MS).unref();
      else if (outcome.text !== null && outcome.text !== watched.lastText) {
        watched.lastText = outcome.text;
        this.#onValue(key, outcome.text);
      }
    }
    watched.isReading = false;
  }
}
