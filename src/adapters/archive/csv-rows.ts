import { InputError } from '../../model/input-error.ts';
import { parseDecimal } from './decimal.ts';

const COMMA = 0x2c;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** One row of a CSV file while it is being read; valid only during the callback. */
export class CsvRow {
  /** Number of the line in the file, from 1. */
  line = 0;
  /** Number of fields. */
  fields = 0;
  readonly #file: string;
  #bytes: Uint8Array = new Uint8Array(0);
  readonly #ends = new Int32Array(64);
  #start = 0;

  /** @param file - how messages call the file. */
  constructor(file: string) {
    this.#file = file;
  }

  /** Points the row at [start, end) of `bytes`. More than 64 fields count but cannot be read. */
  point(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.#start = start;
    this.fields = 0;
    for (let at = start; at < end; at++) if (bytes[at] === COMMA) this.#ends[this.fields++] = at;
    this.#ends[this.fields++] = end;
  }

  /** True when the first field does not begin like a number or a date: the header of newer files. */
  get isHeader(): boolean {
    const first = this.#bytes[this.#start] ?? 0;
    return !(first >= 0x30 && first <= 0x39) && first !== 0x2d;
  }

  /** Text of a field. */
  text(field: number): string {
    return Buffer.from(this.#bytes.subarray(this.#from(field), this.#ends[field])).toString('latin1');
  }

  /** @throws InputError when the field is not a finite decimal number. */
  number(field: number, name: string): number {
    const value = parseDecimal(this.#bytes, this.#from(field), this.#ends[field] as number);
    if (!Number.isFinite(value)) throw this.error(name, this.text(field), 'must be a number');
    return value;
  }

  /** @throws InputError when the field is not a number > 0. */
  positive(field: number, name: string): number {
    const value = this.number(field, name);
    if (!(value > 0)) throw this.error(name, this.text(field), 'must be > 0');
    return value;
  }

  /** @throws InputError when the field is not an integer >= 0 that a double holds exactly. */
  integer(field: number, name: string): number {
    const value = this.number(field, name);
    if (!Number.isSafeInteger(value) || value < 0) throw this.error(name, this.text(field), 'must be an integer >= 0');
    return value;
  }

  /** An error about one field of this row. */
  error(name: string, value: string, rule: string): InputError {
    return new InputError(`${this.#file}: line ${this.line}, ${name} ${rule}, was ${JSON.stringify(value)}`);
  }

  #from(field: number): number {
    return field === 0 ? this.#start : (this.#ends[field - 1] as number) + 1;
  }
}

/**
 * Calls `onRow` for each data row of a CSV, holding one chunk at a time. A first line that is no data is taken as the
 * header (present or not, depending on the age of the file) and left out; its names are not relied upon. Empty lines
 * and carriage returns are passed over; fields are never quoted.
 *
 * @param fields - fewest fields of a row.
 * @returns number of data rows.
 * @throws InputError with file and line on a row with fewer fields, and whatever `onRow` throws.
 */
export async function forEachCsvRow(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  fields: number,
  onRow: (row: CsvRow) => void,
): Promise<number> {
  const row = new CsvRow(file);
  let rows = 0;
  const take = (bytes: Uint8Array, start: number, lineEnd: number): void => {
    row.line++;
    const end = lineEnd > start && bytes[lineEnd - 1] === RETURN ? lineEnd - 1 : lineEnd;
    if (end === start) return;
    row.point(bytes, start, end);
    if (row.line === 1 && row.isHeader) return;
    if (row.fields < fields)
      throw row.error('row', row.text(0), `must have ${fields} fields or more, had ${row.fields}`);
    rows++;
    onRow(row);
  };
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      take(bytes, start, end);
      start = end + 1;
    }
    rest = bytes.subarray(start);
  }
  if (rest.length > 0) take(rest, 0, rest.length);
  return rows;
}
