import { expect, test } from 'vitest';
import type { Answer } from '../../../../src/adapters/prefect/prefect-client.ts';
import { type Report, ReportQueue } from '../../../../src/adapters/prefect/report-queue.ts';

const OK: Answer = { kind: 'ok', value: null };
const AWAY: Answer = { kind: 'away', reason: 'nobody there' };
const BUSY: Answer = { kind: 'busy', reason: 'HTTP 503' };
const REFUSED: Answer = { kind: 'refused', reason: 'HTTP 422' };
const DRAIN_MS = 10_000;

function queueOf(capacity = 10) {
  const troubles: string[] = [];
  const queue = new ReportQueue({ capacity, retryMs: 1, retryMaxMs: 2, onTrouble: (reason) => troubles.push(reason) });
  const told: string[] = [];
  /** Offers a report that answers in turn, the last answer for ever. */
  const offer = (name: string, ...answers: Answer[]) => {
    let tries = 0;
    queue.offer(async () => {
      told.push(name);
      return answers[Math.min(tries++, answers.length - 1)] as Answer;
    });
  };
  return { queue, offer, told, troubles };
}

/** Waits for as long as the end lets it. */
const untilEnded: Report = (signal) =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(AWAY), { once: true }));

test('reports are told in order, one at a time, and none before offer has returned', async () => {
  const { queue, told } = queueOf();
  let underWay = 0;
  for (const name of ['a', 'b', 'c']) {
    queue.offer(async () => {
      underWay++;
      expect(underWay).toBe(1);
      await Promise.resolve();
      told.push(name);
      underWay--;
      return OK;
    });
  }
  expect([underWay, told]).toEqual([0, []]);
  expect(await queue.close(DRAIN_MS)).toEqual({ offered: 3, missed: 0, reason: null });
  expect(told).toEqual(['a', 'b', 'c']);
});

test('one that nobody took is told again before those behind it; trouble is said once a row', async () => {
  const { queue, offer, told, troubles } = queueOf();
  offer('a', AWAY, BUSY, AWAY, OK);
  offer('b', OK);
  offer('c', AWAY, OK);
  expect(await queue.close(DRAIN_MS)).toEqual({ offered: 3, missed: 0, reason: null });
  expect(told).toEqual(['a', 'a', 'a', 'a', 'b', 'c', 'c']);
  expect(troubles).toEqual(['nobody there', 'nobody there']);
});

test('one that is refused is dropped and counted, the next is told', async () => {
  const { queue, offer, told } = queueOf();
  offer('a', REFUSED);
  offer('b', OK);
  expect(await queue.close(DRAIN_MS)).toEqual({ offered: 2, missed: 1, reason: 'HTTP 422' });
  expect(told).toEqual(['a', 'b']);
});

test('one that throws is dropped and counted', async () => {
  const { queue, offer, told } = queueOf();
  queue.offer(async () => {
    throw new TypeError('undefined is not an object');
  });
  offer('b', OK);
  const { missed, reason } = await queue.close(DRAIN_MS);
  expect([missed, told]).toEqual([1, ['b']]);
  expect(reason).toContain('undefined is not an object');
});

test('a server that is busy with one report five times is told the others', async () => {
  const { queue, offer, told } = queueOf();
  offer('a', BUSY);
  offer('b', OK);
  expect(await queue.close(DRAIN_MS)).toEqual({ offered: 2, missed: 1, reason: 'HTTP 503' });
  expect(told).toEqual(['a', 'a', 'a', 'a', 'a', 'b']);
});

test('when too many wait the oldest is dropped', async () => {
  const { queue, offer, told } = queueOf(2);
  for (const name of ['a', 'b', 'c', 'd']) offer(name, OK);
  expect(await queue.close(DRAIN_MS)).toEqual({ offered: 4, missed: 2, reason: 'more than 2 waited' });
  expect(told).toEqual(['c', 'd']);
});

test('the end cuts short what waits for an answer and gives up on the rest, with the reason of the try before', async () => {
  const { queue, told } = queueOf();
  let tries = 0;
  const second = new Promise<void>((resolve) => {
    queue.offer((signal) => {
      if (++tries === 1) return Promise.resolve(BUSY);
      resolve();
      return untilEnded(signal);
    });
  });
  queue.offer(async () => {
    told.push('never');
    return OK;
  });
  await second;
  expect(await queue.close(50)).toEqual({ offered: 2, missed: 2, reason: 'HTTP 503' });
  expect(told).toEqual([]);
});

test('a wait before a retry does not hold up the end', async () => {
  const queue = new ReportQueue({ capacity: 1, retryMs: 3_600_000, retryMaxMs: 3_600_000, onTrouble: () => undefined });
  let tries = 0;
  const second = new Promise<void>((resolve) => {
    queue.offer(async () => {
      if (++tries === 1) {
        setImmediate(resolve); // by then it waits for its second try
        return AWAY;
      }
      return OK;
    });
  });
  await second;
  expect(await queue.close(DRAIN_MS)).toEqual({ offered: 1, missed: 0, reason: null });
  expect(tries).toBe(2);
});

test('what is offered behind the end is counted', async () => {
  const { queue, offer, told } = queueOf();
  await queue.close(DRAIN_MS);
  offer('late', OK);
  expect(await queue.close(DRAIN_MS)).toEqual({ offered: 1, missed: 1, reason: 'it came behind the end' });
  expect(told).toEqual([]);
});
