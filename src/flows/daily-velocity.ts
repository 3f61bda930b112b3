import { listDayFiles } from '../adapters/day-folder/list.ts';
import { inspectDay } from '../adapters/day-folder/plan.ts';
import { decodeDay } from '../adapters/parquet/read-day.ts';
import { SIGNAL_V750, SIGNAL_VALUES } from '../model/frame.ts';
import { attachDayBlock } from '../shm/day-block.ts';
import type { DatedValue } from './external-factors.ts';

/**
 * Mean of `v750_lambda_max_velocity` over each day's scans, by their date; NaN for a day without a value. Days without scan
 * columns are left out: `dolphin scan` writes them.
 * @param dir - folder of days.
 * @throws InputError for a folder without days or a damaged one.
 */
export async function dailyW750(dir: string): Promise<DatedValue[]> {
  const values: DatedValue[] = [];
  for (const file of listDayFiles({ dir })) {
    const { path, day } = file;
    const { assets, hasSignals } = inspectDay({ ...file, bookPath: null }, null);
    if (!hasSignals) continue;
    const decoded = await decodeDay({ path, day, bookPath: null, universe: assets });
    const { signals, rows } = attachDayBlock(decoded.buffer, decoded.shape);
    values.push({ day, value: meanOf(signals, rows) });
  }
  return values;
}

function meanOf(signals: Float64Array, rows: number): number {
  let sum = 0;
  let count = 0;
  for (let row = 0; row < rows; row++) {
    const value = signals[row * SIGNAL_VALUES + SIGNAL_V750] as number;
    if (!Number.isFinite(value)) continue;
    sum += value;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}
