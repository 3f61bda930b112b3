import { Redis } from 'ioredis';
import { clientOptions } from '../redis/open-redis.ts';
import type { RedisSettings } from '../redis/redis-settings.ts';
import { hideSecretIn } from '../secrets/hide-secret.ts';

/** A server that is frozen does not close its side of a connection: it is cut. */
const DISCONNECT_MS = 200;

/**
 * The clients of one queue. BullMQ duplicates the one it is given, and its own close waits for answers that a server which is
 * away or frozen never gives: here all of them can be ended, whatever state they are in. They dial for ever until then, as
 * an outage of Redis delays days and does not end the process.
 */
export class QueueClients {
  /** The one to give to BullMQ. */
  readonly first: Redis;
  readonly #password: string | undefined;
  readonly #clients = new Set<Redis>();

  constructor(settings: RedisSettings) {
    this.#password = settings.password;
    this.first = this.#keep(new Redis({ ...clientOptions(settings), disconnectTimeout: DISCONNECT_MS }));
  }

  /** Disconnects; every command that waits is rejected. */
  end(): void {
    for (const client of this.#clients) {
      // Between two attempts a client has nothing to end, and would never answer what waits: it is ended in an attempt.
      if (client.status === 'reconnecting') client.connect().catch(() => undefined);
      client.disconnect();
    }
  }

  #keep(client: Redis): Redis {
    // Before any listener of BullMQ: an error of a refused login carries the secret.
    client.on('error', (error) => hideSecretIn(error, this.#password));
    const duplicate = client.duplicate.bind(client);
    client.duplicate = (options) => this.#keep(duplicate(options));
    this.#clients.add(client);
    return client;
  }
}

/** True for what a lost connection makes of commands; QueueWatch says so once per outage. */
export function isConnectionLoss({ name, message, code }: NodeJS.ErrnoException): boolean {
  return name === 'AggregateError' || /^E[A-Z]+$/.test(code ?? '') || /connection is closed/i.test(message);
}
