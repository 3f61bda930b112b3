import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeDay } from '../../../src/adapters/parquet/read-day.ts';
import { type ColumnSource, writeParquet } from '../../../src/adapters/parquet/write-parquet.ts';
import { BOOK_FIELDS } from '../../../src/model/frame.ts';
import { InputError } from '../../../src/model/input-error.ts';
import { DAY, dayColumns, stampNs, temporaryFolder, withColumns, writeDay } from '../../support/parquet-days.ts';
import { FIXTURE_DAY, FIXTURE_UNIVERSE, fixturePath } from '../../support/parquet-fixtures.ts';

const dir = temporaryFolder();
const UNIVERSE = ['BTCUSDT', 'ETHUSDT'];

async function refusalOf(
  path: string,
  bookPath: string | null = null,
  day = DAY,
  universe = UNIVERSE,
): Promise<string> {
  const outcome = await decodeDay({ path, day, bookPath, universe }).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(InputError);
  const { message } = outcome as InputError;
  expect(message.startsWith(bookPath ?? path)).toBe(true);
  return message.slice((bookPath ?? path).length);
}

type Changes = Parameters<typeof withColumns>[1];
const doubles = (...data: (number | null)[]): Omit<ColumnSource, 'name'> => ({ data, type: 'DOUBLE' });
const integers = (...data: (bigint | null)[]): Omit<ColumnSource, 'name'> => ({ data, type: 'INT64' });
const seconds = (...data: number[]) => integers(...data.map((second) => stampNs(second)));

describe('a day file is refused, and the message says file, row, column, value and rule', () => {
  test.each<[string, Changes, string]>([
    ['no timestamp', { timestamp: null }, ': column timestamp is missing, it is required'],
    ['no scan number', { scan_number: null }, ': column scan_number is missing, it is required'],
    [
      'float stamps',
      { timestamp: doubles(1, 2, 3, 4, 5, 6) },
      ': column timestamp has type DOUBLE, must be int64 nano',
    ],
    [
      'float scan numbers',
      { scan_number: doubles(1, 2, 3, 4, 5, 6) },
      ': column scan_number has type DOUBLE, must be an',
    ],
    [
      'dates as scan numbers',
      { scan_number: { data: dayColumns()[0]?.data ?? [], type: 'TIMESTAMP' } },
      ': column scan_number has type INT64 (TIMESTAMP',
    ],
    [
      'prices as text',
      { ETHUSDT: { data: ['1', '2', '3', '4', '5', '6'], type: 'STRING' } },
      ': column ETHUSDT has type BYTE_ARRAY (UTF8), must be float or double',
    ],
    ['integer prices', { ETHUSDT: integers(1n, 2n, 3n, 4n, 5n, 6n) }, ': column ETHUSDT has type INT64, must be float'],
    [
      'a signal as text',
      { vel_div: { data: Array(6).fill('x'), type: 'STRING' } },
      ': column vel_div has type BYTE_ARRAY',
    ],
    ['an unknown column', { note: doubles(1, 2, 3, 4, 5, 6) }, ': unknown column "note": prices end in USDT, and only'],
    ['a name of no asset', { SOLUSDT_volume: doubles(1, 2, 3, 4, 5, 6) }, ': unknown column "SOLUSDT_volume"'],
    [
      'a null stamp',
      { timestamp: integers(stampNs(5), null, ...[15, 20, 25, 30].map((s) => stampNs(s))) },
      ': row 2, column timestamp: is null',
    ],
    ['a null scan number', { scan_number: integers(1n, 2n, 3n, 4n, 5n, null) }, ': row 6, column scan_number: is null'],
    [
      'a scan number beyond 2^53',
      { scan_number: integers(1n, 2n, 3n, 4n, 5n, 1n << 60n) },
      ': row 6, column scan_number: 1152921504606846976 must lie within',
    ],
    [
      'a stamp of the day after',
      { timestamp: seconds(5, 10, 15, 20, 25, 86_400) },
      ': row 6, column timestamp: 2026-01-06T00:00:00.000Z is not of the file’s date 2026-01-05'.replace('’', "'"),
    ],
    [
      'a stamp of the day before',
      { timestamp: seconds(-0.5, 10, 15, 20, 25, 30) },
      ': row 1, column timestamp: 2026-01-04T23:59:59.500Z is not',
    ],
    [
      'backwards stamps',
      { timestamp: seconds(5, 10, 15, 14, 25, 30) },
      ': row 4, column timestamp: 2026-01-05T00:00:14.000Z must be later than 2026-01-05T00:00:15.000Z',
    ],
    [
      'a stamp twice',
      { timestamp: seconds(5, 10, 10, 20, 25, 30) },
      ': row 3, column timestamp: 2026-01-05T00:00:10.000Z must be later',
    ],
    [
      'no valid price',
      { BTCUSDT: doubles(0, -1, null, Number.NaN, Number.POSITIVE_INFINITY, 0), ETHUSDT: doubles(0, 0, 0, 0, 0, 0) },
      ': none of its 6 rows has a valid price in any of 2 asset columns',
    ],
    ['no asset', { BTCUSDT: null, ETHUSDT: null }, ': has 0 asset columns (names ending in USDT), must be 1 to 400'],
    ['an asset missing', { ETHUSDT: null }, ': has another universe than the first file (missing: ETHUSDT)'],
    [
      'an asset more',
      { SOLUSDT: doubles(1, 2, 3, 4, 5, 6) },
      ': has another universe than the first file (new: SOLUSDT)',
    ],
  ])('%s', async (_, changes, message) => {
    expect(await refusalOf(await writeDay(dir, withColumns(dayColumns(), changes)))).toContain(message);
  });

  test('401 assets', async () => {
    const many = Object.fromEntries(Array.from({ length: 399 }, (_, i) => [`A${i}USDT`, doubles(1, 2, 3, 4, 5, 6)]));
    const path = await writeDay(dir, withColumns(dayColumns(), many));
    expect(await refusalOf(path)).toContain(': has 401 asset columns (names ending in USDT), must be 1 to 400');
  });

  test('a file that is not there', async () => {
    expect(await refusalOf(join(dir, 'none.parquet'))).toMatch(/^: cannot be read \(ENOENT/);
  });

  test.each([
    ['an empty file', () => new Uint8Array(0), ': the file is empty'],
    ['a text file', () => Buffer.from('timestamp,scan_number\n1,2\n'), ': not a Parquet file'],
    ['a short text file', () => Buffer.from('hi'), ': not a Parquet file'],
    ['a cut file', (good: Uint8Array) => good.subarray(0, good.length >> 1), ': truncated Parquet file'],
    [
      'a file without its last byte',
      (good: Uint8Array) => good.subarray(0, good.length - 1),
      ': truncated Parquet file',
    ],
    [
      'a footer length beyond the file',
      (good: Uint8Array) =>
        Uint8Array.from([...good.subarray(0, good.length - 8), 255, 255, 255, 127, ...good.subarray(-4)]),
      ': damaged Parquet file (footer of 2147483647 bytes',
    ],
    [
      'a footer of zeros',
      (good: Uint8Array) =>
        Uint8Array.from([...good.subarray(0, 4), ...new Uint8Array(64), 60, 0, 0, 0, ...good.subarray(-4)]),
      ': damaged Parquet file (the footer cannot be parsed',
    ],
    [
      'pages of zeros',
      (good: Uint8Array) => Uint8Array.from(good).fill(0, 4, 60),
      ': column timestamp: cannot be decoded',
    ],
  ])('%s', async (_, damage, message) => {
    const path = join(dir, 'damaged.parquet');
    writeFileSync(path, damage(readFileSync(await writeDay(dir, dayColumns()))));
    expect(await refusalOf(path)).toContain(message);
  });

  test('400 assets with a footer beyond the first read are not too many', async () => {
    const symbols = Array.from({ length: 398 }, (_, i) => `${'LONG'.repeat(20)}${i}USDT`);
    const many = Object.fromEntries(symbols.map((symbol) => [symbol, doubles(1, 2, 3, 4, 5, 6)]));
    const path = await writeDay(dir, withColumns(dayColumns(), many));
    const day = await decodeDay({ path, day: DAY, bookPath: null, universe: [...UNIVERSE, ...symbols] });
    expect(day.shape.assets).toBe(400);
  });

  // 8191 rows are the bytes FE 7F in the footer: first its own number, then that of each column.
  test.each([
    [0, ': damaged Parquet file (8191 rows in its row groups, 8190 in its footer)'],
    [1, ': column timestamp has 8190 values in a row group of 8191 rows'],
  ])('row counts that contradict each other (%s)', async (occurrence, message) => {
    const path = await writeDay(dir, dayColumns(8191));
    const bytes = readFileSync(path);
    let at = bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8) - 1;
    for (let i = 0; i <= occurrence; i++) at = bytes.indexOf(Buffer.from([0xfe, 0x7f]), at + 1);
    bytes[at] = 0xfc;
    writeFileSync(path, bytes);
    expect(await refusalOf(path)).toContain(message);
  });

  test('no rows', async () => {
    const empty = dayColumns(0).map((column) => ({ ...column, data: [] }));
    expect(await refusalOf(await writeDay(dir, empty))).toContain(': holds no rows');
  });

  test('a flipped bit in a page that carries a checksum', async () => {
    const bytes = readFileSync(fixturePath('checksums'));
    const price = Buffer.alloc(8);
    price.writeDoubleLE(60_003);
    const at = bytes.indexOf(price);
    bytes[at] = 1;
    const path = join(dir, 'flipped.parquet');
    writeFileSync(path, bytes);
    expect(await refusalOf(path, null, FIXTURE_DAY, FIXTURE_UNIVERSE)).toContain(
      ': column BTCUSDT: cannot be decoded, the file is damaged (a page fails its checksum)',
    );
  });
});

test('stamps may go backwards on a row whose scan number repeats', async () => {
  const columns = withColumns(dayColumns(), {
    timestamp: seconds(5, 10, 15, 7, 25, 30),
    scan_number: integers(1n, 2n, 3n, 3n, 4n, 5n),
  });
  const day = await decodeDay({ path: await writeDay(dir, columns), day: DAY, bookPath: null, universe: UNIVERSE });
  expect(day.shape.rows).toBe(6);
});

describe('an order-book file is refused', () => {
  const book = (): ColumnSource[] => [
    { name: 'timestamp', ...seconds(1, 2) },
    { name: 'symbol', data: ['BTCUSDT', 'ETHUSDT'], type: 'STRING' },
    ...BOOK_FIELDS.map((name) => ({ name, ...doubles(1, 2) })),
  ];
  test.each<[string, Changes, string]>([
    ['a missing column', { ask_depth_5: null }, ': column ask_depth_5 is missing'],
    ['an unknown column', { spread: doubles(1, 2) }, ': unknown column "spread": an order-book file has'],
    ['symbols as numbers', { symbol: doubles(1, 2) }, ': column symbol has type DOUBLE, must be text'],
    ['a null symbol', { symbol: { data: ['BTCUSDT', null], type: 'STRING' } }, ': row 2, column symbol: is null'],
    [
      'a stamp of another day',
      { timestamp: seconds(1, 90_000) },
      ': row 2, column timestamp: 2026-01-06T01:00:00.000Z is not',
    ],
    [
      'values as text',
      { bid_depth_1: { data: ['a', 'b'], type: 'STRING' } },
      ': column bid_depth_1 has type BYTE_ARRAY',
    ],
  ])('%s', async (_, changes, message) => {
    const path = await writeDay(dir, dayColumns());
    const bookPath = join(dir, 'book.parquet');
    await writeParquet(bookPath, withColumns(book(), changes));
    expect(await refusalOf(path, bookPath)).toContain(message);
  });
});
