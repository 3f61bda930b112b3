import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeBarsFile } from '../../src/main/bars-file.ts';
import { writeBlockFile } from '../../src/main/block-file.ts';
import { SIGNAL_VALUES } from '../../src/model/frame.ts';
import { dateFromDay, dayFromDate } from '../../src/model/time.ts';
import { syntheticBars } from '../../src/replay/synthetic/bars.ts';
import { createSyntheticDay } from '../../src/replay/synthetic/synthetic-day.ts';
import { syntheticUniverse } from '../../src/replay/synthetic/universe.ts';
import { createDayBlock, type DayBlock } from '../../src/shm/day-block.ts';

export interface BarDaysOptions {
  readonly days: number;
  /** Scans of each day, from 00:00 on. */
  readonly scans: number;
  readonly assets: number;
  /** Scan columns in the days; default true. */
  readonly withSignals?: boolean;
}

/** Writes the first hours of some synthetic days, with 0.1 s bars beside them. */
export async function writeBarDays(
  dir: string,
  { days, scans, assets, withSignals = true }: BarDaysOptions,
): Promise<void> {
  const symbols = syntheticUniverse(assets).map(({ symbol }) => symbol);
  mkdirSync(join(dir, 'bars'), { recursive: true });
  for (let i = 0; i < days; i++) {
    const day = dayFromDate('2026-01-05') + i;
    const whole = createSyntheticDay({ seed: 1, day, assets, intervalMs: 5000, withBook: false });
    const block = firstScans(whole, scans);
    const name = `${dateFromDay(day)}.parquet`;
    await writeBlockFile(join(dir, name), block, { day, assets: symbols, withSignals });
    await writeBarsFile(
      join(dir, 'bars', name),
      day,
      symbols,
      syntheticBars(block, { seed: 1, day, intervalMs: 5000 }),
    );
  }
}

function firstScans(day: DayBlock, rows: number): DayBlock {
  const block = createDayBlock({ rows, assets: day.assets, books: 0 });
  block.nsOfDay.set(day.nsOfDay.subarray(0, rows));
  block.scanNumbers.set(day.scanNumbers.subarray(0, rows));
  block.signals.set(day.signals.subarray(0, rows * SIGNAL_VALUES));
  block.prices.set(day.prices.subarray(0, rows * day.assets));
  return block;
}
