import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeSyntheticFolder } from '../../../src/main/synthetic-folder.ts';
import { dateFromDay, MS_PER_DAY } from '../../../src/model/time.ts';
import { FlowBench } from '../../integration/flows/flow-bench.ts';
import { flowFolder, replayWhole } from '../../integration/flows/flow-fixtures.ts';
import { hasRedis, RedisServer } from '../../support/redis-server.ts';
import { runDolphin } from '../../support/run-dolphin.ts';
import { type OutageRow, outageTable } from '../memory/outage-table.ts';
import { ServingMachine } from './serving-machine.ts';

const TIMEOUT_MS = 180_000;
/** Long enough to be seen, in 4 s; in the long rounds also for the worker's lock of 10 s to expire. */
const isNightly = process.env['DOLPHIN_NIGHTLY'] !== undefined;
const FREEZE_MS = isNightly ? 20_000 : 0;
/** What is done to a server, and how that is said. */
type Strike = readonly [situation: string, strike: (server: RedisServer) => Promise<void>];
const LOST = 'days wait until it is back';
const BACK = 'answers again';
/** A worker waits 2 s for a server that does not answer; the rest is for a machine with much else to do. */
const STOP_MS = 15_000;

const MS_PER_HOUR = 3_600_000;
const count = (text: string, words: string) => text.split(words).length - 1;

// Of cases that come close to each other the first is for every day: each starts a program and a server.
describe.skipIf(!hasRedis())('outages of the Redis of a queue', () => {
  const rows: OutageRow[] = [];
  const machines: ServingMachine[] = [];
  const servers: RedisServer[] = [];
  const data = flowFolder();
  const today = Math.floor(Date.now() / MS_PER_DAY);
  /** More than three outages take on a busy machine, where days go on behind each. */
  const dayCount = 6;
  const days = Array.from({ length: dayCount }, (_, i) => today - dayCount + i);
  const dates = days.map(dateFromDay);

  beforeAll(() =>
    makeSyntheticFolder(
      { dir: data, days, seed: 1, assets: 12, intervalMs: 60_000, withSignals: true, withBook: false, withBars: false },
      { force: false, isStopped: () => false, onDay: () => undefined },
    ),
  );
  afterEach(async () => {
    for (const { process } of machines.splice(0)) process.kill('SIGKILL');
    await Promise.all(servers.splice(0).map((server) => server.remove()));
  });
  afterAll(() => console.log(`Outages of the Redis of a queue:\n${outageTable(rows)}`));

  async function startServer(args: readonly string[] = []): Promise<RedisServer> {
    const server = await RedisServer.start(args);
    servers.push(server);
    return server;
  }

  function serve(url: string, state = flowFolder(), env: NodeJS.ProcessEnv = {}): ServingMachine {
    const machine = new ServingMachine(url, state, env);
    machines.push(machine);
    return machine;
  }

  /** A state in which all days of a flow have been missed. */
  function missedDays(...flows: readonly ('paper' | 'supervisor')[]): FlowBench {
    const bench = new FlowBench(flowFolder(), data);
    for (const flow of flows) {
      const deployment = { ...bench.deployment(flow), registeredMs: (today - dayCount) * MS_PER_DAY + MS_PER_HOUR };
      bench.host.table.register(deployment);
    }
    return bench;
  }

  test(
    'killed, restarted empty and frozen while days are traded: each day is traded once, none is lost, and each outage is said once',
    async () => {
      const server = await startServer();
      const { state, ...bench } = missedDays('paper', 'supervisor');
      const machine = serve(server.url, state);
      const completed = () => machine.table.recent(100).filter((run) => run.state === 'completed');
      const outage = async (
        fault: string,
        strike: () => Promise<void>,
        mend: () => Promise<void> | void,
        lastsMs = 0,
      ) => {
        const [lost, back] = [count(machine.stderr, LOST), count(machine.stderr, BACK)];
        const startMs = performance.now();
        await strike();
        await machine.reaches(() => count(machine.stderr, LOST) > lost, `${fault} is seen`);
        const seenMs = performance.now() - startMs;
        if (lastsMs > 0) await new Promise((resolve) => setTimeout(resolve, lastsMs)); // a lock expires by the clock
        const mendedMs = performance.now();
        await mend();
        await machine.reaches(() => count(machine.stderr, BACK) > back, `${fault} is over`);
        const recoveredMs = performance.now() - mendedMs;
        const seen = `outage said once, after ${Math.round(seenMs)} ms; the day in hand went on`;
        rows.push({ fault, seen, recoveredMs, lost: 'no day, none traded twice' });
      };
      const trading = (nth: number) =>
        machine.reaches(() => completed().length >= nth && dates.some((date) => machine.isTrading(date)), `day ${nth}`);

      await trading(0);
      await outage(
        'Redis killed (kill -9) in a day, back with its data',
        () => server.kill(),
        () => server.restart(),
      );
      await trading(2);
      await outage(
        'Redis killed (kill -9) in a day, back empty, a job waiting',
        () => server.kill(),
        () => server.restartEmpty(),
      );
      await trading(4);
      await outage(
        'Redis frozen (SIGSTOP) in a day',
        async () => server.freeze(),
        () => server.thaw(),
        FREEZE_MS,
      );
      await machine.reaches(() => completed().length === 2 * dates.length, 'all days');

      expect([count(machine.stderr, LOST), count(machine.stderr, BACK)]).toEqual([3, 3]);
      const traded = machine.table.recent(100).filter(({ id }) => {
        return machine.table.tasks(id).some(({ name }) => /^run_/.test(name));
      });
      expect(traded.map(({ flow, date }) => `${flow} ${date}`).sort()).toEqual(
        ['paper', 'supervisor'].flatMap((flow) => dates.map((date) => `${flow} ${date}`)),
      );
      const whole = await replayWhole(data);
      const value = { date: dates.at(-1), capital: whole.at(-1)!.capital };
      await new FlowBench(state, data).asking(async (memory) => {
        expect(await memory.paper.readState()).toMatchObject({ kind: 'ok', value });
        expect(await memory.nautilus.readState()).toMatchObject({ kind: 'ok', value });
      });
      bench.host.table.close();
      expect(count(machine.stdout, 'queued (added)')).toBeGreaterThan(2); // again, when it came back empty
      expect((await machine.stop()).ended).toBe('0');
    },
    TIMEOUT_MS,
  );

  const atStart: readonly Strike[] = [
    ['with a server that is frozen from the start', async (server) => server.freeze()],
    ['with nobody there from the start', (server) => server.kill()],
  ];
  test.each(isNightly ? atStart : atStart.slice(0, 1))(
    'SIGTERM ends it %s',
    async (_situation, strike) => {
      const server = await startServer();
      await strike(server);
      const machine = serve(server.url, missedDays('paper').state);
      await machine.says(LOST);
      const { ended, afterMs } = await machine.stop();
      expect(ended).toBe('0');
      expect(afterMs).toBeLessThan(STOP_MS);
      expect(machine.stderr.trim().split('\n')).toHaveLength(1);
    },
    TIMEOUT_MS,
  );

  const inDay: readonly Strike[] = [
    ['is away', (server) => server.kill()],
    ['is frozen', async (server) => server.freeze()],
    ['answers', async () => undefined],
  ];
  test.each(isNightly ? inDay : inDay.slice(0, 1))(
    'SIGTERM ends it in the middle of a day whose server %s, and nothing of the day counts',
    async (_situation, strike) => {
      const server = await startServer();
      const machine = serve(server.url, missedDays('paper').state);
      await machine.reaches(() => machine.isTrading(dates[0] as string), 'the first day');
      await strike(server);
      const { ended, afterMs } = await machine.stop();
      expect([ended, machine.stderr]).toEqual(['0', expect.not.stringContaining('Error')]);
      expect(afterMs).toBeLessThan(STOP_MS);
      expect(machine.table.recent(10).map((run) => run.state)).not.toContain('completed');
    },
    TIMEOUT_MS,
  );

  const logins: readonly [string, NodeJS.ProcessEnv, RegExp][] = [
    ['a wrong password', { DOLPHIN_REDIS_PASSWORD: 'wrong-secret' }, /the login was refused \(WRONGPASS\)/],
    ['no password', {}, /the login was refused \(NOAUTH\)/],
  ];
  test.each(isNightly ? logins : logins.slice(0, 1))(
    'a login with %s ends it at the start, and flow run as well, with one line',
    async (_situation, env, words) => {
      const server = await startServer(['--requirepass', 'right']);
      const { state } = missedDays('paper');
      const machine = serve(server.url, state, env);
      expect(await machine.ended).toBe('2');
      expect(machine.stderr.trim().split('\n')).toEqual([expect.stringMatching(words)]);
      const flags = ['--data', data, '--state', state, '--bar-interval', 'auto', '--queue', server.url];
      const run = await runDolphin(['flow', 'run', 'paper', '--date', dates[0] as string, ...flags], { env });
      expect([run.code, run.stderr.trim().split('\n')]).toEqual([2, [expect.stringMatching(words)]]);
      expect(machine.stderr + run.stderr).not.toContain('wrong-secret');
    },
    TIMEOUT_MS,
  );
});
