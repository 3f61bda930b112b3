import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openMemory } from '../../src/adapters/memory/open-memory.ts';
import { RunTable } from '../../src/adapters/run-table/run-table.ts';
import { displayWidth } from '../../src/report/text-table.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { runDolphin } from '../support/run-dolphin.ts';
import { ownRuntimeFolder, RunningReplay } from '../support/running-replay.ts';

/** A folder that commands run in, with flows where they are looked for. */
const cwd = temporaryFolder();
const folder = join(cwd, 'runs/flows');
const path = join(folder, 'memory.db');
const memory = `embedded:${path}`;
const FLOW_LINES = /^ {2}flows {6}paper blue: completed 2026-01-04, next due 00:05 UTC$/m;
/** Words that were wrapped beside their name, in one line again. */
const unwrapped = (text: string) => text.replace(/\n {9,}/g, ' ');

/** Beside a flow of the machine its memory: capital of blue, and the posture that somebody wrote. */
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  const table = new RunTable(join(folder, 'flows.db'));
  const track = { flow: 'paper', deployment: 'blue', memory } as const;
  const optionsJson = JSON.stringify({ data: cwd, config: null, memory, barInterval: null });
  table.register({ name: 'dolphin-paper-blue', track, cron: '5 0 * * *', registeredMs: 0, optionsJson });
  const id = table.schedule({ ...track, date: '2026-01-04', trigger: 'schedule', isDryRun: false });
  table.start(id);
  const figures = { capitalBefore: 25_000, capital: 25_123.456, pnl: 123.456, trades: 2 };
  table.complete(id, { ...figures, paramHash: 'aa', pnlJson: '{}', isPublished: true });
  table.close();
  const store = openMemory({ kind: 'embedded', path });
  await store.put('DOLPHIN_STATE_BLUE', 'latest', '{"capital":25123.456,"date":"2026-01-04"}');
  await store.put('DOLPHIN_SAFETY', 'latest', '{"posture":"STALKER","Rm":0.8,"sensors":{"feed":1}}');
  await store.close();
});

describe('with a run', () => {
  test('what matters stands first, then the run in full; JSON has the same', { timeout: 120_000 }, async () => {
    const env = ownRuntimeFolder();
    const replay = new RunningReplay('100x', ['--memory', memory], env);
    await replay.atBar(20);
    const text = await runDolphin(['status', replay.runDir], { env, cwd });
    expect(text.code, text.stderr).toBe(0);
    const [wrapped = '', who] = text.stdout.split('\n\n');
    const glance = unwrapped(wrapped);
    const labels = ['posture', 'ACB', 'capital', 'last scan', 'memory', 'flows'];
    expect(glance.split('\n').map((line) => line.slice(0, 13).trim())).toEqual(['At a glance', ...labels]);
    expect(glance).toMatch(/^ {2}posture {4}APEX, Rm 1\.00 \(memory: STALKER, Rm 0\.80\)$/m);
    expect(glance).toMatch(/^ {2}capital {4}25,123\.46 USDT$/m);
    expect(glance).toMatch(/^ {2}last scan {2}\d+\.\d+ s old by event time, 2026-01-05 00:\d\d:\d\d UTC$/m);
    expect(glance).toContain(`  memory     embedded ${path}: connected, `);
    expect(glance).toMatch(FLOW_LINES);
    expect(who).toMatch(/^replay-\d{6}-\d+\n/);
    expect(Math.max(...text.stdout.split('\n').map(displayWidth))).toBeLessThanOrEqual(80);

    const json = JSON.parse((await runDolphin(['status', replay.runDir, '--json'], { env, cwd })).stdout);
    expect(json.runs[0].status).toMatchObject({
      capital: 25_123.456,
      regime: { posture: 'APEX', rm: 1, boost: 1, beta: 0 },
      lastScan: { clock: 'event time', ageSeconds: expect.any(Number) },
      hasMemory: true,
      storeOutSince: null,
    });
    expect(json.flows).toMatchObject({
      folder: 'runs/flows',
      problem: null,
      flows: [{ name: 'dolphin-paper-blue', newest: { state: 'completed', date: '2026-01-04' } }],
    });
    replay.kill('SIGTERM');
    await replay.outcome;
  });
});

describe('without a run', () => {
  const env = ownRuntimeFolder();

  test('flows and their capital are shown, and the exit code is 1', async () => {
    const { code, stdout, stderr } = await runDolphin(['status'], { env, cwd });
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^At a glance\n {2}capital {2}25,123\.46 USDT after 2026-01-04, paper blue\n/);
    expect(stdout).toMatch(/\n {2}flows {4}paper blue: completed 2026-01-04, next due 00:05 UTC\n/);
    expect(stdout).toMatch(/\n\nno run is running\n$/);
    const watched = await runDolphin(['status', '--watch'], { env, cwd });
    expect([watched.code, watched.stdout]).toEqual([1, stdout]);
    const json = await runDolphin(['status', '--json', '--state', folder], { env });
    expect([json.code, JSON.parse(json.stdout).runs]).toEqual([1, []]);
    expect(JSON.parse(json.stdout).flows.flows[0].capital).toEqual({
      usdt: 25_123.456,
      date: '2026-01-04',
      source: 'memory',
    });
  });

  test('a folder without flows is said where it was named, and nothing where it is only the usual one', async () => {
    const empty = temporaryFolder();
    expect(await runDolphin(['status'], { env, cwd: empty })).toMatchObject({ code: 1, stdout: 'no run is running\n' });
    const named = await runDolphin(['status', '--state', empty], { env });
    expect(named.code).toBe(1);
    expect(unwrapped(named.stdout)).toContain('it has no flows.db');
  });
});
