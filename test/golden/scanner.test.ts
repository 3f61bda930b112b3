import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { describe, expect, it } from 'vitest';
import { EigenScanner } from '../../src/alpha/scanner/eigen-scanner.ts';
import { SIGNAL_VALUES } from '../../src/model/frame.ts';
import { DEFAULT_EXCLUDED_ASSETS } from '../../src/model/strategy.ts';
import { dayOfUnixNs, nsOfDayOfUnixNs } from '../../src/model/time.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
const SHARED = process.env['DOLPHIN_SHARED'] ?? resolve(REPOSITORY, '../shared');
/** Relative where the value is above 1 (semantics §9). */
const TOLERANCE = 1e-8;
const THRESHOLDS = [0.02, 0.035, 0.05, 0.075];
/** Columns of the expected files, in the order of the signal values. */
const SIGNAL_COLUMNS = ['vel_div', 'v50', 'v150', 'v300', 'v750', 'instability_50', 'instability_150'];
const LAMBDA_COLUMNS = ['lambda_50', 'lambda_150', 'lambda_300', 'lambda_750'];

type Row = Record<string, unknown>;

const SETS = [
  {
    name: 'scanner',
    barIntervalMs: 5000,
    scans: 1735,
    expected: `${import.meta.dirname}/scanner/scans.parquet`,
    days: `${import.meta.dirname}/scanner/data`,
  },
  {
    name: 'real minutes',
    barIntervalMs: 60_000,
    scans: 7200,
    expected: `${SHARED}/golden/real/scans.parquet`,
    days: `${SHARED}/data/bars-1m/usdm-2023-07`,
  },
];

describe('scanner against the reference, scan by scan', () => {
  for (const set of SETS) {
    const isPresent = existsSync(set.expected) && existsSync(set.days);
    if (!isPresent) console.log(`SKIPPED: golden set "${set.name}" of the scanner, no ${set.days}`);
    it.skipIf(!isPresent)(set.name, async () => {
      const expected = await readRows(set.expected);
      const actual = await scanDays(set.days, set.barIntervalMs);
      expect(actual).toHaveLength(set.scans);
      expect(actual.map((row) => row['scan'])).toEqual(expected.map((row) => Number(row['scan'])));
      const mismatches = expected.flatMap((row, k) => mismatchesOf(row, actual[k] ?? {}));
      expect(mismatches).toEqual([]);
    });
  }
});

async function readRows(path: string): Promise<Row[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(path), compressors });
}

/** One row of values per accepted scan, under the names of the expected columns. */
async function scanDays(folder: string, barIntervalMs: number): Promise<Row[]> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.parquet'));
  const days = await Promise.all(names.sort().map((name) => readRows(`${folder}/${name}`)));
  const symbols = Object.keys(days[0]?.[0] ?? {}).filter((column) => column.endsWith('USDT'));
  const excluded = Uint8Array.from(symbols, (symbol) => Number(DEFAULT_EXCLUDED_ASSETS.some((name) => name === symbol)));
  const scanner = new EigenScanner({ assets: symbols.length, excluded, barIntervalMs, thresholds: THRESHOLDS });
  const out = new Float64Array(SIGNAL_VALUES);
  return days.flatMap((rows) =>
    acceptedRows(rows).map((row) => {
      const ts = BigInt(row['timestamp'] as bigint);
      const prices = Float64Array.from(symbols, (symbol) => (row[symbol] as number | null) ?? Number.NaN);
      scanner.step(dayOfUnixNs(ts), nsOfDayOfUnixNs(ts), prices, 0, out, 0);
      const lambdas = LAMBDA_COLUMNS.map((column, k) => [column, scanner.lambda(k)]);
      const signals = SIGNAL_COLUMNS.map((column, k) => [column, out[k]]);
      return Object.fromEntries([['scan', Number(row['scan_number'])], ...lambdas, ...signals]);
    }),
  );
}

/** A row whose number is not above the last accepted one of its file is a repetition (semantics §1). */
function acceptedRows(rows: readonly Row[]): Row[] {
  let last = Number.NEGATIVE_INFINITY;
  return rows.filter((row) => {
    const scanNumber = Number(row['scan_number']);
    if (scanNumber <= last) return false;
    last = scanNumber;
    return true;
  });
}

function mismatchesOf(expected: Row, actual: Row): string[] {
  return [...LAMBDA_COLUMNS, ...SIGNAL_COLUMNS].flatMap((column) => {
    const want = (expected[column] as number | null) ?? Number.NaN;
    const have = actual[column] as number;
    const isEqual = Number.isNaN(want)
      ? Number.isNaN(have)
      : Math.abs(have - want) <= TOLERANCE * Math.max(1, Math.abs(want));
    return isEqual ? [] : [`scan ${expected['scan']} ${column}: expected ${want}, had ${have}`];
  });
}
