import { describe, expect, test } from 'vitest';
import { dayFromDate } from '../../../../src/model/time.ts';
import { BARS_PER_DAY, syntheticBars } from '../../../../src/replay/synthetic/bars.ts';
import { createSyntheticDay } from '../../../../src/replay/synthetic/synthetic-day.ts';
import { syntheticUniverse } from '../../../../src/replay/synthetic/universe.ts';

const DAY = dayFromDate('2026-01-05');
const INTERVAL_MS = 60_000;
const PER_SCAN = 600;
const scans = createSyntheticDay({ seed: 1, day: DAY, assets: 3, intervalMs: INTERVAL_MS, withBook: false });
const bars = (seed = 1) => [...syntheticBars(scans, { seed, day: DAY, intervalMs: INTERVAL_MS })];

describe('synthetic 0.1 s bars', () => {
  test('cover the day in blocks, every 0.1 s from 00:00 on', () => {
    const stamps = bars().flatMap(({ nsOfDay }) => [...nsOfDay]);
    expect(stamps.length).toBe(BARS_PER_DAY);
    expect(stamps.findIndex((ns, i) => ns !== i * 1e8)).toBe(-1);
    expect(bars().length).toBe(8); // 1,440 scans, 180 to a block
  });

  test('are the scan at its instant, and change at most once before the next, by whole ticks', () => {
    const { decimals } = syntheticUniverse(3)[1]!;
    let changes = 0;
    for (const [b, block] of bars().entries()) {
      for (let scan = 0; scan < block.rows / PER_SCAN; scan++) {
        const price = (bar: number) => block.prices[(scan * PER_SCAN + bar) * 3 + 1]!;
        expect(price(0)).toBe(scans.prices[(b * 180 + scan) * 3 + 1]);
        let inside = 0;
        for (let bar = 1; bar < PER_SCAN; bar++) if (price(bar) !== price(bar - 1)) inside++;
        expect(inside).toBeLessThanOrEqual(1);
        expect(Number(price(PER_SCAN - 1).toFixed(decimals))).toBe(price(PER_SCAN - 1));
        changes += inside;
      }
    }
    expect(changes / scans.rows).toBeGreaterThan(0.4);
    expect(changes / scans.rows).toBeLessThan(0.7);
  });

  test('are the same for the same seed, and others for another', () => {
    const bytes = (seed: number) => Buffer.concat(bars(seed).map(({ prices }) => Buffer.from(prices.slice().buffer)));
    expect(bytes(1).equals(bytes(1))).toBe(true);
    expect(bytes(1).equals(bytes(2))).toBe(false);
  });

  test('need scans that are longer than they are, and whole numbers of them', () => {
    for (const intervalMs of [100, 250]) {
      expect(() => syntheticBars(scans, { seed: 1, day: DAY, intervalMs }).next()).toThrow(RangeError);
    }
  });
});
