import type { Redis } from 'ioredis';
import { entryIdOf, signalIdText } from './signal-id.ts';
import { encodeSignal, type SignalMessage } from './signal-message.ts';

/** The field of an entry that holds the JSON. */
export const SIGNAL_FIELD = 'signal';
/** Name of the stream unless the user names another. */
export const DEFAULT_STREAM = 'dolphin:signals';
const MAX_IN_FLIGHT = 64;
/** How Redis answers to an id that is not the greatest of its stream. */
const NOT_GREATEST = /equal or smaller than the target stream top item/;

/** A signal that the stream can neither take nor has: another publisher is ahead of this one. */
export class SignalConflict extends Error {
  override readonly name = 'SignalConflict';
}

export interface PublisherOptions {
  readonly stream: string;
  /** Entries that the stream keeps about; undefined: all. What is trimmed before it was read is lost. */
  readonly maxEntries?: number | undefined;
}

/**
 * RedisSignalPublisher: signals into a Redis stream, each once.
 *
 * The entry's id is made from the signal's, so that a signal which is sent again, after an answer that was lost or by a
 * publisher that begins anew, is refused by the server and then looked for: it counts as there only if it is. Order is kept
 * across outages, for one connection sends again what was not answered before anything newer. At most 64 are in flight.
 * One publisher per stream.
 */
export class RedisSignalPublisher {
  /** Signals that the server has taken from this publisher, and those that it had already. */
  readonly counts = { added: 0, alreadyThere: 0 };
  /** The same by their kind, whoever brought them. */
  readonly byKind: Record<SignalMessage['kind'], number> = { scan: 0, book: 0, end: 0 };
  readonly #redis: Redis;
  readonly #options: PublisherOptions;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #closed = Promise.withResolvers<void>();
  #failure: Error | null = null;

  constructor(redis: Redis, options: PublisherOptions) {
    this.#redis = redis;
    this.#options = options;
  }

  /**
   * Sends one signal, later than all before it. Returns when there is room for another; {@link flush} waits for answers.
   * While the server is away it waits as long as that takes.
   * @throws SignalConflict, also of an earlier signal; or as the server answers.
   */
  async publish(message: SignalMessage): Promise<void> {
    const sent = this.#send(message).catch((error: Error) => {
      this.#failure ??= error;
    });
    this.#inFlight.add(sent);
    void sent.then(() => this.#inFlight.delete(sent));
    while (this.#inFlight.size >= MAX_IN_FLIGHT && this.#failure === null)
      await Promise.race([...this.#inFlight, this.#closed.promise]);
    this.#requireHealthy();
  }

  /** Waits until the server has answered for every signal. @throws as {@link publish}. */
  async flush(): Promise<void> {
    await Promise.race([Promise.all(this.#inFlight), this.#closed.promise]);
    this.#requireHealthy();
  }

  /** Ends every wait with an error, also in the middle of an outage. What was not answered may be in the stream or not. */
  close(): void {
    this.#failure ??= new Error(`stream ${this.#options.stream}: the publisher was closed`);
    this.#closed.resolve();
    this.#redis.disconnect();
  }

  async #send(message: SignalMessage): Promise<void> {
    const id = entryIdOf(message.id);
    const json = encodeSignal(message);
    const { stream, maxEntries } = this.#options;
    const trim = maxEntries === undefined ? [] : ['MAXLEN', '~', maxEntries];
    try {
      await this.#redis.call('XADD', stream, ...trim, id, SIGNAL_FIELD, json);
      this.counts.added++;
    } catch (error) {
      if (!(error instanceof Error) || !NOT_GREATEST.test(error.message)) throw error;
      await this.#requireThere(id, json, message);
      this.counts.alreadyThere++;
    }
    this.byKind[message.kind]++;
  }

  async #requireThere(id: string, json: string, message: SignalMessage): Promise<void> {
    const { stream } = this.#options;
    const [found] = await this.#redis.xrange(stream, id, id);
    if (found?.[1][1] === json) return;
    throw new SignalConflict(
      `stream ${stream}: signal ${signalIdText(message.id)} is not later than the stream's last entry and ` +
        `${found === undefined ? 'is not in it' : 'another one is in its place'}: a stream has one publisher and its days in order`,
    );
  }

  #requireHealthy(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}
