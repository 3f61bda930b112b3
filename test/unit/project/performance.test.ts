import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../../support/run-dolphin.ts';

test('the numbers of README and docs/performance.md are those of bench/results', () => {
  const { status, stderr } = spawnSync(process.execPath, ['bench/write-performance.ts', '--check'], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
