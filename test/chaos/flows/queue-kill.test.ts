import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RunTable } from '../../../src/adapters/run-table/run-table.ts';
import { enqueueAndWait, offerDays, openDayQueue } from '../../../src/main/commands/flow-queue.ts';
import { FlowBench } from '../../integration/flows/flow-bench.ts';
import { flowFolder, makePriceDays, replayWhole } from '../../integration/flows/flow-fixtures.ts';
import { hasRedis, RedisServer } from '../../support/redis-server.ts';
import { REPOSITORY } from '../../support/run-dolphin.ts';

const TIMEOUT_MS = 120_000;
const WORKER_DEADLINE_MS = 90_000;

/** A machine that takes days from the queue, with a run table of its own. */
class Machine {
  readonly table: RunTable;
  readonly process: ChildProcess;
  readonly isReady: Promise<void>;
  readonly ended: Promise<string>;

  constructor(url: string) {
    const state = flowFolder();
    this.table = new RunTable(join(state, 'flows.db'));
    const node = join(REPOSITORY, 'node_modules/.bin/node');
    const command = [join(REPOSITORY, 'bin/dolphin.mjs'), 'flow', 'serve', '--state', state, '--queue', url];
    this.process = spawn(node, command, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    this.isReady = new Promise((resolve) => {
      this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('takes days from the queue')) resolve();
      });
    });
    this.ended = new Promise((resolve) => this.process.on('close', (code, signal) => resolve(signal ?? String(code))));
  }

  /** True while its engine runs this date. */
  isTrading(date: string): boolean {
    const run = this.table.recent(10).find((one) => one.date === date && one.state === 'running');
    return (
      run !== undefined &&
      this.table.tasks(run.id).some(({ name, state }) => name === 'run_engine_day' && state === 'running')
    );
  }
}

/** Resolves when it is true, looked at between two events. */
async function until(isTrue: () => boolean): Promise<void> {
  const startMs = performance.now();
  while (!isTrue()) {
    if (performance.now() - startMs > WORKER_DEADLINE_MS) throw new Error(`not true in time: ${isTrue}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

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
      const queue = openDayQueue(redis.url);
      const machines = [new Machine(redis.url), new Machine(redis.url)] as const;
      try {
        await Promise.all(machines.map(({ isReady }) => isReady));
        expect(await offerDays(queue, deployment, dates, 'schedule')).toBe('added');
        expect(await offerDays(queue, deployment, dates, 'schedule')).toBe('known');

        const second = dates[1] as string;
        await until(() => machines.some((machine) => machine.isTrading(second)));
        const [killed, other] = machines[0].isTrading(second) ? machines : [machines[1], machines[0]];
        killed.process.kill('SIGKILL');
        expect(await killed.ended).toBe('SIGKILL');

        const told = await enqueueAndWait(redis.url, deployment, dates.at(-1) as string);
        expect(told.split('\n').map((line) => /: (\w+): /.exec(line)?.[1])).toEqual([
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

        other.process.kill('SIGTERM');
        expect(await other.ended).toBe('0');
      } finally {
        for (const { process } of machines) process.kill('SIGKILL');
        await queue.close();
        await redis.remove();
      }
    },
    TIMEOUT_MS,
  );
});
