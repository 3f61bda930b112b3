import { SIGNAL_FIELDS } from '../../model/frame.ts';
import { type ColumnSource, writeParquet } from './write-parquet.ts';

type SignalField = (typeof SIGNAL_FIELDS)[number];

/** A day of scans to write. All arrays have one entry per scan, oldest first. */
export interface DayTable {
  /** UNIX ns of the bars' closes. */
  readonly timestampsNs: BigInt64Array;
  readonly scanNumbers: ArrayLike<number>;
  /** Signal columns to write, by name; NaN = missing. None: a price-only day. */
  readonly signals?: Partial<Record<SignalField, Float64Array>> | undefined;
  /** Symbols in index order. */
  readonly assets: readonly string[];
  /** Row-major, rows x assets, NaN = missing. */
  readonly prices: Float64Array;
}

/**
 * Writes a day file in the layout of semantics §1, with int64 ns stamps. Missing values are written as nulls.
 *
 * @throws RangeError when lengths differ; else as `writeParquet`.
 */
export async function writeDayFile(path: string, day: DayTable): Promise<void> {
  const rows = day.timestampsNs.length;
  requireLength('scanNumbers', day.scanNumbers.length, rows);
  requireLength('prices', day.prices.length, rows * day.assets.length);
  const columns: ColumnSource[] = [
    { name: 'timestamp', data: day.timestampsNs, type: 'INT64', nullable: false },
    {
      name: 'scan_number',
      data: BigInt64Array.from(Array.from(day.scanNumbers), BigInt),
      type: 'INT64',
      nullable: false,
    },
  ];
  for (const name of SIGNAL_FIELDS) {
    const values = day.signals?.[name];
    if (values === undefined) continue;
    requireLength(name, values.length, rows);
    columns.push(doubles(name, values));
  }
  for (const [asset, symbol] of day.assets.entries()) {
    const stride = day.assets.length;
    columns.push(
      doubles(
        symbol,
        Float64Array.from({ length: rows }, (_, row) => day.prices[row * stride + asset] as number),
      ),
    );
  }
  await writeParquet(path, columns);
}

function doubles(name: string, values: Float64Array): ColumnSource {
  if (!values.some(Number.isNaN)) return { name, data: values, type: 'DOUBLE', nullable: true };
  return {
    name,
    data: Array.from(values, (value) => (Number.isNaN(value) ? null : value)),
    type: 'DOUBLE',
    nullable: true,
  };
}

function requireLength(name: string, length: number, expected: number): void {
  if (length !== expected) throw new RangeError(`${name} must have ${expected} values, had ${length}`);
}
