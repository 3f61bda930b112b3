import { DeadlineError, NotSentError } from './failure.ts';

export interface OperationLimits {
  /** An operation's answer is waited for so long. */
  readonly deadlineMs: number;
  /** Operations sent and not ended; the client keeps those past their deadline, up to its heartbeat timeout. */
  readonly maxInFlight: number;
}

/**
 * Sends operations with a deadline and a cap, and the writes of one key one after the other.
 *
 * The client's own timeout does not bound a frozen member: it is looked at on a retry only. A write past its deadline
 * still holds its key until the client has given it up, so that a retry inside the client cannot pass a later write.
 */
export class Operations {
  readonly #limits: OperationLimits;
  readonly #writing = new Map<string, Promise<unknown>>();
  #inFlight = 0;

  constructor(limits: OperationLimits) {
    this.#limits = limits;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Result of `send`, or a rejection: its own, DeadlineError, or NotSentError at the cap. */
  async run<T>(send: () => Promise<T>): Promise<T> {
    return withDeadline(this.#send(send), this.#limits.deadlineMs);
  }

  /** Like {@link run}, after the key's writes before it; NotSentError when its turn has not come by the deadline. */
  async runWrite<T>(name: string, send: () => Promise<T>): Promise<T> {
    const startMs = performance.now();
    const deadlineMs = this.#limits.deadlineMs;
    for (let ahead = this.#writing.get(name); ahead !== undefined; ahead = this.#writing.get(name)) {
      const leftMs = startMs + deadlineMs - performance.now();
      if (leftMs <= 0) throw new NotSentError(`an earlier write of ${name} has no outcome yet`);
      await settledWithin(ahead, leftMs);
    }
    const sent = this.#send(send);
    const settled = sent.then(
      () => this.#writing.delete(name),
      () => this.#writing.delete(name),
    );
    this.#writing.set(name, settled);
    return withDeadline(sent, Math.max(1, startMs + deadlineMs - performance.now()));
  }

  async #send<T>(send: () => Promise<T>): Promise<T> {
    if (this.#inFlight >= this.#limits.maxInFlight) {
      throw new NotSentError(`${this.#inFlight} operations are in flight, the most allowed`);
    }
    this.#inFlight += 1;
    try {
      return await send();
    } finally {
      this.#inFlight -= 1;
    }
  }
}

async function withDeadline<T>(operation: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DeadlineError(`no answer within ${Math.round(deadlineMs)} ms`)), deadlineMs);
  });
  try {
    return await Promise.race([operation, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for a promise that never rejects, at most so long. */
async function settledWithin(settled: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    settled,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
    }),
  ]);
  clearTimeout(timer);
}
