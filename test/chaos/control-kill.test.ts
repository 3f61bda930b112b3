import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { REPOSITORY, runDolphin } from '../support/run-dolphin.ts';
import { ownRuntimeFolder, RunningReplay } from '../support/running-replay.ts';

const PLAIN = join(REPOSITORY, 'test/golden/plain/data');

/** Starts a replay with a run directory of its own and kills it once it listens. */
async function killedRun(env: NodeJS.ProcessEnv): Promise<string> {
  let kill: () => void = () => undefined;
  const run = runDolphin(['replay', '--data', PLAIN, '--speed', '50x'], {
    env,
    onStart: (child) => {
      kill = () => child.kill('SIGKILL');
    },
  });
  for (;;) {
    const { code, stdout } = await runDolphin(['status', '--json'], { env });
    if (code !== 0) continue;
    kill();
    expect((await run).code).toBeNull();
    return JSON.parse(stdout).runs[0].run;
  }
}

test('what a killed run leaves is no run, and status removes it', async () => {
  const env = ownRuntimeFolder();
  const folder = join(env['XDG_RUNTIME_DIR'] as string, 'dolphin');
  const runId = await killedRun(env);
  expect(existsSync(join(folder, runId, 'control.sock'))).toBe(true);
  expect(await runDolphin(['halt', '--yes'], { env })).toMatchObject({
    code: 2,
    stderr: 'dolphin: no run is running\n',
  });
  expect(readdirSync(folder)).toEqual([]);
});

test('the next run removes it as well', async () => {
  const env = ownRuntimeFolder();
  const folder = join(env['XDG_RUNTIME_DIR'] as string, 'dolphin');
  await killedRun(env);
  expect(await runDolphin(['replay', '--data', PLAIN], { env })).toMatchObject({ code: 0 });
  expect(readdirSync(folder)).toEqual([]);
});

test('a directory that the user named can be used again', async () => {
  const replay = new RunningReplay('50x');
  await replay.found();
  replay.kill('SIGKILL');
  await replay.outcome;
  expect(readdirSync(replay.runDir).sort()).toEqual(['control.sock', 'run.json']);
  expect(await runDolphin(['replay', '--data', PLAIN, '--run-dir', replay.runDir])).toMatchObject({ code: 0 });
  expect(readdirSync(replay.runDir)).toEqual([]);
});

test('a stopped process is a run that does not answer, not a dead one', async () => {
  const replay = new RunningReplay('50x');
  await replay.found();
  replay.kill('SIGSTOP');
  const { code, stdout } = await runDolphin(['status', replay.runDir]);
  expect([code, stdout]).toEqual([1, expect.stringContaining('did not answer within 5000 ms')]);
  replay.kill('SIGCONT');
  expect((await replay.status()).isStopping).toBe(false);
  replay.kill('SIGTERM');
  expect((await replay.outcome).code).toBe(143);
});
