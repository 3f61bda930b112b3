import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256Of } from '../support/archive-server.ts';
import { dayColumns, temporaryFolder, writeDay } from '../support/parquet-days.ts';
import { REPOSITORY, runDolphin } from '../support/run-dolphin.ts';
import { hasTerminal, runInTerminal } from '../support/terminal.ts';

const SCANNER = join(REPOSITORY, 'test/golden/scanner/data');
const scan = (data: string, out: string, ...flags: string[]) =>
  runDolphin(['scan', '--data', data, '--out', out, ...flags]);

async function reportOf(dir: string, ...flags: string[]) {
  const { code, stdout } = await runDolphin(['replay', '--data', dir, '--json', '-', ...flags]);
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

describe('dolphin scan', () => {
  test('a replay of its output decides and counts as one of the prices alone', async () => {
    const out = join(temporaryFolder(), 'scanned');
    const { code, stdout, stderr } = await scan(SCANNER, out);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('2 days with scan columns written');

    const [prices, scanned] = [await reportOf(SCANNER), await reportOf(out)];
    expect(scanned.trades.length).toBeGreaterThan(0);
    expect(scanned.decisionHash).toBe(prices.decisionHash);
    expect(scanned.days).toEqual(prices.days); // NaN stays NaN: missingSignals is one of its counters
    const check = await runDolphin(['data', 'check', '--data', out, '--json', '-']);
    expect(
      JSON.parse(check.stdout).days.map((day: { findings: { hasSignals: boolean } }) => day.findings.hasSignals),
    ).toEqual([true, true]);
  });

  test('left-out assets and thresholds of a strategy count', async () => {
    const out = join(temporaryFolder(), 'scanned');
    const set = ['--set', 'excluded_assets=[ETHUSDT, SOLUSDT]'];
    expect((await scan(SCANNER, out, ...set)).code).toBe(0);
    const [prices, scanned] = [await reportOf(SCANNER, ...set), await reportOf(out, ...set)];
    expect(scanned.days).toEqual(prices.days);
    expect(scanned.decisionHash).toBe(prices.decisionHash);
    expect(prices.decisionHash).not.toBe((await reportOf(SCANNER)).decisionHash);
  });

  test('order books and tables go along', async () => {
    const dir = temporaryFolder();
    await writeDay(dir, dayColumns(6));
    mkdirSync(join(dir, 'ob'));
    cpSync(join(REPOSITORY, 'test/golden/faults/data/ob/2026-01-05.parquet'), join(dir, 'ob/2026-01-05.parquet'));
    writeFileSync(join(dir, 'safety.csv'), 'date,posture,Rm\n2026-01-05,TURTLE,0.6\n');
    writeFileSync(join(dir, 'SYNTHETIC'), '');
    const out = join(temporaryFolder(), 'scanned');
    expect((await scan(dir, out)).code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['2026-01-05.parquet', 'SYNTHETIC', 'ob', 'safety.csv']);
    expect(readdirSync(join(out, 'ob'))).toEqual(['2026-01-05.parquet']);
  });

  test('never writes over its input, also by another name', async () => {
    const dir = temporaryFolder();
    const path = await writeDay(dir, dayColumns(6));
    const before = sha256Of(readFileSync(path));
    const { code, stderr } = await scan(dir, `${dir}/../${basename(dir)}`);
    expect(code).toBe(2);
    expect(stderr).toContain('is the folder of --data');
    expect(sha256Of(readFileSync(path))).toBe(before);
  });

  test.each([
    {
      situation: 'an output with days in it',
      says: 'must have none',
      prepare: (_data: string, out: string) => writeDay(out, dayColumns(6)),
    },
    {
      situation: 'days that have scan columns',
      says: 'nothing to compute',
      prepare: (data: string) => cpSync(join(REPOSITORY, 'test/golden/plain/data'), data, { recursive: true }),
    },
    {
      situation: 'minutes without --bar-interval',
      says: '--bar-interval auto',
      prepare: (data: string) => writeDay(data, dayColumns(6, 60)),
    },
  ])('refuses $situation', async ({ says, prepare }) => {
    const [data, out] = [temporaryFolder(), temporaryFolder()];
    await writeDay(data, dayColumns(6));
    await prepare(data, out);
    const days = readdirSync(out);
    const { code, stderr, stdout } = await scan(data, out);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(says);
    expect(readdirSync(out)).toEqual(days);
  });

  test.skipIf(!hasTerminal())('Ctrl-C in the middle of a day leaves no half day: exit 130', async () => {
    const [data, out] = [temporaryFolder(), join(temporaryFolder(), 'scanned')];
    await runDolphin(['data', 'make', '--out', data, '--assets', '40', '--prices-only']);
    let isStopped = false;
    const { code, screen } = await runInTerminal(['scan', '--data', data, '--out', out], (session) => {
      if (isStopped || !/scanning 2026-01-05, 1 of 1: [1-9]\d* %/.test(session.screen())) return;
      isStopped = true;
      session.type('\x03');
    });
    expect(code).toBe(130);
    expect(screen).toContain('0 days with scan columns written of 1, stopped');
    expect(readdirSync(out)).toEqual(['SYNTHETIC']);
  });

  test('an unknown excluded asset is refused before anything is made', async () => {
    const out = join(temporaryFolder(), 'scanned');
    const { code, stderr } = await scan(SCANNER, out, '--set', 'excluded_assets=[NOSUCHUSDT]');
    expect(code).toBe(2);
    expect(stderr).toContain('NOSUCHUSDT');
    expect(existsSync(out)).toBe(false);
  });
});
