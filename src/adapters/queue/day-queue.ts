import { Queue, QueueEvents } from 'bullmq';
import type { RedisSettings } from '../redis/redis-settings.ts';
import { isConnectionLoss, QueueClients } from './queue-clients.ts';

export const QUEUE_NAME = 'dolphin-flows';
const ATTEMPTS = 5;
const BACKOFF_MS = 2000;
/** Finished jobs are kept this long, so that a day which is offered again is known to be done. */
const KEEP_FINISHED_S = 30 * 86_400;

/** Days of one deployment, to be traded in order by whichever machine takes them. */
export interface QueuedDays {
  /** The deployment and how its days are run; JSON of the flows. */
  readonly deploymentJson: string;
  /** `YYYY-MM-DD`, ascending. */
  readonly dates: readonly string[];
  readonly trigger: string;
}

/** `known`: it waits, runs or is done already; `again`: it had failed and waits anew. */
export type OfferResult = 'added' | 'known' | 'again';

/** The queue of days on Redis; one job per key, however many machines offer it. */
export class DayQueue {
  readonly #queue: Queue<QueuedDays, string>;
  readonly #clients: QueueClients;
  readonly #onError: (error: Error) => void;

  /**
   * @param prefix - of all keys in Redis.
   * @param onError - told of what goes wrong, lost connections left out.
   */
  constructor(settings: RedisSettings, prefix: string, onError: (error: Error) => void) {
    this.#clients = new QueueClients(settings);
    this.#onError = (error) => {
      if (!isConnectionLoss(error)) onError(error);
    };
    this.#queue = new Queue(QUEUE_NAME, { connection: this.#clients.first, prefix });
    this.#queue.on('error', this.#onError);
  }

  /**
   * Waits for the server while it is away.
   * @param key - names flow, deployment, last date and strategy hash; no colon.
   * @throws Error when {@link close} came first.
   */
  async offer(key: string, days: QueuedDays): Promise<OfferResult> {
    const job = await this.#queue.getJob(key);
    if (job !== undefined) {
      if (!(await job.isFailed())) return 'known';
      await job.retry('failed');
      return 'again';
    }
    await this.#queue.add('days', days, {
      jobId: key,
      attempts: ATTEMPTS,
      backoff: { type: 'exponential', delay: BACKOFF_MS },
      removeOnComplete: { age: KEEP_FINISHED_S },
      removeOnFail: { age: KEEP_FINISHED_S },
    });
    return 'added';
  }

  /**
   * Waits for the end of an offered job.
   * @returns what its worker returned.
   * @throws Error with the worker's words when it failed for good, or when `timeoutMs` have passed.
   */
  async ended(key: string, timeoutMs: number): Promise<string> {
    const events = new QueueEvents(QUEUE_NAME, {
      connection: this.#clients.first,
      prefix: this.#queue.opts.prefix as string,
    });
    events.on('error', this.#onError); // without a listener the error would be printed as it is
    try {
      await events.waitUntilReady();
      const job = await this.#queue.getJob(key);
      if (job === undefined) throw new Error(`the queue has no job ${key}`);
      return await job.waitUntilFinished(events, timeoutMs);
    } finally {
      await events.close();
    }
  }

  /** Ends every wait, also in the middle of an outage. */
  async close(): Promise<void> {
    this.#clients.end();
    await this.#queue.close();
  }
}
