import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { decimalsOfPrices, type Instrument, instrumentFrom } from '../../model/instrument.ts';
import { isValidPrice } from '../../model/price.ts';
import { readInstrumentsCsv } from '../csv/instruments-csv.ts';
import { withFile } from '../parquet/byte-source.ts';
import { readDoublesInto } from '../parquet/columns.ts';
import { scanColumns } from '../parquet/day-columns.ts';
import { openParquet } from '../parquet/parquet-file.ts';
import type { DayFile } from './list.ts';

/**
 * The instruments of a universe: the lines of `instruments.csv` beside the days, and assumptions where it is missing or silent
 * (semantics §11). A tick is assumed from the decimals of the prices of the first day on which the asset has any.
 *
 * @param files - the days of the run, ascending; at most those are read that an assumption needs.
 * @returns one per asset, by index; lines of other symbols are left out.
 * @throws InputError naming file, line, column, value and rule, or the day file that cannot be read.
 */
export function loadInstruments(dir: string, universe: readonly string[], files: readonly DayFile[]): Instrument[] {
  const path = join(dir, 'instruments.csv');
  const rows = new Map((existsSync(path) ? readInstrumentsCsv(path) : []).map((row) => [row.symbol, row]));
  const withoutTick = universe.filter((symbol) => Number.isNaN(rows.get(symbol)?.tickPx ?? Number.NaN));
  const decimals = priceDecimals(withoutTick, files);
  return universe.map((symbol) => instrumentFrom(symbol, rows.get(symbol), decimals.get(symbol) ?? NO_PRICES_DECIMALS));
}

const NO_PRICES_DECIMALS = decimalsOfPrices([]);

function priceDecimals(symbols: readonly string[], files: readonly DayFile[]): Map<string, number> {
  const decimals = new Map<string, number>();
  const wanted = new Set(symbols);
  for (const { path } of files) {
    if (wanted.size === 0) break;
    withFile(path, (source) => {
      const file = openParquet(path, source);
      const prices = new Float64Array(file.rows);
      for (const column of scanColumns(file).assets) {
        if (!wanted.has(column.name)) continue;
        readDoublesInto(prices, file, column);
        if (!prices.some(isValidPrice)) continue;
        decimals.set(column.name, decimalsOfPrices(prices));
        wanted.delete(column.name);
      }
    });
  }
  return decimals;
}
