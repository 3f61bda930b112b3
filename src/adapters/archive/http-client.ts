import { setTimeout as sleep } from 'node:timers/promises';
import { InputError } from '../../model/input-error.ts';
import type { RetryPolicy } from './options.ts';

const LONGEST_WAIT_MS = 8_000;

/** What the archive client needs of the settings of a pull. */
export interface HttpSettings {
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
}

/** A failure worth another attempt: a 5xx or 429 answer, a cut or silent connection. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
  /** What the server asked for, null when it said nothing. */
  readonly retryAfterMs: number | null;

  constructor(message: string, retryAfterMs: number | null = null) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Answer to a request: found, or 404; every other status is an error. */
export type HttpAnswer = { readonly found: true; readonly response: Response } | { readonly found: false };

/**
 * Repeats `attempt` on a {@link TransientError}, with doubled waits and jitter, at most `retry.attempts` times in a
 * row without progress.
 *
 * @param attempt - says through `progressed()` that it has brought bytes, which starts the count anew.
 * @throws Error with the last cause when the attempts are used up.
 */
export async function withRetries<T>(
  what: string,
  settings: HttpSettings,
  attempt: (progressed: () => void) => Promise<T>,
): Promise<T> {
  const { attempts, firstWaitMs } = settings.retry;
  let failures = 0;
  const progressed = (): void => {
    failures = 0;
  };
  for (;;) {
    try {
      return await attempt(progressed);
    } catch (error) {
      settings.signal.throwIfAborted();
      if (!(error instanceof TransientError)) throw error;
      failures++;
      if (failures >= attempts) throw new Error(`${what}: given up after ${failures} attempts: ${error.message}`);
      const waitMs = error.retryAfterMs ?? firstWaitMs * 2 ** (failures - 1) * (0.75 + Math.random() / 2);
      await sleep(Math.min(waitMs, LONGEST_WAIT_MS), undefined, { signal: settings.signal });
    }
  }
}

/**
 * One request. Redirects are refused: nothing but the configured address is ever asked.
 *
 * @param watch - from {@link watchIdle}; aborts when the connection falls silent.
 * @throws TransientError on a network failure, 5xx or 429; InputError on any other unexpected status.
 */
export async function request(
  method: 'GET' | 'HEAD',
  url: string,
  watch: IdleWatch,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      redirect: 'manual',
      signal: watch.signal,
      // Sizes and ranges must be those of the stored bytes.
      headers: { 'accept-encoding': 'identity', ...headers },
    });
  } catch (error) {
    throw transientFrom(error, url);
  }
  watch.alive();
  if (response.ok || response.status === 416) return { found: true, response };
  await response.body?.cancel();
  if (response.status === 404) return { found: false };
  if (response.status >= 500 || response.status === 429) {
    throw new TransientError(`${url} answered ${response.status}`, retryAfterMs(response));
  }
  throw new InputError(`${url} answered ${response.status}; expected 200, 206 or 404 (redirects are not followed)`);
}

/** Turns a failed fetch or body read into a {@link TransientError}. */
export function transientFrom(error: unknown, url: string): TransientError {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return new TransientError(`${url}: ${error instanceof Error ? error.message : String(error)}${cause}`);
}

/** Aborts `signal` when `alive` has not been called for the policy's idle time, or when the pull is stopped. */
export interface IdleWatch {
  readonly signal: AbortSignal;
  alive(): void;
  done(): void;
}

/** Starts an {@link IdleWatch}; `done` must be called at the end. */
export function watchIdle(settings: HttpSettings): IdleWatch {
  const silence = new AbortController();
  const { idleTimeoutMs } = settings.retry;
  const abort = (): void => silence.abort(new Error(`no byte for ${idleTimeoutMs} ms`));
  const timer = setTimeout(abort, idleTimeoutMs);
  return {
    signal: AbortSignal.any([silence.signal, settings.signal]),
    alive: () => timer.refresh(),
    done: () => clearTimeout(timer),
  };
}

function retryAfterMs(response: Response): number | null {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}
