import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkDayFolder } from '../../src/adapters/day-folder/check.ts';
import { planReplay } from '../../src/adapters/day-folder/plan.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SHARED = process.env['DOLPHIN_SHARED'] ?? join(ROOT, '..', 'shared');
const REAL = join(SHARED, 'data', 'bars-1m');

describe('the days of the golden sets', () => {
  test.each(['plain', 'faults', 'regimes', 'edges', 'scanner'])('%s can be planned and decoded', async (set) => {
    const options = {
      dir: join(ROOT, 'test', 'golden', set, 'data'),
      configBarIntervalMs: 5000,
      referenceAsset: 'BTCUSDT',
    };
    const plan = await planReplay(options);
    expect(plan.barIntervalMs).toBe(5000);
    expect(plan.files.every(({ hasSignals }) => hasSignals === (set !== 'scanner'))).toBe(true);
    const check = await checkDayFolder(options);
    expect([check.errors, check.days.map(({ error }) => error)]).toEqual([[], check.days.map(() => null)]);
  });
});

describe('real one-minute days', () => {
  const isThere = existsSync(REAL);
  if (!isThere) console.warn(`skipped: no real days at ${REAL} (set DOLPHIN_SHARED)`);
  test.skipIf(!isThere).each(['spot-2021-05-crash', 'usdm-2023-07', 'usdm-2025-05'])('%s', async (name) => {
    const options = { dir: join(REAL, name), configBarIntervalMs: 5000, referenceAsset: 'BTCUSDT' };
    await expect(planReplay(options)).rejects.toThrow('bar interval is 60000 ms');
    const check = await checkDayFolder({ ...options, barInterval: 'auto' });
    expect(check.errors).toEqual([]);
    for (const { name: file, findings, error } of check.days) {
      expect([file, error]).toEqual([file, null]);
      expect(findings?.rows).toBeGreaterThan(1000);
    }
  });
});
