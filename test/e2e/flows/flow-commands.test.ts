import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { RunTable } from '../../../src/adapters/run-table/run-table.ts';
import { makeSyntheticFolder } from '../../../src/main/synthetic-folder.ts';
import { dateFromDay, MS_PER_DAY } from '../../../src/model/time.ts';
import { FlowBench } from '../../integration/flows/flow-bench.ts';
import { FIRST_DATE, flowFolder, makePriceDays, replayWhole } from '../../integration/flows/flow-fixtures.ts';
import { runDolphin } from '../../support/run-dolphin.ts';
import { sharedDataOrSkip } from '../../support/shared-data.ts';

const data = flowFolder();
const EXTERNAL = sharedDataOrSkip('data/external');
const flow = (...args: string[]) => runDolphin(['flow', ...args]);

beforeAll(() => makePriceDays(data, 1));

describe('dolphin flow run', () => {
  test('trades a day, says so, and not twice; ls and show tell the same', async () => {
    const state = flowFolder();
    const paper = ['run', 'paper', '--data', data, '--state', state, '--date', FIRST_DATE, '--bar-interval', 'auto'];
    const [whole] = await replayWhole(data);
    const dry = await flow(...paper, '--dry-run');
    expect([dry.code, dry.stdout]).toEqual([0, expect.stringContaining('would trade 1440 scans')]);

    const first = await flow(...paper, '--json');
    expect(first.code).toBe(0);
    const run = JSON.parse(first.stdout);
    expect(run).toMatchObject({ state: 'completed', date: FIRST_DATE, result: { capital: whole!.capital } });
    const second = await flow(...paper);
    expect([second.code, second.stdout]).toEqual([0, expect.stringContaining('is in the capital already')]);

    const { runs } = JSON.parse((await flow('ls', '--state', state, '--json')).stdout);
    expect(runs.map((row: { state: string }) => row.state)).toEqual(['skipped', 'completed', 'completed']);
    const shown = await flow('show', String(run.id), '--state', state);
    expect(shown.stdout).toMatch(/run_engine_day +1 +completed/);
    expect(shown.stdout).toContain(String(whole!.capital));
  });

  test.each([
    ['a date without a file', ['--date', '2026-03-01'], 2, '2026-03-01'],
    ['a memory that is none', ['--date', FIRST_DATE, '--memory', 'sqlite:x'], 2, '--memory must be'],
    ['a queue with a password in it', ['--date', FIRST_DATE, '--queue', 'redis://u:p@h'], 2, 'DOLPHIN_REDIS_PASSWORD'],
    ['a queue and no memory', ['--date', FIRST_DATE, '--queue', 'redis://h', '--memory', 'none'], 2, 'one memory'],
  ])('refuses %s', async (_situation, flags, code, words) => {
    const outcome = await flow(
      'run',
      'paper',
      '--data',
      data,
      '--state',
      flowFolder(),
      '--bar-interval',
      'auto',
      ...flags,
    );
    expect([outcome.code, outcome.stdout]).toEqual([code, '']);
    expect(outcome.stderr).toContain(words);
  });

  test('a drifted champion ends with exit code 3', async () => {
    const config = join(flowFolder(), 'drifted.yml');
    writeFileSync(config, 'strategy: champion\nseed: 43\n');
    const flags = ['--data', data, '--state', flowFolder(), '--date', FIRST_DATE, '--config', config];
    const { code, stderr } = await flow('run', 'supervisor', ...flags);
    expect([code, stderr]).toEqual([3, expect.stringContaining('seed')]);
  });
});

describe('dolphin flow serve', () => {
  /** Days up to yesterday, and a machine that has traded the first of them and then stood still. */
  async function standstill() {
    const today = Math.floor(Date.now() / MS_PER_DAY);
    const dir = flowFolder();
    const days = [today - 3, today - 2, today - 1];
    await makeSyntheticFolder(
      { dir, days, seed: 1, assets: 12, intervalMs: 60_000, withSignals: true, withBook: false, withBars: false },
      { force: false, isStopped: () => false, onDay: () => undefined },
    );
    const state = flowFolder();
    const common = ['--data', dir, '--state', state, '--bar-interval', 'auto'];
    expect((await flow('run', 'paper', '--date', dateFromDay(today - 3), ...common)).code).toBe(0);
    const registered = await flow('register', 'paper', ...common, '--at', '00:00');
    expect([registered.code, registered.stdout]).toEqual([0, expect.stringContaining('paper blue registered')]);
    return { dir, state, dates: days.map(dateFromDay) };
  }

  test('catches up the days that it missed, in order, and says so', async () => {
    const { dir, state, dates } = await standstill();
    const { code, stdout } = await flow('serve', '--once', '--state', state);
    expect(code).toBe(0);
    expect(stdout).toContain('caught up now (--missed catch-up)');
    const lines = readFileSync(join(state, 'pnl/paper-blue.jsonl'), 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).date)).toEqual(dates);
    const whole = await replayWhole(dir);
    expect(JSON.parse(lines.at(-1) as string).capital).toBe(whole.at(-1)!.capital);
    expect((await flow('serve', '--once', '--state', state)).stdout).not.toContain('missed');
  });

  test('passes them over on request, and says so', async () => {
    const { dir, state, dates } = await standstill();
    const { code, stdout } = await flow('serve', '--once', '--missed', 'skip', '--state', state);
    expect([code, stdout]).toEqual([0, expect.stringContaining('passed over (--missed skip)')]);
    const { table, deployment } = ((bench) => ({ table: bench.host.table, deployment: bench.deployment('paper') }))(
      new FlowBench(state, dir),
    );
    expect(table.runsOf(deployment.track, dates[1] as string, ['skipped'])).toHaveLength(1);
  });

  test('without a registered flow it says how to register one', async () => {
    const { code, stderr } = await flow('serve', '--once', '--state', flowFolder());
    expect([code, stderr]).toEqual([2, expect.stringContaining('dolphin flow register')]);
  });
});

describe('looking', () => {
  test.each([
    ['ls', ['ls']],
    ['show', ['show', '1']],
    ['serve', ['serve', '--once']],
  ])('%s of a folder without flows is an error, and makes nothing', async (_what, args) => {
    const typo = join(flowFolder(), 'typo');
    const { code, stdout, stderr } = await flow(...args, '--state', typo);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`--state ${typo}`);
    expect(stderr).toContain('dolphin flow register');
    expect(existsSync(typo)).toBe(false);
  });

  test('ls shows a run whose process is gone as crashed, and leaves the table as it is', async () => {
    const state = flowFolder();
    const table = new RunTable(join(state, 'flows.db'));
    const id = table.schedule({
      ...{ flow: 'paper', deployment: 'blue', memory: 'none' },
      ...{ date: FIRST_DATE, trigger: 'manual', isDryRun: false },
    });
    new Database(table.path).prepare('UPDATE run SET pid = ?').run(spawnSync(process.execPath, ['--version']).pid);
    const { runs } = JSON.parse((await flow('ls', '--state', state, '--json')).stdout);
    const shown = JSON.parse((await flow('show', String(id), '--state', state, '--json')).stdout);
    expect([runs[0].state, shown.run.state, table.run(id)?.state]).toEqual(['crashed', 'crashed', 'scheduled']);
  });
});

describe('factors', () => {
  test('a day of stress goes to the memory for engines that run', async () => {
    const state = flowFolder();
    const days = await makePriceDays(flowFolder(), 1);
    const table = 'date,funding_btc,dvol_btc,fear_greed,w750_velocity\n2026-01-05,-0.00015,60,20,\n';
    writeFileSync(join(days, 'factors.csv'), table);
    const { code } = await flow('run', 'acb', '--data', days, '--state', state, '--date', FIRST_DATE);
    expect(code).toBe(0);
    await new FlowBench(state, days).asking(async (memory) => {
      expect(await memory.acbBoost.read()).toMatchObject({
        kind: 'ok',
        value: { boost: 1 + 0.5 * Math.log(4), beta: 0.2, cut: 0.55, tsMs: Date.parse('2026-01-05T00:00:00Z') },
      });
    });
  });

  test.skipIf(EXTERNAL === null)(
    'published tables become factors.csv, each value on the day after its own',
    async () => {
      const out = join(flowFolder(), 'factors.csv');
      expect((await flow('factors', '--external', EXTERNAL as string, '--out', out)).code).toBe(0);
      expect(existsSync(out)).toBe(true);
      const row = readFileSync(out, 'utf8')
        .split('\n')
        .find((line) => line.startsWith('2025-05-27'));
      const of = (file: string) =>
        readFileSync(join(EXTERNAL as string, file), 'utf8')
          .split('\n')
          .find((line) => line.startsWith('2025-05-26'))!
          .split(',')[1];
      const [, funding, dvol, fearGreed, w750] = row!.split(',');
      expect(Number(funding)).toBe(Number(of('funding_btc_daily.csv')));
      expect([dvol, fearGreed, w750]).toEqual([of('dvol_btc_daily.csv'), of('fear_greed_daily.csv'), '']);
    },
  );
});
