import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DayWorker } from '../../../src/adapters/queue/day-worker.ts';
import { redisSettings } from '../../../src/adapters/redis/redis-settings.ts';
import { FIRST_DATE, flowFolder, makePriceDays } from '../../integration/flows/flow-fixtures.ts';
import { hasRedis, RedisServer } from '../../support/redis-server.ts';
import { runDolphin } from '../../support/run-dolphin.ts';

describe.skipIf(!hasRedis())('dolphin flow run --queue', () => {
  const data = flowFolder();
  let redis: RedisServer;

  beforeAll(async () => {
    await makePriceDays(data, 1);
    redis = await RedisServer.start();
  });
  afterAll(() => redis.remove());

  /** Runs it until it has said that it waits and `isTime`, then ends it as a terminal or a service manager does. */
  async function stoppedBy(signal: NodeJS.Signals, isTime: Promise<void> = Promise.resolve()) {
    const state = flowFolder();
    const day = ['--data', data, '--state', state, '--date', FIRST_DATE, '--bar-interval', 'auto'];
    return runDolphin(['flow', 'run', 'paper', ...day, '--queue', redis.url], {
      onStart: (child) => {
        child.stderr?.on('data', (text: string) => {
          if (text.includes('waiting for a machine')) void isTime.then(() => child.kill(signal));
        });
      },
    });
  }

  async function jobs(): Promise<number> {
    const queue = new Queue('dolphin-flows', { connection: { port: redis.port }, prefix: 'dolphin' });
    const counts = await queue.getJobCounts();
    await queue.close();
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  test('says at once what it waits for; Ctrl-C takes the day out of the queue', async () => {
    const { code, stdout, stderr } = await stoppedBy('SIGINT');
    expect(stderr).toContain(
      `dolphin: offered to ${redis.url}; waiting for a machine that serves it ` +
        `(dolphin flow serve --queue ${redis.url}); Ctrl-C withdraws it`,
    );
    expect([code, stdout]).toEqual([130, '']);
    expect(stderr).toContain('withdrawn from the queue');
    expect(await jobs()).toBe(0);
  });

  test('a day that a machine has begun is left to it', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const handle = async () => {
      begin();
      await released;
      return 'traded';
    };
    const worker = new DayWorker(redisSettings(redis.url, {}, '--queue'), 'dolphin', handle, () => undefined);
    try {
      const { code, stderr } = await stoppedBy('SIGTERM', begun);
      expect([code, stderr]).toEqual([143, expect.stringContaining('a machine has begun it and goes on')]);
      expect(await jobs()).toBe(1);
    } finally {
      release();
      await worker.close();
    }
  });
});
