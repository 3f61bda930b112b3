import { MS_PER_DAY, unixNsFrom } from '../../model/time.ts';
import { type GroupColumn, type GroupValues, writeParquetGroups } from './parquet-groups.ts';
import type { RowPrices } from './ports.ts';

const US_PER_DAY = MS_PER_DAY * 1000;
/** Bounds memory at 0.1 s bars (an hour per group); every other interval has one group. */
const ROWS_PER_GROUP = 36_000;

/** What a day of one symbol adds to a scan file. */
export interface SymbolDay {
  /** Null when the archive has no such day. */
  readonly prices: RowPrices | null;
  /** Last price before 00:00 UTC, NaN = not known. */
  readonly priceBefore: number;
}

/**
 * Writes one UTC day in the scan layout (semantics §1): `timestamp` int64 ns (bar close), `scan_number` from 1, one
 * nullable double per symbol. Rows run from 00:00:00 to one interval before midnight, all of them, traded or not.
 *
 * A symbol without the day has null in every row but the first, which belongs to the day before.
 *
 * @param symbolDays - one per symbol, same order.
 * @returns number of rows.
 */
export async function writeScanDay(
  path: string,
  day: number,
  intervalUs: number,
  symbols: readonly string[],
  symbolDays: readonly SymbolDay[],
): Promise<number> {
  const rows = US_PER_DAY / intervalUs;
  const columns: GroupColumn[] = [
    { name: 'timestamp', type: 'integer' },
    { name: 'scan_number', type: 'integer' },
    ...symbols.map((name) => ({ name, type: 'price' as const })),
  ];
  await writeParquetGroups(path, columns, rowGroups(rows, day, intervalUs, symbolDays));
  return rows;
}

function* rowGroups(
  rows: number,
  day: number,
  intervalUs: number,
  symbolDays: readonly SymbolDay[],
): Generator<GroupValues[]> {
  const stepNs = BigInt(intervalUs) * 1000n;
  const dayNs = unixNsFrom(day, 0);
  for (let from = 0; from < rows; from += ROWS_PER_GROUP) {
    const count = Math.min(ROWS_PER_GROUP, rows - from);
    const stamps = BigInt64Array.from({ length: count }, (_, i) => dayNs + BigInt(from + i) * stepNs);
    const numbers = BigInt64Array.from({ length: count }, (_, i) => BigInt(from + i + 1));
    yield [stamps, numbers, ...symbolDays.map((symbolDay) => pricesOf(symbolDay, from, count))];
  }
}

function pricesOf({ prices, priceBefore }: SymbolDay, rowFrom: number, count: number): Float64Array {
  const out = new Float64Array(count).fill(Number.NaN);
  if (prices !== null) prices.rowsInto(out, rowFrom, priceBefore);
  else if (rowFrom === 0) out[0] = priceBefore;
  return out;
}
