import type { Redis } from 'ioredis';
import { openRedis } from '../redis/open-redis.ts';
import type { RedisSettings } from '../redis/redis-settings.ts';

const BEAT_MS = 1000;
/** A server that leaves a question open for this long is frozen, or a cable is cut. */
const SILENCE_MS = 4000;

/** Told of outages of a server; texts hold no secret. */
export interface QueueNews {
  /** Once per outage, with its first cause. */
  onLost(reason: string): void;
  /** It answers again: with all it had, with what its disk had, or empty. */
  onBack(): void;
}

/**
 * Asks the server of a queue every second on a connection of its own: BullMQ says a lost connection once per client and
 * attempt, and a frozen server not at all.
 */
export class QueueWatch {
  readonly #redis: Redis;
  readonly #address: string;
  readonly #news: QueueNews;
  readonly #beats: NodeJS.Timeout;
  #isLost = false;
  /** When the question was asked that is open, monotonic ms; null: none is. */
  #askedMs: number | null = null;

  constructor(settings: RedisSettings, news: QueueNews) {
    this.#address = settings.address;
    this.#news = news;
    this.#redis = openRedis(settings, { onConnected: () => undefined, onLost: (reason) => this.#lose(reason) });
    this.#beats = setInterval(() => this.#beat(), BEAT_MS);
    this.#beat();
  }

  close(): void {
    clearInterval(this.#beats);
    this.#redis.disconnect();
  }

  #beat(): void {
    if (this.#askedMs === null) void this.#ask();
    else if (performance.now() - this.#askedMs > SILENCE_MS) this.#lose(`${this.#address}: does not answer`);
  }

  async #ask(): Promise<void> {
    this.#askedMs = performance.now();
    const hasAnswered = await this.#redis.ping().then(
      () => true,
      () => false,
    );
    this.#askedMs = null;
    if (!hasAnswered || !this.#isLost) return;
    this.#isLost = false;
    this.#news.onBack();
  }

  #lose(reason: string): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#news.onLost(reason);
  }
}
