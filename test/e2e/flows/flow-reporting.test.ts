import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dateFromDay, MS_PER_DAY } from '../../../src/model/time.ts';
import { flowFolder } from '../../integration/flows/flow-fixtures.ts';
import { RecordingPrefect } from '../../support/recording-prefect.ts';
import { freePort } from '../../support/redis-server.ts';
import { REPOSITORY, type RunOptions, runDolphin } from '../../support/run-dolphin.ts';

const PROCESS_DEADLINE_MS = 20_000;
/** Factors alone: the flow that needs no days. */
const data = flowFolder();
const YESTERDAY = dateFromDay(Math.floor(Date.now() / MS_PER_DAY) - 1);
writeFileSync(join(data, 'factors.csv'), 'date,funding_btc,dvol_btc,fear_greed,w750_velocity\n2026-01-05,0,60,20,\n');

function flow(args: readonly string[], options: RunOptions = {}) {
  return runDolphin(['flow', ...args], options);
}

function acb(state: string, ...flags: string[]) {
  return ['run', 'acb', '--data', data, '--state', state, '--date', YESTERDAY, ...flags];
}

describe('dolphin flow run --prefect', () => {
  test.each([
    ['another scheme', ['--prefect', 'redis://h/api'], '--prefect must be the URL of an API'],
    ['the web page in place of the API', ['--prefect', 'http://127.0.0.1:4200'], '--prefect must be the URL of an API'],
    ['a password in it', ['--prefect', 'http://u:hunter2@127.0.0.1:4200/api'], 'DOLPHIN_PREFECT_API_KEY'],
    ['a queue beside it', ['--prefect', 'http://127.0.0.1:4200/api', '--queue', 'redis://h'], 'flow serve'],
  ])('refuses %s before anything is begun', async (_situation, flags, words) => {
    const state = join(flowFolder(), 'state');
    const { code, stdout, stderr } = await flow(acb(state, ...flags));
    expect([code, stdout, existsSync(state)]).toEqual([2, '', false]);
    expect(stderr).toContain(words);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('hunter2');
  });

  test('does the day without a server as well, and says at the end what was not taken', async () => {
    const url = `http://127.0.0.1:${await freePort()}/api`;
    const { code, stdout, stderr } = await flow(acb(flowFolder(), '--prefect', url));
    expect([code, stdout]).toEqual([0, expect.stringContaining('acb blue: run 1 completed')]);
    const said = stderr.split('\n').filter((line) => line.includes('prefect:'));
    expect(said).toEqual([
      expect.stringMatching(/^dolphin: prefect: (\d+) of \1 reports were not taken \(connect ECONNREFUSED/),
    ]);
  });
});

test('a reporter that nobody came to close keeps no process alive', async () => {
  const api = `http://127.0.0.1:${await freePort()}/api`;
  const script = `
    import { ReportQueue } from '${REPOSITORY}src/adapters/prefect/report-queue.ts';
    import { PrefectClient } from '${REPOSITORY}src/adapters/prefect/prefect-client.ts';
    const client = new PrefectClient({ api: '${api}', key: undefined, ca: undefined }, 3000);
    const queue = new ReportQueue({ capacity: 9, retryMs: 60_000, retryMaxMs: 60_000, onTrouble: console.log });
    queue.offer((signal) => client.post('/flows/', {}, signal));`;
  const node = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
    encoding: 'utf8',
    timeout: PROCESS_DEADLINE_MS,
  });
  expect([node.status, node.stdout]).toEqual([0, expect.stringContaining('ECONNREFUSED')]);
});

describe('dolphin flow serve --prefect', () => {
  let server: RecordingPrefect;
  beforeAll(async () => {
    server = await RecordingPrefect.start();
  });
  afterAll(() => server.close());

  test('tells of what it runs, and when nobody takes it, at once', async () => {
    const state = flowFolder();
    expect((await flow(acb(state))).code).toBe(0);
    expect((await flow(['register', 'acb', '--data', data, '--state', state, '--at', '00:00'])).code).toBe(0);
    const { api } = server.settings();
    const served = await flow(['serve', '--once', '--state', state, '--prefect', api]);
    expect([served.code, served.stderr]).toEqual([0, '']);
    const [made] = server.bodiesOf('/flow_runs/');
    const today = dateFromDay(Math.floor(Date.now() / MS_PER_DAY));
    expect([made.name, made.tags]).toEqual([`acb-blue-${today}`, ['deployment:blue', 'trigger:schedule']]);
    expect(server.said().at(-1)).toBe('/flow_runs/ID/set_state COMPLETED');
  });

  test('says once that nobody takes its reports, and how many those were', async () => {
    const state = flowFolder();
    expect((await flow(acb(state))).code).toBe(0);
    expect((await flow(['register', 'acb', '--data', data, '--state', state, '--at', '00:00'])).code).toBe(0);
    server.reply = () => ({ status: 401, body: { exception_message: 'Unauthorized' } });
    const { code, stderr } = await flow(['serve', '--once', '--state', state, '--prefect', server.settings().api]);
    expect(code).toBe(0);
    const said = stderr.split('\n').filter((line) => line.includes('prefect:'));
    expect(said).toEqual([
      expect.stringMatching(/takes no reports, the flows go on without: HTTP 401/),
      expect.stringMatching(/prefect: (\d+) of \1 reports were not taken \(HTTP 401/),
    ]);
  });
});
