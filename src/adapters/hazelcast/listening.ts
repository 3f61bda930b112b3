import type { IMap } from 'hazelcast-client';
import type { Closable, MemoryPort } from '../memory/memory-port.ts';
import { Watch } from '../memory/watch.ts';
import type { Session } from './connection.ts';
import { referenceName } from './registers.ts';

/** An atomic reference has no listeners: it is read this often. */
const REFERENCE_POLL_MS = 250;
/** A subscription or key scan that failed is tried again this much later. */
const RETRY_MS = 500;

interface Subscription {
  readonly session: Session;
  readonly map: IMap<string, unknown>;
  readonly id: string;
}

/**
 * One subscription. Events say only that a key may have changed (Watch reads it); after each connection everything is
 * read again, as events of an outage are lost.
 */
export class Listening implements Closable {
  readonly #port: MemoryPort;
  readonly #map: string;
  readonly #key: string | null;
  readonly #watch: Watch;
  readonly #poll: NodeJS.Timeout | undefined;
  #subscription: Subscription | null = null;
  #retry: NodeJS.Timeout | undefined;

  constructor(port: MemoryPort, map: string, key: string | null, onValue: (key: string, text: string) => void) {
    this.#port = port;
    this.#map = map;
    this.#key = key;
    this.#watch = new Watch((changed) => port.get(map, changed), onValue);
    if (key !== null && referenceName(map, key) !== null) {
      this.#poll = setInterval(() => this.#watch.poke(key), REFERENCE_POLL_MS).unref();
    }
  }

  /** A connection was made or made again. A client brings its listeners back by itself; a new one has none. */
  async connect(session: Session): Promise<void> {
    clearTimeout(this.#retry);
    const isDone = (await this.#subscribe(session)) && (await this.#catchUp());
    if (isDone || this.#watch.isClosed) return;
    this.#retry = setTimeout(() => void this.connect(session), RETRY_MS).unref();
  }

  close(): void {
    clearInterval(this.#poll);
    clearTimeout(this.#retry);
    this.#watch.close();
    // A listener that stays because this call is lost pokes a closed watch, which does nothing.
    this.#subscription?.map.removeEntryListener(this.#subscription.id).catch(() => {});
  }

  async #subscribe(session: Session): Promise<boolean> {
    if (this.#subscription?.session === session) return true;
    const poke = ({ key }: { readonly key: string }) => this.#watch.poke(key);
    const listener = { added: poke, updated: poke };
    try {
      const map = await session.registers.mapOf(this.#map);
      const id = await (this.#key === null
        ? map.addEntryListener(listener, undefined, false)
        : map.addEntryListener(listener, this.#key, false));
      this.#subscription = { session, map, id };
      return true;
    } catch {
      return false;
    }
  }

  /** Reads everything that is listened to. */
  async #catchUp(): Promise<boolean> {
    if (this.#key !== null) {
      this.#watch.poke(this.#key);
      return true;
    }
    const present = await this.#port.keys(this.#map);
    if (present.kind !== 'ok') return false;
    for (const key of present.keys) this.#watch.poke(key);
    return true;
  }
}
