import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dayColumns, temporaryFolder, withColumns, writeDay } from '../support/parquet-days.ts';
import { REPOSITORY, runDolphin } from '../support/run-dolphin.ts';

const check = (dir: string, ...flags: string[]) => runDolphin(['data', 'check', '--data', dir, ...flags]);

describe('dolphin data check', () => {
  test('shows each day with what a replay would count, exit 0', async () => {
    const { code, stdout, stderr } = await check(join(REPOSITORY, 'test/golden/faults/data'));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('2 days, 48 assets, bars of 5 s');
    expect(stdout).toMatch(/2026-01-05\.parquet +1,895 +00:00:00 +02:46:35 +6 +1 +325 +yes +5,343/);
    expect(stdout).toContain('No errors');
  });

  test('goes on after a damaged day, names every error, exit 2', async () => {
    const dir = temporaryFolder();
    await writeDay(dir, dayColumns(6));
    truncateSync(await writeDay(dir, dayColumns(6, 5, '2026-01-06'), '2026-01-06'), 200);
    await writeDay(dir, withColumns(dayColumns(6, 5, '2026-01-07'), { ETHUSDT: null }), '2026-01-07');
    const { code, stdout } = await check(dir);
    expect(code).toBe(2);
    expect(stdout).toMatch(/2026-01-05\.parquet +6 /);
    expect(stdout).toContain('2 errors: a replay would refuse.');
    expect(stdout).toMatch(/2026-01-06\.parquet: .*/);
    expect(stdout).toMatch(/2026-01-07\.parquet: .*ETHUSDT/);
  });

  test('minutes are refused as a replay would refuse them, and taken with --bar-interval auto', async () => {
    const dir = temporaryFolder();
    await writeDay(dir, dayColumns(6, 60));
    const refused = await check(dir);
    expect(refused.code).toBe(2);
    expect(refused.stdout).toContain('--bar-interval auto');
    expect((await check(dir, '--bar-interval', 'auto')).code).toBe(0);
  });

  test('--json writes the findings to a file, or alone to standard output', async () => {
    const dir = temporaryFolder();
    await writeDay(dir, dayColumns(6));
    const file = join(dir, 'check.json');
    expect((await check(dir, '--json', file)).stdout).toContain('No errors');
    const { stdout } = await check(dir, '--json', '-');
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(file, 'utf8')));
    expect(JSON.parse(stdout).days[0].findings).toMatchObject({ rows: 6, assets: 2, hasSignals: false });
  });

  test('a folder that is not there is one error, exit 2', async () => {
    const { code, stdout } = await check(join(temporaryFolder(), 'nowhere'));
    expect(code).toBe(2);
    expect(stdout).toContain('cannot be read as a folder');
  });
});
