import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dayColumns, temporaryFolder, writeDay } from '../support/parquet-days.ts';
import { runDolphin } from '../support/run-dolphin.ts';

describe('dolphin demo', () => {
  test('makes a day, replays it and shows it in 30 lines of 80 columns; the next run finds the day again', async () => {
    const cwd = temporaryFolder();
    const first = await runDolphin(['demo'], { cwd });
    expect([first.code, first.stderr]).toEqual([0, '']);
    const lines = first.stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(30);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(first.stdout).toContain('it says nothing about profit');
    expect(first.stdout).toContain('Next: npx dolphin replay --data runs/demo/data');

    const day = join(cwd, 'runs/demo/data/2026-01-05.parquet');
    const madeAtMs = statSync(day).mtimeMs;
    const second = await runDolphin(['demo'], { cwd });
    const hash = /decision hash ([0-9a-f]{64})/;
    expect(second.stdout.match(hash)?.[1]).toBe(first.stdout.match(hash)?.[1]);
    expect(statSync(day).mtimeMs).toBe(madeAtMs);
  });

  test('writes the report of a whole synthetic day that loses after venue fees and ends in all three ways', async () => {
    const out = temporaryFolder();
    expect((await runDolphin(['demo', '--out', out])).code).toBe(0);
    const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8'));
    expect(report.source.synthetic).toBe(true);
    expect(report.timing.bars).toBe(17_280);
    expect(report.universe).toHaveLength(48);
    expect(report.venueFees.roi).toBeLessThan(0);
    const reasons = new Set(report.trades.map(({ reason }: { reason: string }) => reason));
    expect([...reasons].sort()).toEqual(['DAY_END', 'MAX_HOLD', 'TAKE_PROFIT']);
  });

  test('the next command that it names works as it stands', async () => {
    const cwd = temporaryFolder();
    const { stdout } = await runDolphin(['demo'], { cwd });
    const next = /Next: npx dolphin (.*)/.exec(stdout)?.[1]?.split(' ') ?? [];
    expect((await runDolphin(next, { cwd })).code).toBe(0);
  });

  test('days in its folder that are not synthetic are left alone: exit 2', async () => {
    const cwd = temporaryFolder();
    const data = join(cwd, 'runs/demo/data');
    mkdirSync(data, { recursive: true });
    await writeDay(data, dayColumns(6));
    const { code, stdout, stderr } = await runDolphin(['demo'], { cwd });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('not synthetic');
    expect(readdirSync(data)).toEqual(['2026-01-05.parquet']);
  });
});
