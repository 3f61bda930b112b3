import { SAFETY_KEY, SAFETY_MAP } from '../memory/maps.ts';
import type {
  Closable,
  CompareOutcome,
  KeysOutcome,
  MemoryPort,
  MemoryStatus,
  ReadOutcome,
  WriteOutcome,
} from '../memory/memory-port.ts';
import type { HazelcastSettings } from './client-config.ts';
import { Connection, type Session } from './connection.ts';
import { readFailure, writeFailure } from './failure.ts';
import { Listening } from './listening.ts';
import { Operations } from './operations.ts';
import type { Register } from './registers.ts';

const LIMITS = { deadlineMs: 250, maxInFlight: 100 };
/** A new connection that did not answer is asked again this much later. */
const PROBE_AGAIN_MS = 50;
/** A refusal that stands for ten looks, while another member may accept, ends the waiting. */
const LOOK_MS = 100;
const LOOKS_REFUSED = 10;

const GUARANTEE_NOTES = {
  map: 'The members have no CP subsystem: DOLPHIN_SAFETY and leases are map entries, best effort in a split cluster.',
  cp:
    'DOLPHIN_SAFETY and leases are CP atomic references: consensus if the members run with cp-member-count 3 or more, ' +
    'which a client cannot see.',
};

/**
 * Memory in a Hazelcast cluster. It comes up without a member, goes on through outages and comes back by itself. Owned
 * by the memory or a flow thread: a client in a hot one costs it milliseconds.
 */
export class HazelcastStore implements MemoryPort {
  readonly kind = 'hazelcast';
  readonly #settings: HazelcastSettings;
  readonly #operations = new Operations(LIMITS);
  readonly #connection: Connection;
  readonly #connectedListeners = new Set<() => void>();
  readonly #listenings = new Set<Listening>();
  /** Which of the connections has answered. */
  #answered = 0;
  #failures = 0;
  #lastFailure: string | null = null;

  /** @throws InputError when a certificate or key cannot be read. */
  constructor(settings: HazelcastSettings) {
    this.#settings = settings;
    this.#connection = new Connection(settings, (session) => void this.#onConnected(session));
  }

  async get(map: string, key: string): Promise<ReadOutcome> {
    try {
      const text = await this.#operations.run(async () => (await this.#register(map, key)).get());
      return { kind: 'ok', text };
    } catch (error) {
      return this.#note(readFailure(error));
    }
  }

  async keys(map: string): Promise<KeysOutcome> {
    try {
      const keys = await this.#operations.run(async () => this.#connection.require().registers.keysOf(map));
      return { kind: 'ok', keys };
    } catch (error) {
      return this.#note(readFailure(error));
    }
  }

  async put(map: string, key: string, text: string): Promise<WriteOutcome> {
    try {
      await this.#write(map, key, (register) => register.set(text));
      return { kind: 'ok' };
    } catch (error) {
      return this.#note(writeFailure(error));
    }
  }

  async compareAndSet(map: string, key: string, expected: string | null, text: string): Promise<CompareOutcome> {
    try {
      const isSet = await this.#write(map, key, (register) => register.compareAndSet(expected, text));
      return { kind: isSet ? 'ok' : 'conflict' };
    } catch (error) {
      return this.#note(writeFailure(error));
    }
  }

  listen(map: string, key: string | null, onValue: (key: string, text: string) => void): Closable {
    const listening = new Listening(this, map, key, onValue);
    this.#listenings.add(listening);
    const { session } = this.#connection;
    if (session !== null && this.#isUp) void listening.connect(session);
    return {
      close: () => {
        listening.close();
        this.#listenings.delete(listening);
      },
    };
  }

  onConnected(listener: () => void): Closable {
    this.#connectedListeners.add(listener);
    if (this.#isUp) {
      queueMicrotask(() => {
        if (this.#connectedListeners.has(listener)) listener();
      });
    }
    return {
      close: () => {
        this.#connectedListeners.delete(listener);
      },
    };
  }

  ready(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (isReady: boolean) => {
        clearTimeout(timer);
        clearInterval(looking);
        connected.close();
        resolve(isReady);
      };
      const timer = setTimeout(() => finish(false), timeoutMs);
      let looksRefused = 0;
      const looking = setInterval(() => {
        looksRefused = this.#connection.refusal === null ? 0 : looksRefused + 1;
        if (looksRefused === LOOKS_REFUSED) finish(false); // waiting does not mend it
      }, LOOK_MS);
      const connected = this.onConnected(() => finish(true));
    });
  }

  status(): MemoryStatus {
    const safety = this.#connection.session?.registers.guarantee ?? 'undecided';
    return {
      kind: this.kind,
      where: `${this.#settings.clusterName} at ${this.#settings.members.join(', ')}`,
      connected: this.#isUp,
      connections: this.#connection.connections,
      safety,
      inFlight: this.#operations.inFlight,
      failures: this.#failures,
      lastFailure: this.#lastFailure,
      refusal: this.#connection.refusal,
      notes: this.#notes(safety),
    };
  }

  async close(): Promise<void> {
    for (const listening of this.#listenings) listening.close();
    this.#listenings.clear();
    this.#connectedListeners.clear();
    await this.#connection.close();
  }

  #register(map: string, key: string): Promise<Register> {
    return this.#connection.require().registers.registerOf(map, key);
  }

  async #write<T>(map: string, key: string, write: (register: Register) => Promise<T>): Promise<T> {
    return this.#operations.runWrite(`${map}[${key}]`, async () => write(await this.#register(map, key)));
  }

  /** Connected, and answering. */
  get #isUp(): boolean {
    return this.#connection.isConnected && this.#answered === this.#connection.connections;
  }

  /**
   * Tells of a connection when the members have answered once: the first operation of a connection is slow, up to the
   * deadline, and decides whether there is CP.
   */
  async #onConnected(session: Session): Promise<void> {
    const { connections } = this.#connection;
    const isThisOne = () => this.#connection.isConnected && this.#connection.connections === connections;
    while ((await this.get(SAFETY_MAP, SAFETY_KEY)).kind !== 'ok') {
      await new Promise((resolve) => setTimeout(resolve, PROBE_AGAIN_MS).unref());
      if (!isThisOne()) return;
    }
    if (!isThisOne()) return;
    this.#answered = connections;
    for (const listening of this.#listenings) void listening.connect(session);
    for (const listener of this.#connectedListeners) listener();
  }

  #note<T extends { readonly reason: string }>(failure: T): T {
    this.#failures += 1;
    this.#lastFailure = failure.reason;
    return failure;
  }

  #notes(safety: MemoryStatus['safety']): string[] {
    const notes = [];
    const { problem } = this.#connection;
    if (problem !== null) notes.push(`Not connected: ${problem}`);
    if (this.#settings.credentials !== null && this.#settings.tls === null) {
      notes.push('The password goes over the network as it is: tls is off.');
    }
    if (safety !== 'undecided') notes.push(GUARANTEE_NOTES[safety]);
    return notes;
  }
}
