import { MS_PER_DAY } from '../../model/time.ts';
import type { CsvRow } from './csv-rows.ts';

const US_PER_MS = 1000;
/** Above this a UNIX time of our age is in µs, below in ms (1e14 ms is the year 5138, 1e14 µs is 1973). */
const SMALLEST_US = 1e14;

/** µs since the epoch of 00:00 UTC of a day number. */
export function dayStartUs(day: number): number {
  return day * MS_PER_DAY * US_PER_MS;
}

/**
 * Reads the time column of one file, in ms or µs by magnitude (the archive changed its unit over the years, and no
 * file says which it uses), and holds every row to the unit of the first and to the span [fromUs, toUs).
 */
export class EventTimeColumn {
  readonly #fromUs: number;
  readonly #toUs: number;
  #isUs: boolean | null = null;

  constructor(fromUs: number, toUs: number) {
    this.#fromUs = fromUs;
    this.#toUs = toUs;
  }

  /**
   * UNIX time in µs.
   * @throws InputError with file, line, value and rule on a mixed unit or a time outside the span.
   */
  read(row: CsvRow, field: number, name: string): number {
    const value = row.integer(field, name);
    const isUs = value > SMALLEST_US;
    this.#isUs ??= isUs;
    if (isUs !== this.#isUs) {
      throw row.error(name, String(value), `must be in ${this.#isUs ? 'µs' : 'ms'} like the rows before`);
    }
    const timeUs = isUs ? value : value * US_PER_MS;
    if (timeUs < this.#fromUs || timeUs >= this.#toUs) {
      throw row.error(name, String(value), `must lie in [${isoOfUs(this.#fromUs)}, ${isoOfUs(this.#toUs)})`);
    }
    return timeUs;
  }
}

function isoOfUs(us: number): string {
  return new Date(us / US_PER_MS).toISOString();
}
