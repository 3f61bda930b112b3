import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIRST_DATE, flowFolder, makePriceDays } from '../integration/flows/flow-fixtures.ts';
import { runDolphin } from '../support/run-dolphin.ts';
import { hasPrefect, PrefectServer } from './prefect-server.ts';

const LOGIN = 'admin:correct-horse';

describe.skipIf(!hasPrefect())('a Prefect server that asks for user and password', () => {
  const data = flowFolder();
  let server: PrefectServer;
  beforeAll(async () => {
    await makePriceDays(data, 1, true);
    server = await PrefectServer.start(LOGIN);
  });
  afterAll(() => server?.kill());

  function dryRun(env: NodeJS.ProcessEnv) {
    const day = ['--date', FIRST_DATE, '--data', data, '--bar-interval', 'auto', '--dry-run'];
    return runDolphin(['flow', 'run', 'paper', ...day, '--state', flowFolder(), '--prefect', server.api], { env });
  }

  test('takes reports with the key of a file', async () => {
    const file = join(flowFolder(), 'key');
    writeFileSync(file, `${LOGIN}\n`, { mode: 0o600 });
    const { code, stderr } = await dryRun({ DOLPHIN_PREFECT_API_KEY_FILE: file });
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('prefect:')]);
    expect((await server.flowRuns(LOGIN)).map(({ state, tags }) => [state.type, tags.at(-1)])).toEqual([
      ['COMPLETED', 'dry-run'],
    ]);
  });

  test('refuses another key: the run goes on, each report counts, and no secret is shown', async () => {
    const { code, stdout, stderr } = await dryRun({ DOLPHIN_PREFECT_API_KEY: 'admin:wrong-secret' });
    expect(code).toBe(0);
    expect(stderr).toMatch(/prefect: (\d+) of \1 reports were not taken \(HTTP 401/);
    expect(stdout + stderr).not.toContain('wrong-secret');
  });
});
