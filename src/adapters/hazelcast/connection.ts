import { Client, LifecycleState } from 'hazelcast-client';
import { clientConfig, type HazelcastSettings } from './client-config.ts';
import { NotSentError } from './failure.ts';
import { Registers } from './registers.ts';

/** A client that ended by itself, as after a refused login, is replaced this much later. */
const REPLACE_AFTER_MS = 1000;

/** Words of the client (5.7.0) and of Node's TLS that no outage has. */
const REFUSAL = /certificate|ERR_TLS_|could not be authenticated/i;

const ignore = () => {};

/** A client and what hangs on it. */
export interface Session {
  readonly client: Client;
  readonly registers: Registers;
}

/** Keeps one client alive and says when it is connected. */
export class Connection {
  readonly #settings: HazelcastSettings;
  readonly #onConnected: (session: Session) => void;
  #session: Session | null = null;
  #isConnected = false;
  #connections = 0;
  #lastProblem: string | null = null;
  #replacing: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** The client being made, for close. */
  #starting: Promise<void>;

  /**
   * @param onConnected - each time that a member is reached; a session that was not there before is of a new client.
   * @throws InputError when a certificate or key cannot be read.
   */
  constructor(settings: HazelcastSettings, onConnected: (session: Session) => void) {
    this.#settings = settings;
    this.#onConnected = onConnected;
    clientConfig(settings, ignore, ignore);
    this.#starting = this.#start();
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** The client's last warning, null while connected. */
  get problem(): string | null {
    return this.#isConnected ? null : this.#lastProblem;
  }

  /** The same where it is a refusal: of the members, or ours to believe them. */
  get refusal(): string | null {
    return this.problem !== null && REFUSAL.test(this.problem) ? this.problem : null;
  }

  get connections(): number {
    return this.#connections;
  }

  get session(): Session | null {
    return this.#session;
  }

  /** @throws NotSentError while no member is connected. */
  require(): Session {
    if (this.#session === null || !this.#isConnected) throw new NotSentError('no member is connected');
    return this.#session;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isConnected = false;
    clearTimeout(this.#replacing);
    await this.#starting;
    await this.#session?.client.shutdown();
  }

  async #start(): Promise<void> {
    try {
      const config = clientConfig(
        this.#settings,
        (state) => this.#onState(state),
        (message) => {
          this.#lastProblem = message;
        },
      );
      const client = await Client.newHazelcastClient(config);
      this.#session = { client, registers: new Registers(client) };
      // CONNECTED may have come before there was a session to hand over.
      if (this.#isConnected) this.#announce();
    } catch {
      this.#replaceLater();
    }
  }

  #onState(state: LifecycleState): void {
    if (state === LifecycleState.CONNECTED) {
      this.#isConnected = true;
      this.#connections += 1;
      this.#announce();
    } else if (state === LifecycleState.DISCONNECTED) this.#isConnected = false;
    else if (state === LifecycleState.SHUTDOWN) {
      this.#isConnected = false;
      this.#replaceLater();
    }
  }

  #announce(): void {
    if (this.#session === null || this.#isClosed) return;
    this.#session.registers.forgetGuarantee();
    this.#onConnected(this.#session);
  }

  #replaceLater(): void {
    if (this.#isClosed) return;
    this.#session = null;
    this.#replacing = setTimeout(() => {
      this.#starting = this.#start();
    }, REPLACE_AFTER_MS).unref();
  }
}
