import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadStrategy } from '../../src/main/config/load-config.ts';
import { plannedDays } from '../../src/main/frame-origin.ts';
import { InputError } from '../../src/model/input-error.ts';
import type { Report } from '../../src/model/report.ts';
import { decisionHash } from '../../src/report/decision-hash.ts';
import { notes } from '../../src/report/notes.ts';
import type { ScannerMode } from '../../src/workers/messages.ts';
import { writeBarDays } from '../support/bar-days.ts';
import { runDirectMachine } from '../support/direct-report.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { daysOf, replayThroughRing } from '../support/replay-through-ring.ts';

/** Alignment is a share of all bars of the resolution: at 0.1 s few of them carry a trade. */
const RESOLUTIONS: readonly (readonly [string, readonly string[]])[] = [
  ['5s', []],
  ['hybrid', ['resolution=hybrid']],
  ['0.1s', ['resolution=0.1s', 'min_irp_alignment=0.01']],
  ['0.1s with the scanner at 10 Hz', ['resolution=0.1s', 'scanner_rate=10hz', 'min_irp_alignment=0.01']],
];

const dir = temporaryFolder();
beforeAll(() => writeBarDays(dir, { days: 2, scans: 700, assets: 4 }));

const reports = new Map<readonly string[], Promise<Report>>();

/** The report of the days above at these settings, made once. */
function reportOf(settings: readonly string[]): Promise<Report> {
  const known = reports.get(settings) ?? replay(settings);
  reports.set(settings, known);
  return known;
}

async function replay(
  settings: readonly string[],
  data = dir,
  speed = 0,
  scannerMode: ScannerMode = 'ahead',
): Promise<Report> {
  return (await replayThroughRing(await daysOf(loadStrategy(null, settings), { data }), { speed, scannerMode })).report;
}

describe('days with 0.1 s bars, through the ring and by direct call', () => {
  test.each(RESOLUTIONS)('resolution %s', async (_, settings) => {
    const report = await reportOf(settings);
    const { config } = loadStrategy(null, settings);
    const { origin, universe, inputs } = await daysOf(loadStrategy(null, settings), { data: dir });
    const plan = { files: plannedDays(origin), universe, barIntervalMs: inputs.barIntervalMs, factors: [], safety: [] };
    const direct = await runDirectMachine(plan, config);
    const run = direct.finish();
    expect(report.trades.length).toBeGreaterThan(2);
    expect(decisionHash(run.trades)).toBe(report.decisionHash);
    expect(direct.stateHash()).toBe(report.stateHash);
    expect(report.days.map(({ bars }) => bars)).toEqual(new Array(2).fill(config.resolution === '0.1s' ? 35_000 : 700));
    const besides = config.resolution === '5s' ? [] : ['bars/2026-01-05.parquet', 'bars/2026-01-06.parquet'];
    expect(report.source.beside.map(({ name }) => name)).toEqual(besides);
    expect(notes(report).some((note) => note.startsWith('Experimental: '))).toBe(config.resolution !== '5s');
  });

  test('the resolutions decide differently where something happens between scans', async () => {
    const hashes = await Promise.all(RESOLUTIONS.map(async ([, settings]) => (await reportOf(settings)).decisionHash));
    expect(new Set(hashes).size).toBe(RESOLUTIONS.length);
  });
});

test('with the scanner at 10 Hz what scans say of signals is not asked, and whoever would scan them does not', async () => {
  const settings = ['resolution=0.1s', 'scanner_rate=10hz', 'min_irp_alignment=0.01'];
  const [told, untold] = [temporaryFolder(), temporaryFolder()];
  await writeBarDays(told, { days: 1, scans: 300, assets: 3 });
  await writeBarDays(untold, { days: 1, scans: 300, assets: 3, withSignals: false });
  const report = await replay(settings, told);
  expect(report.trades.length).toBeGreaterThan(0);
  for (const scannerMode of ['ahead', 'worker'] as const) {
    expect((await replay(settings, untold, 0, scannerMode)).decisionHash, scannerMode).toBe(report.decisionHash);
  }
});

test('paced, every bar is published when it is due, not with the next scan', async () => {
  const paced = temporaryFolder();
  await writeBarDays(paced, { days: 1, scans: 10, assets: 2 });
  const speed = 10;
  const { timing, days } = await replay(['resolution=hybrid'], paced, speed);
  expect(days[0]?.bars).toBe(10);
  expect(timing.seconds).toBeGreaterThan(45 / speed - 0.1); // from the first scan to the last
  const source = timing.stages?.find(({ stage }) => stage === 'source');
  expect(source?.n).toBeGreaterThanOrEqual(510);
  // Bars that waited for their scan would be 2.5 s late in the middle, 250 ms at this speed.
  expect(source?.p50).toBeLessThan(60e6);
});

describe('the files of bars', () => {
  test('are not read at 5s, whatever is in them, and refused at any other resolution', async () => {
    const other = temporaryFolder();
    await writeBarDays(other, { days: 1, scans: 120, assets: 2 });
    const path = join(other, 'bars', readdirSync(join(other, 'bars'))[0] as string);
    expect(existsSync(path)).toBe(true);
    writeFileSync(path, 'no Parquet');
    expect((await replay([], other)).days[0]?.bars).toBe(120);
    await expect(replay(['resolution=hybrid'], other)).rejects.toThrow(InputError);
  });
});
