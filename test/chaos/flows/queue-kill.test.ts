import { describe, expect, test } from 'vitest';
import { offerAndWait } from '../../../src/main/commands/flow-offer.ts';
import { offerDays, openDayQueue, reachQueue } from '../../../src/main/commands/flow-queue.ts';
import { FlowBench } from '../../integration/flows/flow-bench.ts';
import { flowFolder, makePriceDays, replayWhole } from '../../integration/flows/flow-fixtures.ts';
import { hasRedis, RedisServer } from '../../support/redis-server.ts';
import { ServingMachine, TAKES_DAYS } from './serving-machine.ts';

const TIMEOUT_MS = 120_000;

describe.skipIf(!hasRedis())('days on a queue', () => {
  test(
    'a machine killed in the middle of a day: another goes on, and no day is traded twice',
    async () => {
      const data = await makePriceDays(flowFolder(), 3);
      const days = await replayWhole(data);
      const dates = days.map(({ date }) => date);
      const redis = await RedisServer.start();
      const bench = new FlowBench(flowFolder(), data);
      const deployment = bench.deployment('paper');
      const queue = openDayQueue(await reachQueue(redis.url));
      const machine = () => new ServingMachine(redis.url, flowFolder());
      const machines = [machine(), machine()] as const;
      try {
        await Promise.all(machines.map((each) => each.says(TAKES_DAYS)));
        expect(await offerDays(queue, deployment, dates, 'schedule')).toBe('added');
        expect(await offerDays(queue, deployment, dates, 'schedule')).toBe('known');

        const second = dates[1] as string;
        await machines[0].reaches(() => machines.some((each) => each.isTrading(second)), `${second} is traded`);
        const [killed, other] = machines[0].isTrading(second) ? machines : [machines[1], machines[0]];
        killed.process.kill('SIGKILL');
        expect(await killed.ended).toBe('SIGKILL');

        const told = await offerAndWait(redis.url, deployment, dates.at(-1) as string, new AbortController().signal);
        expect(told?.split('\n').map((line) => /: (\w+): /.exec(line)?.[1])).toEqual([
          'skipped',
          'completed',
          'completed',
        ]);
        expect(killed.table.markCrashed()).toBeGreaterThan(0);
        const completed = [...killed.table.recent(20), ...other.table.recent(20)].filter(
          (run) => run.state === 'completed',
        );
        expect(completed.map(({ date }) => date).sort()).toEqual(dates);
        await bench.asking(async (memory) => {
          const { date, capital } = days.at(-1)!;
          expect(await memory.paper.readState()).toMatchObject({ kind: 'ok', value: { date, capital } });
        });

        expect((await other.stop()).ended).toBe('0');
      } finally {
        for (const { process } of machines) process.kill('SIGKILL');
        await queue.close();
        await redis.remove();
      }
    },
    TIMEOUT_MS,
  );
});
