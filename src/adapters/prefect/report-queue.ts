import { setTimeout as wait } from 'node:timers/promises';
import type { Answer } from './prefect-client.ts';

/** One thing to tell. Asked again while its answer says that it may be taken later; ends soon after `signal` is aborted. */
export type Report = (signal: AbortSignal) => Promise<Answer>;

export interface ReportQueueOptions {
  /** Reports that may wait. */
  readonly capacity: number;
  /** Wait before a report is tried again; doubles up to `retryMaxMs`. */
  readonly retryMs: number;
  readonly retryMaxMs: number;
  /** Told of the first report in a row that was not taken. */
  readonly onTrouble: (reason: string) => void;
}

export interface ReportCount {
  readonly offered: number;
  /** Not taken: dropped, refused, or still waiting at the end. */
  readonly missed: number;
  /** Why the first of them was not taken; null when all were. */
  readonly reason: string | null;
}

/** A server that answers `busy` to this many tries of one report may be so because of it: the others want to be told. */
const MAX_BUSY = 5;
/** Between tries while the end is waited for. */
const CLOSING_RETRY_MS = 100;

/**
 * Tells reports one after the other, behind the back of whoever offers them. While nobody listens they wait; when too many wait
 * the oldest is dropped, as the newest say how things stand.
 */
export class ReportQueue {
  readonly #options: ReportQueueOptions;
  readonly #waiting: Report[] = [];
  readonly #closing = new AbortController();
  readonly #ended = new AbortController();
  #pumping: Promise<void> | null = null;
  #isTroubled = false;
  #offered = 0;
  #missed = 0;
  #reason: string | null = null;

  constructor(options: ReportQueueOptions) {
    this.#options = options;
  }

  /** Returns at once, and never throws. */
  offer(report: Report): void {
    this.#offered++;
    if (this.#closing.signal.aborted) {
      this.#miss('it came behind the end');
      return;
    }
    if (this.#waiting.length === this.#options.capacity) {
      this.#waiting.shift();
      this.#miss(`more than ${this.#options.capacity} waited`);
    }
    this.#waiting.push(report);
    this.#pumping ??= Promise.resolve().then(() => this.#pump());
  }

  /** Takes no more reports, tells those that wait for `drainMs` at most, and gives up on the rest. */
  async close(drainMs: number): Promise<ReportCount> {
    this.#closing.abort();
    const limit = setTimeout(() => this.#ended.abort(), drainMs);
    await this.#pumping;
    clearTimeout(limit);
    return { offered: this.#offered, missed: this.#missed, reason: this.#reason };
  }

  async #pump(): Promise<void> {
    for (let report = this.#waiting.shift(); report !== undefined; report = this.#waiting.shift()) {
      const answer = await this.#tell(report);
      if (answer.kind !== 'ok') this.#miss(answer.reason);
    }
    this.#pumping = null;
  }

  async #tell(report: Report): Promise<Answer> {
    let answer: Answer = { kind: 'away', reason: 'its time was up' };
    let busy = 0;
    for (let tries = 0; !this.#ended.signal.aborted; tries++) {
      if (tries > 0) await this.#pause(tries);
      if (this.#ended.signal.aborted) break;
      const tried = await report(this.#ended.signal).catch(unreadable);
      // Cut short by the end it says less than the try before.
      if (this.#ended.signal.aborted && tried.kind === 'away' && tries > 0) break;
      answer = tried;
      this.#note(answer);
      if (answer.kind === 'ok' || answer.kind === 'refused') break;
      if (answer.kind === 'busy' && ++busy === MAX_BUSY) break;
    }
    return answer;
  }

  async #pause(tries: number): Promise<void> {
    const { retryMs, retryMaxMs } = this.#options;
    const isClosing = this.#closing.signal.aborted;
    const ms = isClosing ? CLOSING_RETRY_MS : Math.min(retryMaxMs, retryMs * 2 ** (tries - 1));
    const { signal } = isClosing ? this.#ended : this.#closing;
    // Woken it tries at once. Waiting keeps no process alive that has failed and does not come to close it.
    await wait(ms, undefined, { signal, ref: false }).catch(() => undefined);
  }

  #note(answer: Answer): void {
    if (answer.kind === 'ok') this.#isTroubled = false;
    else if (!this.#isTroubled && !this.#ended.signal.aborted) {
      this.#isTroubled = true;
      this.#options.onTrouble(answer.reason);
    }
  }

  #miss(reason: string): void {
    this.#missed++;
    this.#reason ??= reason;
  }
}

/** An answer that is not what the API describes: nothing of it may end the process. */
function unreadable(error: unknown): Answer {
  return { kind: 'refused', reason: `the answer cannot be read: ${error instanceof Error ? error.message : error}` };
}
