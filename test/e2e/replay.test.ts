import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { COUNTERS, GATES } from '../../src/model/day-result.ts';
import type { Report } from '../../src/model/report.ts';
import { differences } from '../support/golden-case.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { hasTaskset, REPOSITORY, runDolphin } from '../support/run-dolphin.ts';

const PLAIN = join(REPOSITORY, 'test/golden/plain/data');
const EDGES = join(REPOSITORY, 'test/golden/edges/data');
const EXPECTED = JSON.parse(readFileSync(join(REPOSITORY, 'test/golden/plain/champion.json'), 'utf8'));
/** Event seconds per second: 6 ms between two scans; every night 25 ms. */
const PACE = process.env['DOLPHIN_NIGHTLY'] === '1' ? 200 : 800;
const isSingleCore = availableParallelism() < 2;

async function replayJson(args: readonly string[], cores?: string): Promise<Report> {
  const outcome = await runDolphin(['replay', ...args, '--json', '-'], cores === undefined ? {} : { cores });
  expect(outcome.stderr).toBe('');
  expect(outcome.code).toBe(0);
  return JSON.parse(outcome.stdout) as Report;
}

describe('the report of dolphin replay', () => {
  let report: Report;
  beforeAll(async () => {
    report = await replayJson(['--data', PLAIN]);
  });

  test('carries what its contract names', () => {
    expect(report.schemaVersion).toBe(1);
    expect(report.source).toMatchObject({ dir: PLAIN, from: '2026-01-05', to: '2026-01-06' });
    expect(report.source.files).toHaveLength(2);
    for (const file of report.source.files) expect(file.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(report.strategy).toBe('champion');
    expect(report.paramHash).toBe(readFileSync(join(REPOSITORY, 'test/golden/champion-hash.txt'), 'utf8').trim());
    expect(report.decisionHash).toBe(EXPECTED.decisionHash);
    expect(report.barIntervalMs).toBe(5000);
    expect(report.universe[0]).toBe('BTCUSDT');
    expect(report.venueFees.schedule).toBe('binance-vip0');
    expect(report.timing.bars).toBe(5200);
    expect(report.timing.stepNs.p99).toBeGreaterThanOrEqual(report.timing.stepNs.p50);
  });

  test('names every gate and every counter of every day, also those at zero', () => {
    for (const day of report.days) {
      expect(Object.keys(day.funnel)).toEqual([...GATES]);
      expect(Object.keys(day.counters)).toEqual([...COUNTERS]);
    }
  });

  test('gives trades in full, with UTC times', () => {
    expect(differences(report.trades[0], EXPECTED.trades[0])).toEqual([]);
    // Bars 372 and 492 of 5 s, the first one at midnight.
    expect(report.trades[0]).toMatchObject({ entryTs: '2026-01-05T00:31:00.000Z', exitTs: '2026-01-05T00:41:00.000Z' });
  });
});

describe('one decision hash', () => {
  test('twice the same input', async () => {
    const [first, second] = [await replayJson(['--data', EDGES]), await replayJson(['--data', EDGES])];
    expect(second.decisionHash).toBe(first.decisionHash);
    expect(second.trades).toEqual(first.trades);
  });

  test(`paced at ${PACE}x over 1,200 scans, every frame published by itself`, async () => {
    const data = join(REPOSITORY, 'test/golden/regimes/data');
    const range = ['--data', data, '--from', '2026-01-05', '--to', '2026-01-05'];
    const fast = await replayJson(range);
    const paced = await replayJson([...range, '--speed', `${PACE}x`]);
    expect(paced.decisionHash).toBe(fast.decisionHash);
    expect(paced.timing.seconds).toBeGreaterThan(0.95 * ((1200 * 5) / PACE)); // pacing did take its time
    expect(paced.timing.secondsWaitedForFiles).toBe(0);
  });

  test.skipIf(isSingleCore)('spinning instead of parking (needs two cores)', async () => {
    const spun = await replayJson(['--data', PLAIN, '--wait', 'spin']);
    expect(spun.decisionHash).toBe(EXPECTED.decisionHash);
  });

  test.skipIf(!hasTaskset())('on one core as on all', async () => {
    const onOne = await replayJson(['--data', PLAIN], '0');
    expect(onOne.decisionHash).toBe(EXPECTED.decisionHash);
  });

  test.skipIf(!hasTaskset())('spinning on one core is refused', async () => {
    const outcome = await runDolphin(['replay', '--data', PLAIN, '--wait', 'spin'], { cores: '0' });
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('--wait spin needs at least 2 cores, this process has 1');
  });
});

describe('what a strategy is called', () => {
  test.each([
    ['champion+direction=both', ['--set', 'direction=both']],
    ['custom', ['--set', 'max_hold_bars=60']],
    ['green', ['--config', join(REPOSITORY, 'configs/green.yml')]],
    ['conservative', ['--config', join(REPOSITORY, 'configs/conservative.yml')]],
    ['champion', ['--config', join(REPOSITORY, 'configs/blue.yml')]],
  ])('%s', async (name, flags) => {
    const report = await replayJson(['--data', PLAIN, '--to', '2026-01-05', ...flags]);
    expect(report.strategy).toBe(name);
  });
});

test('the human summary fits 80 columns and shows the three results side by side', async () => {
  const json = join(temporaryFolder(), 'report.json');
  const outcome = await runDolphin(['replay', '--data', PLAIN, '--json', json]);
  expect(outcome.code).toBe(0);
  for (const line of outcome.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  expect(outcome.stdout).toMatch(/champion\s+venue fees\s+next-bar fills/);
  expect(outcome.stdout).toContain(EXPECTED.decisionHash);
  expect((JSON.parse(readFileSync(json, 'utf8')) as Report).decisionHash).toBe(EXPECTED.decisionHash);
});
