import { ASK_DEPTH_1, ASK_NOTIONAL_1, BID_DEPTH_1, BID_NOTIONAL_1, BOOK_VALUES } from '../../model/frame.ts';
import { dayFromDate, NS_PER_SECOND } from '../../model/time.ts';
import { type CsvRow, forEachCsvRow } from './csv-rows.ts';
import { readZipEntry } from './zip-entry.ts';

// timestamp (text, UTC), percentage, depth, notional
const TIMESTAMP = 0;
const PERCENTAGE = 1;
const DEPTH = 2;
const NOTIONAL = 3;
const FIELDS = 4;
const DEEPEST_BAND_PCT = 5;
const ALL_BANDS = 2 ** (2 * DEEPEST_BAND_PCT) - 1;
const ASK_1 = [ASK_NOTIONAL_1, ASK_DEPTH_1] as const;

/** Depth snapshots of one symbol and day, by ascending time. */
export interface BookDay {
  /** ns since 00:00 UTC, one per snapshot, ascending, each once. */
  readonly nsOfDay: Float64Array;
  /** Row-major, BOOK_VALUES per snapshot in the order of BOOK_FIELDS. Notional in USDT, depth in base units. */
  readonly values: Float64Array;
  /** Snapshots left out because one of the ten bands was not there. */
  readonly incomplete: number;
  /** Rows of bands other than ±1 … ±5 % (±0.2 % since about 2026). */
  readonly otherBandRows: number;
  /** Rows that named a band of a snapshot a second time; the later one holds. */
  readonly repeatedRows: number;
  /** Longest run of snapshots whose +1 % band did not change: the archive has published frozen ones. */
  readonly longestFrozenAsk: number;
}

interface Snapshot {
  readonly values: Float64Array;
  bands: number;
}

/**
 * One day of bookDepth: cumulative depth from mid to each whole percent, a snapshot every 30 s or so.
 *
 * @param date - `YYYY-MM-DD`; every row must carry it.
 * @throws InputError with file and line on a damaged zip or row, or a time of another day.
 */
export async function readBookDepth(zipPath: string, date: string): Promise<BookDay> {
  const snapshots = new Map<number, Snapshot>();
  const day = dayFromDate(date);
  let otherBandRows = 0;
  let repeatedRows = 0;
  await forEachCsvRow(zipPath, readZipEntry(zipPath), FIELDS, (row) => {
    const nsOfDay = readTimestamp(row, day, date);
    const band = row.number(PERCENTAGE, 'percentage'); // `-5` in older files, `-5.00` in newer ones
    const percent = Math.abs(band);
    if (!Number.isInteger(percent) || percent < 1 || percent > DEEPEST_BAND_PCT) {
      otherBandRows++;
      return;
    }
    const snapshot = snapshots.get(nsOfDay) ?? { values: new Float64Array(BOOK_VALUES), bands: 0 };
    snapshots.set(nsOfDay, snapshot);
    if (!setBand(snapshot, band, readAmount(row, DEPTH, 'depth'), readAmount(row, NOTIONAL, 'notional'))) {
      repeatedRows++;
    }
  });
  return { ...complete(snapshots), otherBandRows, repeatedRows };
}

function readTimestamp(row: CsvRow, day: number, date: string): number {
  const text = row.text(TIMESTAMP);
  const match = /^(\d{4}-\d{2}-\d{2})[ T]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d{1,9})?$/.exec(text);
  if (match === null) throw row.error('timestamp', text, 'must be YYYY-MM-DD hh:mm:ss');
  if (dayFromDate(match[1] as string) !== day) throw row.error('timestamp', text, `must lie on ${date}`);
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4]);
  return seconds * NS_PER_SECOND + Math.round(Number(match[5] ?? 0) * NS_PER_SECOND);
}

function readAmount(row: CsvRow, field: number, name: string): number {
  const amount = row.number(field, name);
  if (amount < 0) throw row.error(name, row.text(field), 'must be >= 0');
  return amount;
}

/** @returns false when the snapshot had this band already. */
function setBand(snapshot: Snapshot, band: number, depth: number, notional: number): boolean {
  const level = Math.abs(band) - 1;
  const isBid = band < 0;
  snapshot.values[(isBid ? BID_NOTIONAL_1 : ASK_NOTIONAL_1) + level] = notional;
  snapshot.values[(isBid ? BID_DEPTH_1 : ASK_DEPTH_1) + level] = depth;
  const bit = 1 << (isBid ? level : DEEPEST_BAND_PCT + level);
  const isNew = (snapshot.bands & bit) === 0;
  snapshot.bands |= bit;
  return isNew;
}

function complete(
  snapshots: ReadonlyMap<number, Snapshot>,
): Pick<BookDay, 'nsOfDay' | 'values' | 'incomplete' | 'longestFrozenAsk'> {
  const whole = [...snapshots].filter(([, snapshot]) => snapshot.bands === ALL_BANDS).sort(([a], [b]) => a - b);
  const values = new Float64Array(whole.length * BOOK_VALUES);
  whole.forEach(([, snapshot], i) => {
    values.set(snapshot.values, i * BOOK_VALUES);
  });
  return {
    nsOfDay: Float64Array.from(whole, ([ns]) => ns),
    values,
    incomplete: snapshots.size - whole.length,
    longestFrozenAsk: longestFrozenAsk(values),
  };
}

function longestFrozenAsk(values: Float64Array): number {
  let longest = 0;
  let run = 0;
  for (let at = BOOK_VALUES; at < values.length; at += BOOK_VALUES) {
    const isSame = ASK_1.every((field) => values[at + field] === values[at + field - BOOK_VALUES]);
    run = isSame ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}
