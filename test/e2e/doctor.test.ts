import { describe, expect, test } from 'vitest';
import { hasTaskset, runDolphin } from '../support/run-dolphin.ts';

interface Found {
  readonly part: string;
  readonly state: string;
  readonly remedy: string | null;
}

async function doctor(options: Parameters<typeof runDolphin>[1] = {}) {
  const { code, stdout } = await runDolphin(['doctor', '--json'], options);
  const { ok, required, optional } = JSON.parse(stdout);
  const of = (part: string) => [...required, ...optional].find((finding: Found) => finding.part === part) as Found;
  return { code, ok, of };
}

describe('dolphin doctor', () => {
  test('lists what is required and what is optional, exit 0 when nothing required is missing', async () => {
    const { code, stdout } = await runDolphin(['doctor']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Node +ok +v22\./);
    expect(stdout).toMatch(/shared memory +ok/);
    expect(stdout).toContain('All required parts are there.');
  });

  test('says how to get optional parts that are missing, and that is no failure', async () => {
    const { code, ok, of } = await doctor({ env: { PATH: '/nonexistent' } });
    expect([code, ok]).toEqual([0, true]);
    for (const part of ['redis-server', 'Java', 'Maven', 'C compiler', 'Python with numba', 'Chromium']) {
      expect(of(part).state, part).toBe('missing');
      expect(of(part).remedy, part).toMatch(/install/);
    }
  });

  test.skipIf(!hasTaskset())('a single core is a limit that it explains', async () => {
    expect((await doctor({ cores: '0' })).of('cores')).toMatchObject({ state: 'limited' });
  });

  test('a temporary folder that cannot be written to is a limit, not a crash', async () => {
    const { code, of } = await doctor({ env: { TMPDIR: '/proc/nowhere' } });
    expect(code).toBe(0);
    expect(of('temporary folder').state).toBe('limited');
  });
});
