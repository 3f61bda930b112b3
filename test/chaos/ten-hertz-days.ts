import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SYNTHETIC_MARK } from '../../src/adapters/day-folder/plan.ts';
import { writeBarsFile } from '../../src/main/bars-file.ts';
import { writeBlockFile } from '../../src/main/block-file.ts';
import { SIGNAL_VALUES } from '../../src/model/frame.ts';
import { dateFromDay, dayFromDate } from '../../src/model/time.ts';
import { syntheticBars } from '../../src/replay/synthetic/bars.ts';
import { createSyntheticDay } from '../../src/replay/synthetic/synthetic-day.ts';
import { syntheticUniverse } from '../../src/replay/synthetic/universe.ts';
import type { DayBlock } from '../../src/shm/day-block.ts';

const SEED = 11;
const SCAN_MS = 5000;
const DAY = dayFromDate('2026-01-05');

/** Writes the first minutes of a synthetic day with its 0.1 s bars: a frame each 100 ms, and one more per scan. */
export async function makeTenHertzDay(dir: string, minutes: number, assets: number): Promise<void> {
  const universe = syntheticUniverse(assets).map(({ symbol }) => symbol);
  const day = createSyntheticDay({ seed: SEED, day: DAY, assets, intervalMs: SCAN_MS, withBook: false });
  const block = firstRows(day, (minutes * 60_000) / SCAN_MS);
  const name = `${dateFromDay(DAY)}.parquet`;
  mkdirSync(join(dir, 'bars'), { recursive: true });
  writeFileSync(join(dir, SYNTHETIC_MARK), 'synthetic\n');
  const bars = syntheticBars(block, { seed: SEED, day: DAY, intervalMs: SCAN_MS });
  await writeBarsFile(join(dir, 'bars', name), DAY, universe, bars);
  await writeBlockFile(join(dir, name), block, { day: DAY, assets: universe, withSignals: true });
}

function firstRows(day: DayBlock, rows: number): DayBlock {
  return {
    ...day,
    rows,
    nsOfDay: day.nsOfDay.subarray(0, rows),
    scanNumbers: day.scanNumbers.subarray(0, rows),
    signals: day.signals.subarray(0, rows * SIGNAL_VALUES),
    prices: day.prices.subarray(0, rows * day.assets),
  };
}
