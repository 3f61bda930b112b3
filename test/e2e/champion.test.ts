import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/parquet-days.ts';
import { REPOSITORY, runDolphin } from '../support/run-dolphin.ts';

const EXPECTED = /[0-9a-f]{64}/.exec(readFileSync(join(REPOSITORY, 'test/golden/champion-hash.txt'), 'utf8'))?.[0];

function configFile(text: string): string {
  const path = join(temporaryFolder(), 'strategy.yml');
  writeFileSync(path, text);
  return path;
}

describe('dolphin champion hash', () => {
  test.each([[[]], [['--config', join(REPOSITORY, 'configs/blue.yml')]]])(
    'prints text, expected and found hash: %j',
    async (flags) => {
      const { code, stdout } = await runDolphin(['champion', 'hash', ...flags]);
      expect(code).toBe(0);
      expect(stdout).toContain('{"abs_max_leverage": 6.0, "dc_lookback_bars": 7,');
      expect(stdout).toContain(`expected  ${EXPECTED}`);
      expect(stdout).toContain(`found     ${EXPECTED}`);
    },
  );

  test('a champion that has drifted: exit 3, each key with expected and found', async () => {
    const drifted = configFile('strategy: champion\nfraction: 0.25\n');
    const { code, stdout, stderr } = await runDolphin(['champion', 'hash', '--config', drifted]);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain(EXPECTED);
    expect(stderr).toContain('fraction: expected 0.2, found 0.25');
  });

  test('a strategy of another name has a hash of its own', async () => {
    const custom = configFile('strategy: custom\nfraction: 0.25\n');
    const { code, stdout } = await runDolphin(['champion', 'hash', '--config', custom]);
    expect(code).toBe(0);
    expect(stdout).not.toContain(`found     ${EXPECTED}`);
    expect(stdout).toContain('does not call itself champion');
  });

  test('a file that is not there: exit 2', async () => {
    const { code, stderr } = await runDolphin(['champion', 'hash', '--config', 'nowhere.yml']);
    expect(code).toBe(2);
    expect(stderr).toContain('nowhere.yml');
  });
});
