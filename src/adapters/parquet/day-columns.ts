import { BOOK_FIELDS, SIGNAL_FIELDS, SIGNAL_V50, SIGNAL_V150, SIGNAL_VEL_DIV } from '../../model/frame.ts';
import { InputError } from '../../model/input-error.ts';
import { type ParquetColumn, type ParquetFile, typeName } from './parquet-file.ts';

/** Universe sizes that the engine is laid out for. */
export const MIN_ASSETS = 1;
export const MAX_ASSETS = 400;

const INDEX_COLUMN = /^__index_level_\d+__$/;
const ASSET_SUFFIX = 'USDT';

/** The columns of a day file by their meaning. */
export interface ScanColumns {
  readonly timestamp: ParquetColumn;
  readonly scanNumber: ParquetColumn;
  /** Length SIGNAL_VALUES, in the order of SIGNAL_FIELDS; null = not in the file. */
  readonly signals: readonly (ParquetColumn | null)[];
  /** In file order. */
  readonly assets: readonly ParquetColumn[];
  /** The file holds `vel_div`, or what it is computed from. */
  readonly hasSignals: boolean;
}

/** The columns of an order-book file by their meaning. */
export interface BookColumns {
  readonly timestamp: ParquetColumn;
  readonly symbol: ParquetColumn;
  /** Length BOOK_VALUES, in the order of BOOK_FIELDS. */
  readonly values: readonly ParquetColumn[];
}

/**
 * Sorts a day file's columns by name; where they stand in the file does not matter. Semantics §1.
 * @throws InputError naming the column that is missing, unknown, twice there or of a wrong type, and the rule.
 */
export function scanColumns(file: ParquetFile): ScanColumns {
  const byName = columnsByName(file);
  const assets = file.columns.filter(({ name }) => name.endsWith(ASSET_SUFFIX));
  const signals = SIGNAL_FIELDS.map((name) => byName.get(name) ?? null);
  const timestamp = required(file, byName, 'timestamp');
  const scanNumber = required(file, byName, 'scan_number');
  const known = new Set([timestamp, scanNumber, ...signals, ...assets]);
  const symbols = assets.map(({ name }) => name);
  const unknown = file.columns.filter((column) => !known.has(column) && !isIgnored(column.name, symbols));
  refuseUnknown(
    file,
    unknown,
    `prices end in ${ASSET_SUFFIX}, and only __index_level_N__ and <SYMBOL>_<name> are ignored`,
  );
  if (assets.length < MIN_ASSETS || assets.length > MAX_ASSETS) {
    throw new InputError(
      `${file.path}: has ${assets.length} asset columns (names ending in ${ASSET_SUFFIX}), must be ${MIN_ASSETS} to ${MAX_ASSETS}`,
    );
  }
  requireTimestamp(file, timestamp);
  requireInteger(file, scanNumber);
  for (const column of [...signals, ...assets]) if (column !== null) requireFloat(file, column);
  const has = (index: number) => signals[index] !== null;
  const hasSignals = has(SIGNAL_VEL_DIV) || (has(SIGNAL_V50) && has(SIGNAL_V150));
  return { timestamp, scanNumber, signals, assets, hasSignals };
}

/**
 * Sorts an order-book file's columns by name. Semantics §7.
 * @throws InputError naming the column that is missing, unknown, twice there or of a wrong type, and the rule.
 */
export function bookColumns(file: ParquetFile): BookColumns {
  const byName = columnsByName(file);
  const timestamp = required(file, byName, 'timestamp');
  const symbol = required(file, byName, 'symbol');
  const values = BOOK_FIELDS.map((name) => required(file, byName, name));
  const known = new Set([timestamp, symbol, ...values]);
  const unknown = file.columns.filter((column) => !known.has(column) && !INDEX_COLUMN.test(column.name));
  refuseUnknown(file, unknown, 'an order-book file has timestamp, symbol and the 20 bid/ask notionals and depths');
  requireTimestamp(file, timestamp);
  if (symbol.isNested || symbol.element.type !== 'BYTE_ARRAY') throw mistyped(file, symbol, 'text');
  for (const column of values) requireFloat(file, column);
  return { timestamp, symbol, values };
}

/**
 * Nanoseconds that one unit of a timestamp column stands for: plain integers are ns, Parquet timestamps say their
 * unit, INT96 is read as ns.
 */
export function timestampUnitNs(column: ParquetColumn): number {
  const { logical_type: logical, converted_type: converted } = column.element;
  const unit = logical?.type === 'TIMESTAMP' ? logical.unit : converted;
  if (unit === 'MILLIS' || unit === 'TIMESTAMP_MILLIS') return 1_000_000;
  return unit === 'MICROS' || unit === 'TIMESTAMP_MICROS' ? 1000 : 1;
}

function columnsByName(file: ParquetFile): Map<string, ParquetColumn> {
  const byName = new Map<string, ParquetColumn>();
  for (const column of file.columns) {
    if (byName.has(column.name))
      throw new InputError(`${file.path}: column ${column.name} is there twice, names must differ`);
    byName.set(column.name, column);
  }
  return byName;
}

function required(file: ParquetFile, byName: Map<string, ParquetColumn>, name: string): ParquetColumn {
  const column = byName.get(name);
  if (column !== undefined) return column;
  throw new InputError(
    `${file.path}: column ${name} is missing, it is required (found: ${abridged([...byName.keys()])})`,
  );
}

function isIgnored(name: string, symbols: readonly string[]): boolean {
  return INDEX_COLUMN.test(name) || symbols.some((symbol) => name.startsWith(`${symbol}_`));
}

function refuseUnknown(file: ParquetFile, unknown: readonly ParquetColumn[], rule: string): void {
  if (unknown.length === 0) return;
  const names = abridged(unknown.map(({ name }) => JSON.stringify(name)));
  throw new InputError(`${file.path}: unknown column ${names}: ${rule}`);
}

function requireTimestamp(file: ParquetFile, column: ParquetColumn): void {
  const { type, converted_type: converted, logical_type: logical } = column.element;
  const isPlain = logical === undefined && converted === undefined;
  const isStamp = logical?.type === 'TIMESTAMP' || converted?.startsWith('TIMESTAMP_') === true;
  const isSigned =
    (logical?.type === 'INTEGER' && logical.isSigned) || (logical === undefined && converted === 'INT_64');
  const fits = (type === 'INT64' && (isPlain || isStamp || isSigned)) || type === 'INT96';
  if (column.isNested || !fits) throw mistyped(file, column, 'int64 nanoseconds since 1970 or a Parquet timestamp');
}

function requireInteger(file: ParquetFile, column: ParquetColumn): void {
  const { type, converted_type: converted, logical_type: logical } = column.element;
  const isInteger =
    logical === undefined ? converted === undefined || /^U?INT_/.test(converted) : logical.type === 'INTEGER';
  if (column.isNested || !isInteger || (type !== 'INT32' && type !== 'INT64'))
    throw mistyped(file, column, 'an integer');
}

function requireFloat(file: ParquetFile, column: ParquetColumn): void {
  const { type, logical_type: logical } = column.element;
  // pandas writes a column of nothing but None with Parquet's null type: an asset without any price.
  const fits = type === 'DOUBLE' || type === 'FLOAT' || logical?.type === 'NULL';
  if (column.isNested || !fits) throw mistyped(file, column, 'float or double');
}

function mistyped(file: ParquetFile, column: ParquetColumn, rule: string): InputError {
  return new InputError(`${file.path}: column ${column.name} has type ${typeName(column)}, must be ${rule}`);
}

function abridged(names: readonly string[]): string {
  const shown = 6;
  return names.length <= shown
    ? names.join(', ')
    : `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`;
}
