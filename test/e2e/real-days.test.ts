import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { runDolphin } from '../support/run-dolphin.ts';
import { sharedDataOrSkip } from '../support/shared-data.ts';

/** Real minutes, which are not part of this repository: what a user's own days would do. */
const SETS = [
  { name: 'usdm-2025-05', days: 8, assets: 18 },
  { name: 'spot-2021-05', days: 9, assets: 92 },
] as const;

describe.each(SETS)('real minutes of $name', ({ name, days, assets }) => {
  const dir = sharedDataOrSkip(`data/bars-1m/${name}`);

  test.skipIf(dir === null)('replay through the ring, scanned and labelled as no longer the champion', async () => {
    const outcome = await runDolphin(['replay', '--data', dir as string, '--bar-interval', 'auto', '--json', '-']);
    expect(outcome.stderr).toBe('');
    expect(outcome.code).toBe(0);
    const report = JSON.parse(outcome.stdout) as Report;
    expect(report.strategy).toBe('champion@60s');
    expect(report.days).toHaveLength(days);
    expect(report.universe).toHaveLength(assets);
    expect(report.trades.length).toBeGreaterThan(20);
    expect(report.timing.lostWakes).toBe(0);
  });
});

test.skipIf(sharedDataOrSkip('data/bars-1m/usdm-2025-05') === null)(
  'minutes are refused without a word about the interval',
  async () => {
    const dir = sharedDataOrSkip('data/bars-1m/usdm-2025-05') as string;
    const outcome = await runDolphin(['replay', '--data', dir]);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('--bar-interval auto');
  },
);
