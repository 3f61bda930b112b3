import { InputError } from '../../model/input-error.ts';
import { dayOfUnixNs, NS_PER_DAY, unixNsFrom } from '../../model/time.ts';
import { bytesSource, readWholeFile } from './byte-source.ts';
import { readDoublesInto, readIntegers } from './columns.ts';
import { openParquet, type ParquetColumn, type ParquetFile, typeName } from './parquet-file.ts';

/** Which of a trade file's two stamps to read. */
export const TRADE_CLOCKS = ['event', 'recv'] as const;
export type TradeClock = (typeof TRADE_CLOCKS)[number];

/** Column and the nanoseconds in its unit. */
const STAMP_COLUMNS = {
  event: { name: 'exch_ms', unitNs: 1_000_000n },
  recv: { name: 'recv_ns', unitNs: 1n },
} as const;

/** Trades of one file in its order. */
export interface TradeFile {
  /** UTC day and exact ns of that day. */
  readonly days: Float64Array;
  readonly nsOfDay: Float64Array;
  /** As in the file, NaN = null. */
  readonly prices: Float64Array;
  readonly qtys: Float64Array;
  /** Exact. */
  readonly ids: Float64Array;
}

/**
 * Reads a file of trades: `exch_ms` or `recv_ns`, `trade_id` (integers, no nulls), `price`, `qty` (float or double).
 * Other columns are not looked at. Holds the whole file in memory.
 *
 * @throws InputError naming file, column and rule; for an id that a double cannot hold exactly also the row.
 */
export function readTradeFile(path: string, clock: TradeClock): TradeFile {
  const file = openParquet(path, bytesSource(readWholeFile(path)));
  const { name, unitNs } = STAMP_COLUMNS[clock];
  const stamps = readIntegers(file, integerColumn(file, name));
  const days = new Float64Array(file.rows);
  const nsOfDay = new Float64Array(file.rows);
  let day = Number.NaN;
  let dayNs = 0n;
  for (let row = 0; row < file.rows; row++) {
    const unixNs = (stamps[row] as bigint) * unitNs;
    let ns = Number(unixNs - dayNs);
    if (!(ns >= 0 && ns < NS_PER_DAY) || Number.isNaN(day)) {
      day = dayOfUnixNs(unixNs);
      dayNs = unixNsFrom(day, 0);
      ns = Number(unixNs - dayNs);
    }
    days[row] = day;
    nsOfDay[row] = ns;
  }
  return { days, nsOfDay, prices: doubles(file, 'price'), qtys: doubles(file, 'qty'), ids: tradeIds(file) };
}

function tradeIds(file: ParquetFile): Float64Array {
  const stored = readIntegers(file, integerColumn(file, 'trade_id'));
  const ids = new Float64Array(file.rows);
  for (let row = 0; row < ids.length; row++) {
    const id = Number(stored[row]);
    if (!Number.isSafeInteger(id)) {
      throw new InputError(`${file.path}: row ${row + 1}, column trade_id: ${stored[row]} must lie within ±(2^53 - 1)`);
    }
    ids[row] = id;
  }
  return ids;
}

function doubles(file: ParquetFile, name: string): Float64Array {
  const column = columnOf(file, name);
  const { type } = column.element;
  if (column.isNested || (type !== 'DOUBLE' && type !== 'FLOAT')) throw mistyped(file, column, 'float or double');
  const values = new Float64Array(file.rows);
  readDoublesInto(values, file, column);
  return values;
}

function integerColumn(file: ParquetFile, name: string): ParquetColumn {
  const column = columnOf(file, name);
  const { type } = column.element;
  if (column.isNested || (type !== 'INT64' && type !== 'INT32')) throw mistyped(file, column, 'an integer');
  return column;
}

function columnOf(file: ParquetFile, name: string): ParquetColumn {
  const column = file.columns.find((candidate) => candidate.name === name);
  if (column !== undefined) return column;
  const found = file.columns.map((candidate) => candidate.name).join(', ');
  throw new InputError(`${file.path}: column ${name} is missing, a file of trades must have it (found: ${found})`);
}

function mistyped(file: ParquetFile, column: ParquetColumn, rule: string): InputError {
  return new InputError(`${file.path}: column ${column.name} has type ${typeName(column)}, must be ${rule}`);
}
