import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256Of } from '../support/archive-server.ts';
import { dayColumns, temporaryFolder, writeDay } from '../support/parquet-days.ts';
import { runDolphin } from '../support/run-dolphin.ts';
import { hasTerminal, runInTerminal } from '../support/terminal.ts';

/** A small kind of days: minutes, six assets. */
const SMALL = ['--interval', '1m', '--assets', '6'];
const make = (dir: string, ...flags: string[]) => runDolphin(['data', 'make', '--out', dir, ...SMALL, ...flags]);
const sha256 = (path: string) => sha256Of(readFileSync(path));

async function reportOf(dir: string) {
  const { code, stdout, stderr } = await runDolphin(['replay', '--data', dir, '--bar-interval', 'auto', '--json', '-']);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe('dolphin data make', () => {
  test('writes days that a replay takes and calls synthetic, and says what it wrote', async () => {
    const dir = join(temporaryFolder(), 'days');
    const { code, stdout, stderr } = await make(dir, '--days', '2', '--from', '2026-02-28', '--book');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('2 synthetic days made');
    expect(stdout).toContain('2026-02-28 to 2026-03-01, 1,440 bars of 60 s a day, 6 assets, seed 1');
    expect(readdirSync(dir).sort()).toEqual(['2026-02-28.parquet', '2026-03-01.parquet', 'SYNTHETIC', 'ob']);
    expect(readFileSync(join(dir, 'SYNTHETIC'), 'utf8')).toContain('says nothing about profit');

    const report = await reportOf(dir);
    expect(report.source.synthetic).toBe(true);
    expect(report.universe).toHaveLength(6);
    expect(report.days.map((day: { bars: number }) => day.bars)).toEqual([1440, 1440]);
    expect(report.days[0].counters.invalidPrices).toBe(0);
    expect(report.days[0].funnel.signal[1]).toBeGreaterThan(0);
    expect(report.days[0].counters.obMissing).toBe(0);
  });

  test('the same command gives the same bytes, elsewhere and again, and another seed others', async () => {
    const [first, second, other] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    await make(first, '--days', '2');
    await make(second, '--from', '2026-01-06'); // a day does not depend on those made before it
    await make(other, '--from', '2026-01-06', '--seed', '2');
    const day = '2026-01-06.parquet';
    expect(sha256(join(second, day))).toBe(sha256(join(first, day)));
    expect(sha256(join(other, day))).not.toBe(sha256(join(first, day)));
  });

  test('--prices-only leaves the scan columns to the scanner', async () => {
    const dir = temporaryFolder();
    await make(dir, '--prices-only');
    const report = await reportOf(dir);
    // The 150-bar window is full from the 151st scan on, and its velocity is there one scan later.
    expect(report.days[0].counters.missingSignals).toBe(151);
  });

  test('days of one kind are added to a folder; those that are there are kept', async () => {
    const dir = temporaryFolder();
    await make(dir);
    const { code, stdout } = await make(dir, '--days', '2');
    expect(code).toBe(0);
    expect(stdout).toContain('1 synthetic day made; 1 already there and kept');
  });

  test('--bars 100ms lays bars beside the scans, which a replay reads at hybrid and 0.1s alone', async () => {
    const dir = temporaryFolder();
    const { code, stdout } = await runDolphin(['data', 'make', '--out', dir, '--assets', '2', '--bars', '100ms']);
    expect(code).toBe(0);
    expect(stdout).toContain('864,000 bars of 0.1 s a day');
    expect(stdout).toContain(`npx dolphin replay --data ${dir} --set resolution=hybrid`);
    expect(readdirSync(join(dir, 'bars'))).toEqual(['2026-01-05.parquet']);
    const replay = (...settings: string[]) => {
      const set = ['fixed_tp_pct=0.003', ...settings].flatMap((setting) => ['--set', setting]);
      return runDolphin(['replay', '--data', dir, '--json', '-', ...set]);
    };
    const [scans, hybrid, fine] = await Promise.all([
      replay(),
      replay('resolution=hybrid'),
      replay('resolution=0.1s', 'min_irp_alignment=0'),
    ]);
    const reports = [scans, hybrid, fine].map((outcome) => JSON.parse(outcome.stdout));
    expect(reports.map(({ days }) => days[0].bars)).toEqual([17_280, 17_280, 864_000]);
    expect(reports.map(({ source }) => source.beside.length)).toEqual([0, 1, 1]);
    expect(reports[1].strategy).toBe('custom+resolution=hybrid');
    expect(new Set(reports.map(({ decisionHash }) => decisionHash)).size).toBe(3);

    rmSync(join(dir, 'bars'), { recursive: true });
    expect((await replay()).code).toBe(0);
    const refused = await replay('resolution=0.1s');
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain('resolution 0.1s needs the 0.1 s bars of every day of the run');
  });

  test('days of another kind are refused, and replaced with --force', async () => {
    const dir = temporaryFolder();
    await make(dir, '--days', '2', '--book');
    const before = sha256(join(dir, '2026-01-05.parquet'));
    const refused = await make(dir, '--seed', '2');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('synthetic days of another kind');
    expect(sha256(join(dir, '2026-01-05.parquet'))).toBe(before);

    expect((await make(dir, '--seed', '2', '--force')).code).toBe(0);
    expect(sha256(join(dir, '2026-01-05.parquet'))).not.toBe(before);
    expect(existsSync(join(dir, '2026-01-06.parquet'))).toBe(false);
    expect(readdirSync(join(dir, 'ob'))).toEqual([]);
  });

  test('a folder of days that are not synthetic is never touched, not even with --force', async () => {
    const dir = temporaryFolder();
    const path = await writeDay(dir, dayColumns(6));
    const before = sha256(path);
    const { code, stderr, stdout } = await make(dir, '--force', '--from', '2027-01-01');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('not synthetic');
    expect(readdirSync(dir)).toEqual(['2026-01-05.parquet']);
    expect(sha256(path)).toBe(before);
  });

  test('an output that is no folder is one clear error', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const { code, stderr } = await make(join(file, 'days'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^dolphin: --out .*must be a folder that can be written to \(ENOTDIR\)\n$/);
  });

  test.skipIf(!hasTerminal())('a terminal shows how far it is; Ctrl-C keeps the days made: exit 130', async () => {
    const dir = join(temporaryFolder(), 'days');
    let isStopped = false;
    const args = ['data', 'make', '--out', dir, '--assets', '6', '--days', '200'];
    const { code, screen } = await runInTerminal(args, (session) => {
      if (isStopped || !/making 2026-\d\d-\d\d, \d+ of 200/.test(session.screen())) return;
      isStopped = true;
      session.type('\x03');
    });
    expect(code).toBe(130);
    const made = Number(/(\d+) synthetic days? made/.exec(screen)?.[1]);
    expect(made).toBeGreaterThan(0);
    expect(screen).toContain(`stopped before the last ${200 - made}`);
    const names = readdirSync(dir).filter((name) => name !== 'SYNTHETIC');
    expect(names).toHaveLength(made);
  });

  test.each([
    ['--assets', '401', '400'],
    ['--assets', '0', '400'],
    ['--days', '0', 'whole number'],
    ['--from', '2026-02-30', 'YYYY-MM-DD'],
    ['--interval', '7s', 'whole bars'],
    ['--interval', '2h', 'at most 1h'],
    ['--seed', '-1', 'whole number'],
  ])('%s %s is refused with the rule', async (flag, value, rule) => {
    const dir = join(temporaryFolder(), 'days');
    const { code, stderr } = await runDolphin(['data', 'make', '--out', dir, flag, value]);
    expect(code).toBe(2);
    expect(stderr).toContain(flag);
    expect(stderr).toContain(rule);
    expect(existsSync(dir)).toBe(false);
  });
});
