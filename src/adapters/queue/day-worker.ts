import { UnrecoverableError, Worker } from 'bullmq';
import { InputError, InvariantError } from '../../model/input-error.ts';
import type { RedisSettings } from '../redis/redis-settings.ts';
import { hideSecretIn } from '../secrets/hide-secret.ts';
import { connectionOf, QUEUE_NAME, type QueuedDays } from './day-queue.ts';

/** A worker that dies holds its job this long; renewed at half of it. */
const LOCK_MS = 10_000;
/** How often the others look for jobs of dead workers. */
const STALLED_CHECK_MS = 5000;
/** Times that one job may lose its worker. */
const MAX_STALLED = 10;

/** Takes days from the queue, one job at a time; a job whose worker died is taken by another. */
export class DayWorker {
  readonly #worker: Worker<QueuedDays, string>;

  /**
   * @param handle - returns what is to be said of the job; throws when it is to be tried again. Bad input and broken
   *   invariants are not: nothing would be different.
   */
  constructor(
    settings: RedisSettings,
    prefix: string,
    handle: (days: QueuedDays) => Promise<string>,
    onError: (error: Error) => void,
  ) {
    const process = async ({ data }: { readonly data: QueuedDays }) => {
      try {
        return await handle(data);
      } catch (error) {
        if (error instanceof InputError || error instanceof InvariantError) throw new UnrecoverableError(error.message);
        throw error;
      }
    };
    this.#worker = new Worker(QUEUE_NAME, process, {
      connection: connectionOf(settings),
      prefix,
      concurrency: 1,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_MS,
      maxStalledCount: MAX_STALLED,
    });
    this.#worker.on('error', (error) => onError(hideSecretIn(error, settings.password)));
  }

  /** Resolves when Redis answers. */
  async ready(): Promise<void> {
    await this.#worker.waitUntilReady();
  }

  /** Takes no further job and waits for the one in hand. */
  async close(): Promise<void> {
    await this.#worker.close();
  }
}
