import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadStrategy, loadThresholds } from '../../../../src/main/config/load-config.ts';
import { createThresholdConfig } from '../../../../src/portfolio/metrics-monitor-thresholds.ts';

const dir = mkdtempSync(join(tmpdir(), 'dolphin-alerts-'));
afterAll(() => rmSync(dir, { recursive: true }));

function file(text: string): string {
  const path = join(dir, 'config.yml');
  writeFileSync(path, text);
  return path;
}

const WATCHED = file('strategy: champion\nalert_win_rate: [0.3, 0.35]\nalert_roi: null\nalert_window: 50\n');

test('without a key the defaults hold', () => {
  expect(loadThresholds(null, [])).toEqual(createThresholdConfig());
});

test('keys of the file, then those of --set', () => {
  const thresholds = loadThresholds(WATCHED, ['alert_win_rate=[0.2, 0.25]', 'alert_min_samples=10', 'direction=both']);
  expect(thresholds).toEqual(
    createThresholdConfig({ win_rate: { alarmAt: 0.2, clearAt: 0.25 }, roi: null, window: 50, minSamples: 10 }),
  );
});

test('they change neither the strategy nor its name', () => {
  const plain = loadStrategy(null, []);
  expect(loadStrategy(WATCHED, ['alert_slippage_bps=null'])).toEqual(plain);
});

describe('refused', () => {
  test.each([
    ['alert_win_rate=0.3', '--set: alert_win_rate = 0.3: Invalid input: expected tuple, received number'],
    ['alert_win_rate=[0.3, 0.3]', '--set: alert_win_rate.clearAt must be above alarmAt (0.3), was 0.3'],
    ['alert_window=0.5', '--set: alert_window = 0.5: Invalid input: expected int, received number'],
    ['alert_min_samples=101', '--set: alert_min_samples must be at most window (100), was 101'],
    ['alert_sharpe=[1, 2]', '--set: unknown key "alert_sharpe"; known: alert_win_rate, '],
  ])('%s', (setting, message) => {
    expect(() => loadThresholds(null, [setting])).toThrow(message);
  });
});
