import type { FundingRow } from '../../model/funding.ts';
import { dayOfUnixNs, nsOfDayOfUnixNs } from '../../model/time.ts';
import { type CsvLine, cell, cellError, optionalNumberCell, readCsv } from './table.ts';

const COLUMNS = ['timestamp', 'symbol', 'rate', 'mark_price'] as const;
const UNIX_NS = /^\d{1,19}$/;

/**
 * Reads `funding.csv`: `timestamp` is ns since the epoch, as in day files; an empty `mark_price` is not told (NaN).
 * @param universe - symbols in index order; rows of others are left out.
 * @returns ascending by time, ties in the order of the universe.
 * @throws InputError naming file, line, column, value and rule; also for a settlement that is there twice.
 */
export function readFundingCsv(path: string, universe: readonly string[]): FundingRow[] {
  const indexOf = new Map(universe.map((symbol, index) => [symbol, index]));
  const lineOf = new Map<string, number>();
  const rows: FundingRow[] = [];
  for (const line of readCsv(path, COLUMNS)) {
    const row = fundingRow(line, indexOf);
    const key = `${cell(line, 'timestamp')} ${cell(line, 'symbol')}`;
    const first = lineOf.get(key);
    if (first !== undefined) {
      throw cellError(line, 'timestamp', `is there twice for ${cell(line, 'symbol')} (first on line ${first})`);
    }
    lineOf.set(key, line.line);
    if (row !== null) rows.push(row);
  }
  return rows.sort((a, b) => a.day - b.day || a.nsOfDay - b.nsOfDay || a.assetIndex - b.assetIndex);
}

function fundingRow(line: CsvLine, indexOf: ReadonlyMap<string, number>): FundingRow | null {
  const text = cell(line, 'timestamp');
  if (!UNIX_NS.test(text)) throw cellError(line, 'timestamp', 'must be whole nanoseconds since 1970');
  const rate = optionalNumberCell(line, 'rate');
  if (Number.isNaN(rate)) throw cellError(line, 'rate', 'must be a number');
  const markPx = optionalNumberCell(line, 'mark_price');
  if (markPx <= 0) throw cellError(line, 'mark_price', 'must be greater than 0, or empty where it is not told');
  const assetIndex = indexOf.get(cell(line, 'symbol'));
  if (assetIndex === undefined) return null;
  const unixNs = BigInt(text);
  return { day: dayOfUnixNs(unixNs), nsOfDay: nsOfDayOfUnixNs(unixNs), assetIndex, rate, markPx };
}
