import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CHAMPION_HASH } from '../../src/main/config/champion-hash.ts';
import type { Report } from '../../src/model/report.ts';
import { FIRST_DATE, makePriceDays } from '../integration/flows/flow-fixtures.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { REPOSITORY, runDolphin } from '../support/run-dolphin.ts';

const PLAIN = join(REPOSITORY, 'test/golden/plain/data');
const golden: Report = JSON.parse(readFileSync(join(REPOSITORY, 'test/golden/plain/champion.json'), 'utf8'));
const ONE_DAY = ['--data', PLAIN, '--to', '2026-01-05'] as const;

function configWith(...lines: string[]): string {
  const path = join(temporaryFolder(), 'strategy.yml');
  writeFileSync(path, `strategy: champion\n${lines.join('\n')}\n`);
  return path;
}

/** Capital and date that a memory holds of a deployment, null when it holds none. */
async function stateIn(path: string, deployment: 'BLUE' | 'GREEN'): Promise<{ capital: number; date: string } | null> {
  const flags = ['memory', 'get', `DOLPHIN_STATE_${deployment}`, 'latest', '--json', '--memory', `embedded:${path}`];
  const { code, stdout } = await runDolphin(flags);
  return code === 0 ? JSON.parse(stdout).value : null;
}

describe('a replay whose config names a memory', () => {
  test('keeps its capital there, and decides as one without', async () => {
    const path = join(temporaryFolder(), 'memory.db');
    const config = configWith(`memory: { kind: embedded, path: ${path} }`, 'deployment: green');
    const { code, stdout, stderr } = await runDolphin(['replay', '--data', PLAIN, '--config', config, '--json', '-']);
    expect(code, stderr).toBe(0);
    const report: Report = JSON.parse(stdout);
    expect([report.decisionHash, report.paramHash]).toEqual([golden.decisionHash, CHAMPION_HASH]);
    expect(stdout).not.toContain(path);
    const { date, capital } = golden.days.at(-1) as (typeof golden.days)[0];
    expect(await stateIn(path, 'GREEN')).toMatchObject({ capital, date });
    expect(await stateIn(path, 'BLUE')).toBeNull();
    const again = await runDolphin(['replay', '--data', PLAIN, '--config', config]);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining(`the capital of ${date} holds`)]);
  });

  test('keeps it where the flags say when they say something else', async () => {
    const folder = temporaryFolder();
    const [said, named] = [join(folder, 'said.db'), join(folder, 'named.db')];
    const config = configWith(`memory: { kind: embedded, path: ${named} }`, 'deployment: green');
    const flags = ['--config', config, '--memory', `embedded:${said}`, '--deployment', 'blue'];
    expect(await runDolphin(['replay', ...ONE_DAY, ...flags])).toMatchObject({ code: 0 });
    expect(await stateIn(said, 'BLUE')).toMatchObject({ date: '2026-01-05' });
    expect(await runDolphin(['replay', ...ONE_DAY, '--config', config, '--memory', 'none'])).toMatchObject({ code: 0 });
    expect(existsSync(named)).toBe(false);
  });

  test('is refused with a password in it, which is not repeated', async () => {
    const config = configWith('memory: { kind: hazelcast, members: [a], password: hunter2 }');
    const { code, stdout, stderr } = await runDolphin(['replay', ...ONE_DAY, '--config', config]);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('DOLPHIN_HAZELCAST_PASSWORD_FILE')]);
    expect(stderr).not.toContain('hunter2');
  });

  test('may be told to take a state over, one without a memory may not', async () => {
    const path = join(temporaryFolder(), 'memory.db');
    const config = configWith(`memory: { kind: embedded, path: ${path} }`);
    expect(await runDolphin(['replay', ...ONE_DAY, '--config', config, '--adopt'])).toMatchObject({ code: 0 });
    expect(await runDolphin(['replay', ...ONE_DAY, '--adopt'])).toMatchObject({
      code: 2,
      stderr: 'dolphin: --adopt is for --memory: it takes over its state\n',
    });
  });
});

describe('flows and writers', () => {
  let days = '';
  beforeAll(async () => {
    days = await makePriceDays(temporaryFolder(), 1);
  });

  test('a flow runs and is registered in the memory and deployment of its config', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'memory.db');
    const config = configWith(`memory: { kind: embedded, path: ${path} }`, 'deployment: green');
    const state = join(folder, 'flows');
    const flags = ['paper', '--data', days, '--state', state, '--config', config, '--bar-interval', 'auto'];
    const run = await runDolphin(['flow', 'run', ...flags, '--date', FIRST_DATE, '--json']);
    expect(run.code, run.stderr).toBe(0);
    const { deployment, memory, result } = JSON.parse(run.stdout);
    expect([deployment, memory]).toEqual(['green', `embedded:${path}`]);
    expect(await stateIn(path, 'GREEN')).toMatchObject({ date: FIRST_DATE, capital: result.capital });
    expect(existsSync(join(state, 'memory.db'))).toBe(false);

    expect(await runDolphin(['flow', 'register', ...flags])).toMatchObject({ code: 0 });
    const ls = await runDolphin(['flow', 'ls', '--state', state, '--json']);
    expect(JSON.parse(ls.stdout).deployments).toMatchObject([
      { name: 'dolphin-paper-green', memory: `embedded:${path}` },
    ]);
  });

  test('a writer publishes into the memory of its config, and must be told of one', async () => {
    const path = join(temporaryFolder(), 'memory.db');
    const config = configWith(`memory: { kind: embedded, path: ${path} }`);
    const publish = ['memory', 'publish-safety', ...ONE_DAY];
    const outcome = await runDolphin([...publish, '--config', config, '--json']);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(JSON.parse(outcome.stdout)).toMatchObject({ complete: true, pending: 0 });
    expect(existsSync(path)).toBe(true);
    expect(await runDolphin(publish)).toMatchObject({
      code: 2,
      stderr: 'dolphin: --memory, or a --config with a memory, must name a store to publish into\n',
    });
  });
});
