import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { hideSecret } from '../secrets/hide-secret.ts';
import { authorizationOf, type PrefectSettings } from './prefect-settings.ts';

/** What became of a request. */
export type Answer =
  /** Taken; `value` is the body, parsed, or null without one. */
  | { readonly kind: 'ok'; readonly value: unknown }
  /** Nobody answered in time. */
  | { readonly kind: 'away'; readonly reason: string }
  /** The server says that it cannot now: 408, 429, 5xx. */
  | { readonly kind: 'busy'; readonly reason: string }
  /** Understood and refused: the same request would be again. */
  | { readonly kind: 'refused'; readonly reason: string };

const REQUEST_TIMEOUT = 408;
const TOO_MANY_REQUESTS = 429;
const REASON_CHARACTERS = 200;

/**
 * Posts JSON to the API of a Prefect server, each request with a deadline. By node:http and not fetch, whose connecting sockets
 * outlive an abort: a host that swallows packets would hold up the end of the process.
 */
export class PrefectClient {
  readonly #settings: PrefectSettings;
  readonly #deadlineMs: number;
  readonly #agent: HttpAgent;
  readonly #request: typeof httpRequest;

  /** @param deadlineMs - of one request, from its begin to the end of its answer. */
  constructor(settings: PrefectSettings, deadlineMs: number) {
    const { api, ca } = settings;
    const isTls = api.startsWith('https:');
    this.#settings = settings;
    this.#deadlineMs = deadlineMs;
    this.#agent = isTls
      ? new HttpsAgent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) })
      : new HttpAgent({ keepAlive: true });
    this.#request = isTls ? httpsRequest : httpRequest;
  }

  /**
   * @param path - behind the API's URL, such as `/flows/`.
   * @param signal - ends the request; the answer is then `away`.
   * @returns never rejects; no reason holds the key.
   */
  async post(path: string, body: unknown, signal: AbortSignal): Promise<Answer> {
    const deadline = AbortSignal.timeout(this.#deadlineMs);
    try {
      const { status, text } = await this.#exchange(path, body, AbortSignal.any([signal, deadline]));
      return this.#answerOf(status, text);
    } catch (error) {
      if (signal.aborted) return { kind: 'away', reason: 'no answer before the end' };
      if (deadline.aborted) return { kind: 'away', reason: `no answer within ${this.#deadlineMs / 1000} s` };
      return { kind: 'away', reason: this.#shown(error) };
    }
  }

  /** Closes the connections that are idle. */
  close(): void {
    this.#agent.destroy();
  }

  async #exchange(
    path: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly text: string }> {
    const { api, key } = this.#settings;
    const payload = JSON.stringify(body);
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(payload),
        ...(key === undefined ? {} : { authorization: authorizationOf(key) }),
      };
      this.#request(`${api}${path}`, { method: 'POST', agent: this.#agent, headers, signal }, resolve)
        .on('error', reject)
        .end(payload);
    });
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += part;
    return { status: response.statusCode ?? 0, text };
  }

  #answerOf(status: number, text: string): Answer {
    const value = parsed(text);
    if (status >= 200 && status < 300 && value !== undefined) return { kind: 'ok', value };
    // Of a text that is no JSON nothing is shown: a proxy's page says nothing in 200 characters.
    const said = typeof value === 'object' && value !== null ? JSON.stringify(value) : '';
    const reason = this.#shown(`HTTP ${status}${said === '' ? '' : ` ${said}`}`);
    const isBusy = status >= 500 || status === REQUEST_TIMEOUT || status === TOO_MANY_REQUESTS;
    return { kind: isBusy ? 'busy' : 'refused', reason };
  }

  #shown(error: unknown): string {
    const text = error instanceof Error ? error.message || (error as NodeJS.ErrnoException).code || error.name : error;
    return hideSecret(String(text), this.#settings.key).slice(0, REASON_CHARACTERS);
  }
}

/** JSON of an answer; null for none, undefined for what is no JSON. */
function parsed(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
