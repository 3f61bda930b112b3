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

/** `begun`: a machine is at it or has been; `unknown`: there is no such job. */
export type WithdrawResult = 'withdrawn' | 'begun' | 'unknown';

/** States in which no machine is at a job, nor has ended it. */
const WAITING: ReadonlySet<string> = new Set(['waiting', 'delayed', 'prioritized']);

/** The queue of days on Redis; one job per key, however many machines offer it. */
export class DayQueue {
  readonly #queue: Queue<QueuedDays, string>;
  readonly #clients: QueueClients;
  readonly #onError: (error: Error) => void;
  readonly #close = new AbortController();

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

  /** Takes an offered job out of the queue, unless a machine has begun it. Waits for the server while it is away. */
  async withdraw(key: string): Promise<WithdrawResult> {
    const job = await this.#queue.getJob(key);
    if (job === undefined) return 'unknown';
    if (!WAITING.has(await job.getState())) return 'begun';
    try {
      await job.remove();
      return 'withdrawn';
    } catch (error) {
      // A machine has locked it since.
      if (await job.isActive()) return 'begun';
      throw error;
    }
  }

  /**
   * Waits for the end of an offered job.
   * @returns what its worker returned.
   * @throws Error with the worker's words when it failed for good, when it was withdrawn, when `timeoutMs` have passed, or when
   *   {@link close} came first.
   */
  async ended(key: string, timeoutMs: number): Promise<string> {
    const events = new QueueEvents(QUEUE_NAME, {
      connection: this.#clients.first,
      prefix: this.#queue.opts.prefix as string,
    });
    events.on('error', this.#onError); // without a listener the error would be printed as it is
    let timer: NodeJS.Timeout | undefined;
    try {
      await events.waitUntilReady(); // else an end between the look and the first event would be missed
      return await new Promise((resolve, reject) => {
        const fail = (reason: string) => reject(new Error(reason));
        events.on('completed', ({ jobId, returnvalue }) => {
          if (jobId === key) resolve(returnvalue as unknown as string); // what DayWorker returned: bullmq parses it
        });
        events.on('failed', ({ jobId, failedReason }) => {
          if (jobId === key) fail(failedReason);
        });
        events.on('removed', ({ jobId }) => {
          if (jobId === key) fail(`job ${key} was withdrawn`);
        });
        this.#close.signal.addEventListener('abort', () => fail('the queue was closed'), { once: true });
        timer = setTimeout(() => fail(`job ${key} has not ended within ${timeoutMs / 1000} s`), timeoutMs);
        this.#endOf(key).then((end) => end === null || resolve(end), reject);
      });
    } finally {
      clearTimeout(timer);
      await events.close();
    }
  }

  /** Ends every wait, also in the middle of an outage. */
  async close(): Promise<void> {
    this.#close.abort();
    this.#clients.end();
    await this.#queue.close();
  }

  /** What the worker of a job that has ended returned; null before. @throws Error for one that failed or is not there. */
  async #endOf(key: string): Promise<string | null> {
    const job = await this.#queue.getJob(key);
    if (job === undefined) throw new Error(`the queue has no job ${key}`);
    if (await job.isFailed()) throw new Error(job.failedReason);
    return (await job.isCompleted()) ? job.returnvalue : null;
  }
}
