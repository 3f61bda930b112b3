import { UnrecoverableError, Worker } from 'bullmq';
import { InputError, InvariantError } from '../../model/input-error.ts';
import type { RedisSettings } from '../redis/redis-settings.ts';
import { QUEUE_NAME, type QueuedDays } from './day-queue.ts';
import { isConnectionLoss, QueueClients } from './queue-clients.ts';

/** A worker that dies holds its job this long; renewed at half of it. */
const LOCK_MS = 10_000;
/** How often the others look for jobs of dead workers. */
const STALLED_CHECK_MS = 5000;
/** Times that one job may lose its worker. */
const MAX_STALLED = 10;
/** A server that answers takes the last words of a worker in less; one that does not is not waited for. */
const CLOSE_MS = 2000;

/** Takes days from the queue, one job at a time; a job whose worker died is taken by another. */
export class DayWorker {
  readonly #worker: Worker<QueuedDays, string>;
  readonly #clients: QueueClients;
  /** Settles with the job in hand. */
  #handling: Promise<unknown> = Promise.resolve();

  /**
   * @param handle - returns what is to be said of the job; throws when it is to be tried again. Bad input and broken
   *   invariants are not: nothing would be different.
   * @param onError - told of what goes wrong, lost connections left out.
   */
  constructor(
    settings: RedisSettings,
    prefix: string,
    handle: (days: QueuedDays) => Promise<string>,
    onError: (error: Error) => void,
  ) {
    const process = async ({ data }: { readonly data: QueuedDays }) => {
      const handling = handle(data);
      this.#handling = handling.catch(() => undefined);
      try {
        return await handling;
      } catch (error) {
        if (error instanceof InputError || error instanceof InvariantError) throw new UnrecoverableError(error.message);
        throw error;
      }
    };
    this.#clients = new QueueClients(settings);
    this.#worker = new Worker(QUEUE_NAME, process, {
      connection: this.#clients.first,
      prefix,
      concurrency: 1,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: MAX_STALLED,
    });
    this.#worker.on('error', (error) => {
      if (!isConnectionLoss(error)) onError(error);
    });
  }

  /** Resolves when Redis answers. @throws Error when {@link close} came first. */
  async ready(): Promise<void> {
    await this.#worker.waitUntilReady();
  }

  /**
   * Takes no further job, waits for the one in hand, and tells the server what came of it, if that answers: otherwise the
   * job's lock expires, another worker takes it, and finds the day in the capital.
   */
  async close(): Promise<void> {
    const closing = this.#worker.close();
    await this.#handling;
    const timer = setTimeout(() => this.#clients.end(), CLOSE_MS);
    await closing;
    clearTimeout(timer);
    this.#clients.end();
  }
}
