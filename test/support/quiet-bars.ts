import { BAR_MS } from '../../src/model/resolution.ts';
import { NS_PER_MS } from '../../src/model/time.ts';
import { type BarBlock, barBlockOf } from '../../src/shm/bar-block.ts';
import type { DayBlock } from '../../src/shm/day-block.ts';

const BAR_NS = BAR_MS * NS_PER_MS;
const SCANS_PER_BLOCK = 64;

/**
 * The 0.1 s bars of a day on which nothing happens between two scans: from each accepted scan to the next that is due,
 * the scan's prices again and again, missing ones too, its own instant first. Where scans are missing the feed is out, and
 * there are no bars either.
 *
 * @param barsPerScan - 50 for scans of 5 s.
 */
export function* quietBars(day: DayBlock, barsPerScan: number): Generator<BarBlock> {
  const rows = acceptedRows(day);
  for (let from = 0; from < rows.length; from += SCANS_PER_BLOCK) {
    const scans = rows.slice(from, from + SCANS_PER_BLOCK);
    const block = barBlockOf({ rows: scans.length * barsPerScan, assets: day.assets });
    scans.forEach((row, i) => {
      const prices = day.prices.subarray(row * day.assets, (row + 1) * day.assets);
      for (let j = 0; j < barsPerScan; j++) {
        const bar = i * barsPerScan + j;
        block.nsOfDay[bar] = day.nsOfDay[row]! + j * BAR_NS;
        block.prices.set(prices, bar * day.assets);
      }
    });
    yield block;
  }
}

function acceptedRows({ scanNumbers, rows }: DayBlock): number[] {
  let last = Number.NEGATIVE_INFINITY;
  return Array.from({ length: rows }, (_, row) => row).filter((row) => {
    if (!(scanNumbers[row]! > last)) return false;
    last = scanNumbers[row]!;
    return true;
  });
}
