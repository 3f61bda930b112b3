import { setTimeout as delay } from 'node:timers/promises';
import type { DayQueue, OfferResult } from '../../adapters/queue/day-queue.ts';
import type { CheckedDeployment } from '../../flows/deployment-options.ts';
import { jobKey, offerDays, openDayQueue, reachQueue, watchQueue } from './flow-queue.ts';

/** A day is minutes; a queue in which others wait is longer. */
const WAIT_MS = 3_600_000;
/** A server that answers takes a job back in less; one that does not is not waited for. */
const WITHDRAW_MS = 2000;

/**
 * `flow run --queue`: offers one day and waits for what a worker made of it. Says on standard error what it waits for, and
 * once it is stopped what becomes of the day.
 * @param stop - withdraws the day, if it was offered here and no machine has begun it.
 * @returns the worker's words; null when stopped.
 * @throws InputError as {@link reachQueue} and {@link jobKey}; Error when the day failed for good.
 */
export async function offerAndWait(
  url: string,
  deployment: CheckedDeployment,
  date: string,
  stop: AbortSignal,
): Promise<string | null> {
  const key = jobKey(deployment, date);
  const settings = await reachQueue(url);
  const queue = openDayQueue(settings);
  const watch = watchQueue(settings, () => undefined);
  try {
    const offering = offerDays(queue, deployment, [date], 'queue');
    const ending = offering.then((offered) => {
      say(waitingWords(offered, url));
      return queue.ended(key, WAIT_MS);
    });
    const text = await Promise.race([ending, stopped(stop)]);
    if (text === null) say(await whatBecomesOf(queue, key, offering));
    return text;
  } finally {
    watch.close();
    await queue.close();
  }
}

function waitingWords(offered: OfferResult, url: string): string {
  const serving = `waiting for a machine that serves it (dolphin flow serve --queue ${url})`;
  return offered === 'known'
    ? `${url} knows of it already; ${serving}; Ctrl-C leaves it there`
    : `offered to ${url}; ${serving}; Ctrl-C withdraws it`;
}

async function whatBecomesOf(queue: DayQueue, key: string, offering: Promise<OfferResult>): Promise<string> {
  const withdrawing = offering.then((offered) => (offered === 'known' ? offered : queue.withdraw(key)));
  switch (await Promise.race([withdrawing, delay(WITHDRAW_MS, null, { ref: false })])) {
    case 'withdrawn':
    case 'unknown':
      return 'withdrawn from the queue, no machine had begun it';
    case 'begun':
      return 'not withdrawn: a machine has begun it and goes on';
    case 'known':
      return 'not withdrawn: it was offered before';
    case null:
      return 'the queue does not answer: what was offered stays there';
  }
}

function stopped(stop: AbortSignal): Promise<null> {
  if (stop.aborted) return Promise.resolve(null);
  return new Promise((resolve) => stop.addEventListener('abort', () => resolve(null), { once: true }));
}

function say(text: string): void {
  process.stderr.write(`dolphin: ${text}\n`);
}
