import { Redis } from 'ioredis';
import { hideSecretIn } from '../secrets/hide-secret.ts';
import type { RedisSettings } from './redis-settings.ts';

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 5000;
const CONNECT_TIMEOUT_MS = 5000;

/** Told of what happens to a connection; texts hold no secret. */
export interface ConnectionWatch {
  onConnected(): void;
  /** Once per outage, with the first cause; not per attempt. */
  onLost(reason: string): void;
}

/**
 * Milliseconds to wait before the next attempt: doubling from 50 ms up to 5 s, of which a random half, so that many clients
 * of one server do not come back together. There is no last attempt.
 * @param attempt - 1 for the first. @param random - in [0, 1).
 */
export function reconnectDelayMs(attempt: number, random: number): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 20));
  return Math.round(full * (0.5 + 0.5 * random));
}

/** Options of a client that dials for ever; holds secrets. */
export function clientOptions({ host, port, database, username, password, tls }: RedisSettings) {
  return {
    host,
    port,
    db: database,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: null,
    retryStrategy: (attempt: number): number | null => reconnectDelayMs(attempt, Math.random()),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls: { ...tls } }),
  };
}

/**
 * A connection that comes back by itself for as long as it takes. Commands given while it is away wait; those whose answer
 * was lost are sent again, in order: they must be harmless when repeated.
 */
export function openRedis(settings: RedisSettings, watch: ConnectionWatch): Redis {
  const { password } = settings;
  const redis = new Redis(clientOptions(settings));
  let isLost = false;
  const lost = (reason: string) => {
    if (!isLost) watch.onLost(reason);
    isLost = true;
  };
  redis.on('ready', () => {
    isLost = false;
    watch.onConnected();
  });
  redis.on('error', (error: NodeJS.ErrnoException) => {
    // A refused login rejects the commands that wait with this same error, after it was emitted: it is cleaned for them too.
    hideSecretIn(error, password);
    lost(`${settings.address}: ${error.code ?? error.message}`);
  });
  redis.on('reconnecting', () => lost(`${settings.address}: connection closed`));
  return redis;
}
