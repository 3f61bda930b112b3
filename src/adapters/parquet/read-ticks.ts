import { InputError } from '../../model/input-error.ts';
import { BUY, SELL } from '../../model/order.ts';
import { DEPTH_LEVELS, TICK_DEPTH, TICK_QUOTE, TICK_TRADE } from '../../model/tick.ts';
import { isoFrom } from '../../model/time.ts';
import { withFile } from './byte-source.ts';
import { readDoublesInto, readFlags } from './columns.ts';
import { openParquet, type ParquetColumn, type ParquetFile, typeName } from './parquet-file.ts';
import { MAX_GROUP_BYTES } from './read-bars.ts';
import { chunkOf, groupOf } from './row-group.ts';
import { readNsOfDay } from './stamps.ts';

/** Kinds of ticks that have files. */
export type TickFileKind = typeof TICK_DEPTH | typeof TICK_TRADE | typeof TICK_QUOTE;

/** Side of who took: the buyer who made was hit by a seller. */
const AGGRESSOR_COLUMN = 'is_buyer_maker';

/** Columns of a file of each kind: its stamp (int64 ns, when we received it), and the values of its ticks in their order. */
const COLUMNS: Record<TickFileKind, { readonly stamp: string; readonly values: readonly string[] }> = {
  [TICK_DEPTH]: { stamp: 'timestamp', values: ['bid_px', 'bid_qty', 'ask_px', 'ask_qty'].flatMap(levelsOf) },
  [TICK_TRADE]: { stamp: 'recv_ns', values: ['price', 'qty', AGGRESSOR_COLUMN] },
  [TICK_QUOTE]: { stamp: 'recv_ns', values: ['bid', 'bid_qty', 'ask', 'ask_qty'] },
};

/** A file of ticks of one asset and day, its footer read and checked. */
export interface OpenTickFile {
  readonly path: string;
  readonly kind: TickFileKind;
  /** UTC day number of its date. */
  readonly day: number;
  readonly file: ParquetFile;
  readonly stamp: ParquetColumn;
  /** In the order of a tick's values. */
  readonly values: readonly ParquetColumn[];
}

/** Some ticks of a file in its order. */
export interface TickBlock {
  readonly rows: number;
  /** Never going back. */
  readonly nsOfDay: Float64Array;
  /** One per value of a tick; NaN = null. An aggressor is BUY or SELL. */
  readonly values: readonly Float64Array[];
}

/**
 * Opens a file of ticks: whole books (`timestamp`, `bid_px_0..19`, `bid_qty_0..19`, `ask_px_0..19`, `ask_qty_0..19`), trades
 * (`recv_ns`, `price`, `qty`, `is_buyer_maker`) or best levels (`recv_ns`, `bid`, `bid_qty`, `ask`, `ask_qty`). Other columns are
 * not looked at. Its row groups are its blocks.
 *
 * @throws InputError naming file, column and rule for what is missing or mistyped, and for a row group that is too large.
 */
export function openTickFile(
  path: string,
  kind: TickFileKind,
  day: number,
  maxGroupBytes = MAX_GROUP_BYTES,
): OpenTickFile {
  return withFile(path, (source) => {
    const file = openParquet(path, source);
    const { stamp, values } = COLUMNS[kind];
    const columns = values.map((name) => typedColumn(file, name, name === AGGRESSOR_COLUMN ? 'BOOLEAN' : 'DOUBLE'));
    requireSmallGroups(file, columns.length + 1, maxGroupBytes);
    return { path, kind, day, file, stamp: typedColumn(file, stamp, 'INT64'), values: columns };
  });
}

/**
 * Decodes one row group.
 * @throws InputError for damaged pages, a null stamp, one of another date, and one that goes back.
 */
export function readTickBlock(ticks: OpenTickFile, group: number): TickBlock {
  return withFile(ticks.path, (source) => {
    const file = groupOf({ ...ticks.file, source }, group);
    const nsOfDay = readNsOfDay(file, chunkOf(ticks.stamp, group), ticks.day);
    requireNotBack(ticks, nsOfDay);
    return { rows: file.rows, nsOfDay, values: ticks.values.map((column) => readValues(file, chunkOf(column, group))) };
  });
}

/** The blocks of a file, each decoded when it is asked for. @throws InputError as {@link readTickBlock}, also between two blocks. */
export function* readTickBlocks(ticks: OpenTickFile): Generator<TickBlock> {
  let last = 0;
  for (const [group, rows] of ticks.file.groupRows.entries()) {
    if (rows === 0) continue;
    const block = readTickBlock(ticks, group);
    requireNotBack(ticks, block.nsOfDay.subarray(0, 1), last);
    last = block.nsOfDay[rows - 1] as number;
    yield block;
  }
}

function readValues(file: ParquetFile, column: ParquetColumn): Float64Array {
  if (column.name === AGGRESSOR_COLUMN) {
    return Float64Array.from(readFlags(file, column), (isBuyerMaker) => (isBuyerMaker === 1 ? SELL : BUY));
  }
  const values = new Float64Array(file.rows);
  readDoublesInto(values, file, column);
  return values;
}

function requireNotBack({ path, day, stamp }: OpenTickFile, nsOfDay: Float64Array, after = 0): void {
  let last = after;
  for (const ns of nsOfDay) {
    if (ns < last) {
      const [at, before] = [isoFrom(day, ns), isoFrom(day, last)];
      throw new InputError(
        `${path}: column ${stamp.name}: ${at} must not be earlier than ${before}, the row before it`,
      );
    }
    last = ns;
  }
}

function typedColumn(file: ParquetFile, name: string, type: 'INT64' | 'DOUBLE' | 'BOOLEAN'): ParquetColumn {
  const column = file.columns.find((candidate) => candidate.name === name);
  if (column === undefined) {
    const found = file.columns.slice(0, 6).map((candidate) => candidate.name);
    throw new InputError(`${file.path}: column ${name} is missing, it is required (found: ${found.join(', ')}, ...)`);
  }
  if (column.isNested || column.element.type !== type) {
    throw new InputError(`${file.path}: column ${name} has type ${typeName(column)}, must be ${type.toLowerCase()}`);
  }
  return column;
}

function requireSmallGroups(file: ParquetFile, columns: number, maxBytes: number): void {
  const largest = Math.max(...file.groupRows);
  const most = Math.floor(maxBytes / (8 * columns));
  if (largest <= most) return;
  throw new InputError(
    `${file.path}: a row group has ${largest} rows, must be at most ${most}: row groups are decoded whole; write the file ` +
      'again with smaller ones',
  );
}

function levelsOf(name: string): string[] {
  return Array.from({ length: DEPTH_LEVELS }, (_, level) => `${name}_${level}`);
}
