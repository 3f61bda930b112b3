import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { askSocket } from '../../src/adapters/control-socket/ask.ts';
import type { Report } from '../../src/model/report.ts';
import { displayWidth } from '../../src/report/text-table.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { REPOSITORY, runDolphin } from '../support/run-dolphin.ts';
import { ownRuntimeFolder, RunningReplay } from '../support/running-replay.ts';
import { hasTerminal, runInTerminal } from '../support/terminal.ts';

const golden: Report = JSON.parse(readFileSync(join(REPOSITORY, 'test/golden/plain/champion.json'), 'utf8'));
/** 20 ms a bar: a command line started in a position of 120 bars comes in time. */
const SPEED = '250x';
const FIRST_ENTRY = 372;

test('an operator flattens, resumes, halts and stops a running replay', { timeout: 120_000 }, async () => {
  expect(golden.trades[0]).toMatchObject({ entryBar: FIRST_ENTRY, exitBar: 492 });
  const json = join(temporaryFolder(), 'report.json');
  const replay = new RunningReplay(SPEED, ['--json', json]);
  const order = (...words: string[]) => runDolphin([...words, replay.runDir, '--yes']);

  await replay.atBar(FIRST_ENTRY + 5);
  const flattened = await order('flatten');
  expect(flattened, flattened.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('flatten done, ') });
  const halted = await runDolphin(['status', replay.runDir]);
  expect(halted).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('\nHALTED: no entries until dolphin resume\n'),
  });
  expect(halted.stdout).toMatch(/\n {2}engine {7}running {2}beat 0\.\d\d s ago\n/);
  expect(Math.max(...halted.stdout.split('\n').map(displayWidth))).toBeLessThanOrEqual(80);

  const { progress } = await replay.atBar(520); // the next entry of an unhalted run is on bar 495
  expect(await order('resume')).toMatchObject({ code: 0 });
  const resumedAtLeast = progress.framesStepped;

  await replay.atBar(660); // and the one after it on bar 616
  for (let i = 0; i < 2; i++) expect(await order('halt')).toMatchObject({ code: 0 });
  const haltedAtMost = (await replay.status()).progress.framesStepped;
  await replay.atBar(haltedAtMost + 140); // a position is held for 120 bars
  expect(await order('stop')).toMatchObject({ code: 0, stdout: expect.stringContaining('is stopping') });

  const { code, stderr, stdout } = await replay.outcome;
  expect(code, stderr).toBe(130);
  const report: Report = JSON.parse(readFileSync(json, 'utf8'));
  expect(report.complete).toBe(false);
  const [first, ...later] = report.trades;
  expect(first).toMatchObject({ entryBar: FIRST_ENTRY, asset: golden.trades[0]?.asset, reason: 'RISK' });
  expect(first?.exitBar).toBeLessThan(492);
  expect(later.length).toBeGreaterThan(0);
  for (const { entryBar, exitBar, reason } of later) {
    expect(entryBar).toBeGreaterThanOrEqual(resumedAtLeast);
    expect(entryBar).toBeLessThanOrEqual(haltedAtMost);
    expect([reason, exitBar - entryBar]).toEqual(['MAX_HOLD', 120]); // a halt is none of an exit's business
  }
  expect(report.warnings.filter((text) => text.startsWith('Operator'))).toEqual([
    expect.stringMatching(/^Operator flatten: no entries from 2026-01-05 00:\d\d:\d\d to 2026-01-05 00:\d\d:\d\d\.$/),
    expect.stringMatching(/^Operator halt: no entries from 2026-01-05 \d\d:\d\d:\d\d to the end\.$/),
  ]);
  expect(stdout).toContain('Operator flatten');
  expect(existsSync(replay.runDir)).toBe(false);
});

test('hostile clients change nothing in a run', async () => {
  const json = join(temporaryFolder(), 'report.json');
  const replay = new RunningReplay('4000x', ['--json', json]);
  const { socketPath } = await replay.found();
  const hostile = Array.from({ length: 4 }, () => connect(socketPath).on('error', () => undefined));
  const [garbage, endless, deaf, mute] = hostile as [
    (typeof hostile)[0],
    (typeof hostile)[0],
    (typeof hostile)[0],
    unknown,
  ];
  void mute; // says nothing at all
  garbage.write(Buffer.from(Array.from({ length: 9000 }, (_, i) => (i * 7919) % 256)));
  endless.write(Buffer.alloc(1 << 20, 'x'));
  deaf.pause();
  deaf.write('{"command":"status"}\n'.repeat(5000));
  await once(endless.resume(), 'close');
  const polled = setInterval(() => void askSocket(socketPath, '{"command":"status"}', 1000).catch(() => undefined), 5);
  const { code, stderr } = await replay.outcome;
  clearInterval(polled);
  for (const socket of hostile) socket.destroy();
  expect(code, stderr).toBe(0);
  const report: Report = JSON.parse(readFileSync(json, 'utf8'));
  expect([report.decisionHash, report.timing.lostWakes]).toEqual([golden.decisionHash, 0]);
});

test('several runs are listed, and an order must say which', async () => {
  const env = ownRuntimeFolder();
  const cwd = temporaryFolder(); // without flows
  const runs = [1, 2].map(() => {
    const flags = ['replay', '--data', join(REPOSITORY, 'test/golden/plain/data'), '--speed', '50x'];
    return runDolphin(flags, { env });
  });
  const ids = await runIdsOnceThereAre(2, env);
  const list = await runDolphin(['status'], { env, cwd });
  expect([list.code, list.stdout.split('\n').map((line) => line.split('  ')[0])]).toEqual([0, [...ids, '']]);
  const unclear = await runDolphin(['halt', '--yes'], { env });
  expect(unclear).toMatchObject({ code: 2, stderr: `dolphin: say which run; running are ${ids.join(', ')}\n` });
  const both = await Promise.all(ids.map((id) => runDolphin(['stop', id, '--yes', '--json'], { env })));
  expect(both.map(({ code, stdout }) => [code, JSON.parse(stdout).run])).toEqual(ids.map((id) => [0, id]));
  expect((await Promise.all(runs)).map(({ code }) => code)).toEqual([130, 130]);
  expect(await runDolphin(['status'], { env, cwd })).toMatchObject({ code: 1, stdout: 'no run is running\n' });
});

async function runIdsOnceThereAre(count: number, env: NodeJS.ProcessEnv): Promise<string[]> {
  for (;;) {
    const { runs } = JSON.parse((await runDolphin(['status', '--json'], { env })).stdout);
    if (runs.length === count) return runs.map(({ run }: { run: string }) => run);
  }
}

describe('refusals, exit 2', () => {
  test('nothing runs', async () => {
    const env = ownRuntimeFolder();
    expect(await runDolphin(['halt', '--yes'], { env })).toMatchObject({
      code: 2,
      stderr: 'dolphin: no run is running\n',
    });
    expect(await runDolphin(['status', 'replay-1'], { env })).toMatchObject({ code: 2 });
  });

  test('nobody can be asked, and --yes is not said', async () => {
    const replay = new RunningReplay('50x');
    await replay.found();
    const { code, stderr } = await runDolphin(['halt', replay.runDir]);
    expect([code, stderr]).toEqual([
      2,
      'dolphin: halt asks before it acts, and there is no terminal to ask on: say --yes\n',
    ]);
    expect((await replay.status()).tradingState).toBe('active');
    replay.kill('SIGTERM');
    expect((await replay.outcome).code).toBe(143);
  });

  test('a run directory whose socket has too long a path, or with a run in it, before anything starts', async () => {
    const data = join(REPOSITORY, 'test/golden/plain/data');
    const long = await runDolphin(['replay', '--data', data, '--run-dir', `/tmp/${'x'.repeat(120)}`]);
    expect([long.code, long.stdout]).toEqual([2, '']);
    expect(long.stderr).toContain('path of a control socket must have at most 10');
    const replay = new RunningReplay('50x');
    const { notice } = await replay.found();
    const second = await runDolphin(['replay', '--data', data, '--run-dir', replay.runDir]);
    expect([second.code, second.stderr]).toEqual([
      2,
      `dolphin: --run-dir ${replay.runDir}: must be without a run, ${notice?.runId} is in it\n`,
    ]);
    replay.kill('SIGTERM');
    await replay.outcome;
  });
});

test('status --watch --json shows a run until it has ended', async () => {
  const replay = new RunningReplay('4000x');
  await replay.found();
  const { code, stdout } = await runDolphin(['status', replay.runDir, '--watch', '--json']);
  expect(code).toBe(0);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const stepped = lines.map(({ runs: [run] }) => run.status?.progress.framesStepped ?? Number.POSITIVE_INFINITY);
  expect(stepped.length).toBeGreaterThan(2);
  expect(stepped).toEqual([...stepped].sort((a, b) => a - b));
  expect((await replay.outcome).code).toBe(0);
});

describe.skipIf(!hasTerminal())('on a terminal an order asks first', () => {
  test.each([
    ['y', 0, 'halted'],
    ['n', 1, 'active'],
  ])('%s: exit %i', async (key, exitCode, state) => {
    const replay = new RunningReplay('50x');
    const { notice } = await replay.found();
    await replay.atBar(1); // an engine that has started takes an order within its 2 s
    let isAsked = false;
    const { code, screen } = await runInTerminal(['halt', replay.runDir], (session) => {
      if (isAsked || !session.screen().includes('[y/N] ')) return;
      isAsked = true;
      session.type(`${key}\r`);
    });
    expect(code, screen).toBe(exitCode);
    expect(screen).toContain(`halt ${notice?.runId} (champion, 2026-01-05 to 2026-01-06 of `);
    expect((await replay.status()).tradingState).toBe(state);
    replay.kill('SIGTERM');
    await replay.outcome;
  });
});
