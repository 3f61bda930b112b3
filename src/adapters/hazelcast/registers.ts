import { type Client, type IAtomicReference, type IMap, UnsupportedOperationError } from 'hazelcast-client';
import { LEASE_MAP, SAFETY_KEY, SAFETY_MAP } from '../memory/maps.ts';
import type { Guarantee } from '../memory/memory-port.ts';

/** One entry on the grid: a key of a map or a CP atomic reference. */
export interface Register {
  get(): Promise<string | null>;
  set(text: string): Promise<void>;
  /** @param expected - null: absent. */
  compareAndSet(expected: string | null, text: string): Promise<boolean>;
}

/**
 * Name of the atomic reference that stands for an entry, or null for one that lives in its map always.
 * `DOLPHIN_SAFETY` is one reference by that name (spec 1.0 §7); leases are one per name.
 */
export function referenceName(map: string, key: string): string | null {
  if (map === SAFETY_MAP && key === SAFETY_KEY) return SAFETY_MAP;
  return map === LEASE_MAP ? `${LEASE_MAP}/${key}` : null;
}

/** Registers of one client. Which kind stands behind CP entries is decided once per connection, by asking. */
export class Registers {
  readonly #client: Client;
  readonly #maps = new Map<string, Promise<IMap<string, unknown>>>();
  #guarantee: Guarantee = 'undecided';

  constructor(client: Client) {
    this.#client = client;
  }

  get guarantee(): Guarantee {
    return this.#guarantee;
  }

  /** A new connection may lead to another cluster: ask again. */
  forgetGuarantee(): void {
    this.#guarantee = 'undecided';
  }

  /** @throws what the client throws; an outage decides nothing about CP. */
  async registerOf(map: string, key: string): Promise<Register> {
    const name = referenceName(map, key);
    if (name !== null && (await this.#decide()) === 'cp') return this.#reference(name);
    return mapRegister(await this.mapOf(map), key);
  }

  /** Keys of a map, or of the atomic reference in its place. The names of leases on CP are not listed. */
  async keysOf(map: string): Promise<readonly string[]> {
    if (map === SAFETY_MAP && (await this.#decide()) === 'cp') {
      return (await (await this.#reference(SAFETY_MAP)).get()) === null ? [] : [SAFETY_KEY];
    }
    return [...(await (await this.mapOf(map)).keySet())];
  }

  mapOf(name: string): Promise<IMap<string, unknown>> {
    let map = this.#maps.get(name);
    if (map === undefined) {
      map = this.#client.getMap<string, unknown>(name);
      this.#maps.set(name, map);
      map.catch(() => this.#maps.delete(name));
    }
    return map;
  }

  /**
   * Asks for the reference of `DOLPHIN_SAFETY` and reads it. An UnsupportedOperationError is the answer "there is no CP";
   * its texts differ between versions. Everything else is an outage.
   */
  async #decide(): Promise<Guarantee> {
    if (this.#guarantee !== 'undecided') return this.#guarantee;
    try {
      const reference = await this.#client.getCPSubsystem().getAtomicReference<string>(SAFETY_MAP);
      await reference.get();
      this.#guarantee = 'cp';
    } catch (error) {
      if (!(error instanceof UnsupportedOperationError)) throw error;
      this.#guarantee = 'map';
    }
    return this.#guarantee;
  }

  async #reference(name: string): Promise<Register> {
    const reference = withRealNull(await this.#client.getCPSubsystem().getAtomicReference<string | null>(name));
    return {
      get: async () => textOf(await reference.get()),
      set: (text) => reference.set(text),
      compareAndSet: (expected, text) => reference.compareAndSet(expected, text),
    };
  }
}

function mapRegister(map: IMap<string, unknown>, key: string): Register {
  return {
    get: async () => textOf(await map.get(key)),
    set: (text) => map.set(key, text),
    compareAndSet: async (expected, text) =>
      expected === null ? (await map.putIfAbsent(key, text)) === null : map.replaceIfSame(key, expected, text),
  };
}

/**
 * Lets compareAndSet expect a reference that was never set. The client (5.7.0) sends null as a serialized null, which a
 * member does not hold to be its own null: `compareAndSet(null, x)` is false for ever. The Java client sends no data at
 * all, and so does this.
 */
function withRealNull<T>(reference: IAtomicReference<T>): IAtomicReference<T> {
  const proxy = reference as unknown as { toData(value: unknown): unknown };
  const toData = proxy.toData;
  proxy.toData = (value) => (value === null ? null : toData.call(reference, value));
  return reference;
}

/** Text of a stored value; one that another writer stored as a HazelcastJsonValue comes as an object. */
function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
