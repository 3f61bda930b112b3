import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RunTable } from '../../src/adapters/run-table/run-table.ts';
import { makeSyntheticFolder } from '../../src/main/synthetic-folder.ts';
import { dayFromDate } from '../../src/model/time.ts';
import { FIRST_DATE, flowFolder, makePriceDays, replayWhole } from '../integration/flows/flow-fixtures.ts';
import { freePort } from '../support/redis-server.ts';
import { type Outcome, runDolphin } from '../support/run-dolphin.ts';
import { hasPrefect, PrefectServer, type ServerRun } from './prefect-server.ts';
import { reportedRun } from './reported-run.ts';

const CHROMIUM = '/usr/bin/chromium';
const PAGE_DEADLINE_MS = 60_000;
const LONG_DAY = { seed: 1, assets: 48, intervalMs: 5000, withSignals: true, withBook: false, withBars: false };
const PAPER_TASKS = [
  'load_config',
  'restore_capital',
  'load_day_scans',
  'read_posture',
  'run_engine_day',
  'write_hz_state',
  'log_pnl',
];

describe.skipIf(!hasPrefect())('flows that are reported to a real Prefect server', () => {
  const data = flowFolder();
  /** A day whose engine takes seconds. */
  const longData = flowFolder();
  let server: PrefectServer;
  /** Of a replay that knows of no flow and no server. */
  let capital: number;

  beforeAll(async () => {
    await makePriceDays(data, 1, true);
    await makeSyntheticFolder(
      { dir: longData, days: [dayFromDate(FIRST_DATE)], ...LONG_DAY },
      { force: false, isStopped: () => false, onDay: () => undefined },
    );
    capital = (await replayWhole(data))[0]!.capital;
    server = await PrefectServer.start();
  });
  afterAll(() => server?.kill());

  function flowRun(state: string, api: string): Promise<Outcome> {
    const day = ['--date', FIRST_DATE, '--data', data, '--bar-interval', 'auto'];
    return runDolphin(['flow', 'run', 'paper', ...day, '--state', state, '--prefect', api]);
  }

  /** What `flow show --json` says of a run; capital included. */
  async function shown(state: string, id: number) {
    const { stdout } = await runDolphin(['flow', 'show', String(id), '--state', state, '--json']);
    return JSON.parse(stdout);
  }

  async function latest(): Promise<ServerRun> {
    return (await server.flowRuns()).at(-1) as ServerRun;
  }

  test('a day: states, tasks and log stand there as in the run table; the same day again is Skipped', async () => {
    const state = flowFolder();
    const first = await flowRun(state, server.api);
    expect([first.code, first.stderr]).toEqual([0, expect.not.stringContaining('prefect')]);
    const { run, tasks, logs } = await shown(state, 1);
    expect(run.result.capital).toBe(capital);

    const told = await latest();
    expect(told).toMatchObject({
      name: `paper-blue-${FIRST_DATE}`,
      run_count: 1,
      tags: ['deployment:blue', 'trigger:manual'],
      parameters: { date: FIRST_DATE, deployment: 'blue', trigger: 'manual', dry_run: false },
      state: { type: 'COMPLETED', message: expect.stringContaining(`-> ${capital},`) },
    });
    expect(await server.states('flow', told.id)).toEqual(['Scheduled', 'Pending', 'Running', 'Completed']);
    const toldTasks = await server.taskRuns(told.id);
    expect(toldTasks.map(({ name }) => name)).toEqual(tasks.map(({ name }: { name: string }) => name));
    expect(toldTasks.map(({ name }) => name)).toEqual(expect.arrayContaining(PAPER_TASKS));
    expect(new Set(toldTasks.map((task) => task.state.type))).toEqual(new Set(['COMPLETED']));
    const lines = (await server.logs(told.id)).map(({ message, timestamp }) => [message, Date.parse(timestamp)]);
    expect(lines).toEqual(logs.map(({ text, tsMs }: { text: string; tsMs: number }) => [text, tsMs]));

    expect((await flowRun(state, server.api)).code).toBe(0);
    const again = await latest();
    expect(again.id).not.toBe(told.id);
    expect(again.state).toMatchObject({ type: 'CANCELLED', name: 'Skipped' });
  });

  test('an attempt that fails is told as AwaitingRetry, of the task and of the run', async () => {
    let tries = 0;
    const { run, count } = await reportedRun(server, { state: flowFolder(), data }, (engine) => ({
      loadStrategy: () => engine.loadStrategy(),
      load: (date, signal) => {
        if (++tries === 1) throw new Error('not written yet');
        return engine.load(date, signal);
      },
      run: (...args) => engine.run(...args),
    }));
    expect(run.result?.capital).toBe(capital);
    expect(count.missed).toBe(0);
    const told = await latest();
    const retried = ['Scheduled', 'Pending', 'Running', 'AwaitingRetry', 'Retrying', 'Completed'];
    expect([told.run_count, await server.states('flow', told.id)]).toEqual([2, retried]);
    const load = (await server.taskRuns(told.id)).find(({ name }) => name === 'load_day_scans') as ServerRun;
    expect(load.run_count).toBe(2);
    expect(await server.states('task', load.id)).toEqual(['Running', 'AwaitingRetry', 'Retrying', 'Completed']);
  });

  test('a process that is killed leaves a run that the next one tells as crashed, once and with its task', async () => {
    const state = flowFolder();
    const known = (await server.flowRuns()).length;
    const killed = await runUntilKilled(state);
    expect(killed.code).toBeNull();
    // Another command finds it crashed and reports to nobody.
    expect((await runDolphin(['flow', 'ls', '--state', state])).stdout).toContain('crashed');
    expect((await flowRun(state, server.api)).code).toBe(0);
    const [crashed, next, ...others] = (await server.flowRuns()).slice(known);
    expect(others).toEqual([]);
    expect([crashed!.state.type, next!.state.type]).toEqual(['CRASHED', 'COMPLETED']);
    const open = (await server.taskRuns(crashed!.id)).filter(({ state: { type } }) => type !== 'COMPLETED');
    expect(open.map((task) => task.state.type)).toEqual(['CRASHED']);
    expect((await shown(state, 2)).run.result.capital).toBe(capital);
  });

  /** Kills a flow as soon as the server has its engine running. */
  async function runUntilKilled(state: string): Promise<Outcome> {
    const known = (await server.flowRuns()).length;
    const isOver = new AbortController();
    const day = ['--date', FIRST_DATE, '--data', longData, '--bar-interval', 'auto'];
    return runDolphin(['flow', 'run', 'paper', ...day, '--state', state, '--prefect', server.api], {
      onStart: ({ pid }) => {
        void untilEngineRuns(known, isOver.signal).then(() => process.kill(-(pid as number), 'SIGKILL'));
      },
    }).finally(() => isOver.abort());
  }

  async function untilEngineRuns(known: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const told = (await server.flowRuns())[known];
      const tasks = told === undefined ? [] : await server.taskRuns(told.id);
      if (tasks.some(({ name, state: { type } }) => name === 'run_engine_day' && type === 'RUNNING')) return;
    }
    throw new Error('the run ended before its engine was seen running');
  }

  test.skipIf(!existsSync(CHROMIUM))('its page in the browser shows the run', async () => {
    const completed = (await server.flowRuns()).find(({ state: { type } }) => type === 'COMPLETED') as ServerRun;
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(PAGE_DEADLINE_MS);
      const origin = new URL(server.api).origin;
      // Its pages ask the maker's site for news: nothing of a test leaves this machine.
      await page.route(
        (url) => url.origin !== origin,
        (route) => route.abort(),
      );
      await page.goto(`${origin}/runs/flow-run/${completed.id}`);
      await page.getByText('capital 25000.00 USDT (initial)').first().waitFor();
      const text = await page.locator('body').innerText();
      for (const words of [completed.name, 'Completed', 'dolphin-paper', 'deployment:blue']) {
        expect(text).toContain(words);
      }
    } finally {
      await browser.close();
    }
  });

  test('a frozen server: the day ends with the same capital, the reports are counted', async () => {
    const state = flowFolder();
    server.freeze();
    try {
      const { code, stderr } = await flowRun(state, server.api);
      expect(code).toBe(0);
      expect(stderr).toMatch(/prefect: (\d+) of \1 reports were not taken \(no answer/);
    } finally {
      server.thaw();
    }
    expect((await shown(state, 1)).run.result.capital).toBe(capital);
  });

  test('no server at the start: the day ends with the same capital, the reports are counted', async () => {
    const state = flowFolder();
    const { code, stderr } = await flowRun(state, `http://127.0.0.1:${await freePort()}/api`);
    expect(code).toBe(0);
    expect(stderr).toMatch(/prefect: (\d+) of \1 reports were not taken \(connect ECONNREFUSED/);
    expect((await shown(state, 1)).run.result.capital).toBe(capital);
  });

  test('a server killed while the engine runs: the day ends with the same capital, some reports are counted', async () => {
    const state = flowFolder();
    const known = (await server.flowRuns()).length;
    const { outcome, count } = await reportedRun(server, { state, data }, (engine) => ({
      loadStrategy: () => engine.loadStrategy(),
      load: (date, signal) => engine.load(date, signal),
      run: async (...args) => {
        // It has been told something by now: the run is there.
        await expect.poll(() => server.flowRuns().then((runs) => runs.length)).toBeGreaterThan(known);
        await server.kill();
        return engine.run(...args);
      },
    }));
    expect(outcome.state).toBe('completed');
    expect(count.missed).toBeGreaterThan(0);
    expect(count.missed).toBeLessThan(count.offered);
    const table = new RunTable(join(state, 'flows.db'));
    expect(table.run(outcome.runId)?.result?.capital).toBe(capital);
    table.close();
  });
});
