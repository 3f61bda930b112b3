import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chooseBarIntervalMs, measureBarIntervalMs } from '../../../src/adapters/day-folder/bar-interval.ts';
import { checkDayFolder } from '../../../src/adapters/day-folder/check.ts';
import { planReplay, type ReplayPlanOptions } from '../../../src/adapters/day-folder/plan.ts';
import { type ColumnSource, writeParquet } from '../../../src/adapters/parquet/write-parquet.ts';
import { BOOK_FIELDS } from '../../../src/model/frame.ts';
import { InputError } from '../../../src/model/input-error.ts';
import { DATE, DAY, dayColumns, stampNs, temporaryFolder, withColumns, writeDay } from '../../support/parquet-days.ts';

const NEXT_DATE = '2026-01-06';

function options(dir: string, more: Partial<ReplayPlanOptions> = {}): ReplayPlanOptions {
  return { dir, configBarIntervalMs: 5000, referenceAsset: 'BTCUSDT', ...more };
}

async function twoDays(stepSeconds = 5): Promise<string> {
  const dir = temporaryFolder();
  await writeDay(dir, dayColumns(6, stepSeconds, NEXT_DATE), NEXT_DATE);
  await writeDay(dir, dayColumns(6, stepSeconds));
  return dir;
}

async function writeBook(dir: string): Promise<void> {
  mkdirSync(join(dir, 'ob'), { recursive: true });
  const columns: ColumnSource[] = [
    { name: 'timestamp', data: [stampNs(1), stampNs(2)], type: 'INT64' },
    { name: 'symbol', data: ['BTCUSDT', 'DOGEUSDT'], type: 'STRING' },
    ...BOOK_FIELDS.map((name) => ({ name, data: [1, 2], type: 'DOUBLE' as const })),
  ];
  await writeParquet(join(dir, 'ob', `${DATE}.parquet`), columns);
}

describe('planReplay', () => {
  test('takes the days in order with what lies beside them', async () => {
    const dir = await twoDays();
    await writeBook(dir);
    writeFileSync(join(dir, 'SYNTHETIC'), '');
    writeFileSync(join(dir, 'README.md'), 'other files do not matter');
    writeFileSync(join(dir, 'factors.csv'), 'date,funding_btc,dvol_btc,fear_greed,w750_velocity\n2025-12-01,1,2,3,4\n');
    writeFileSync(join(dir, 'safety.csv'), 'date,posture,Rm\n2026-01-05,TURTLE,0.6\n');
    const plan = await planReplay(options(dir));
    expect(plan.files.map(({ date, day }) => [date, day])).toEqual([
      [DATE, DAY],
      [NEXT_DATE, DAY + 1],
    ]);
    expect(plan.files.map(({ bookPath }) => bookPath)).toEqual([join(dir, 'ob', `${DATE}.parquet`), null]);
    expect(plan.files.map(({ hasSignals, rows }) => [hasSignals, rows])).toEqual([
      [false, 6],
      [false, 6],
    ]);
    expect(plan.universe).toEqual(['BTCUSDT', 'ETHUSDT']);
    expect([plan.barIntervalMs, plan.measuredBarIntervalMs, plan.synthetic]).toEqual([5000, 5000, true]);
    expect([plan.factors.length, plan.safety.length]).toEqual([1, 1]);
  });

  test('takes only the days of the range', async () => {
    const dir = await twoDays();
    expect((await planReplay(options(dir, { from: NEXT_DATE }))).files.map(({ date }) => date)).toEqual([NEXT_DATE]);
    expect((await planReplay(options(dir, { to: DATE }))).files.map(({ date }) => date)).toEqual([DATE]);
  });

  test.each<[string, Partial<ReplayPlanOptions>, string]>([
    [
      'no file in the range',
      { from: '2027-01-01' },
      'no day file in the range from 2027-01-01; the folder holds 2, 2026-01-05 to 2026-01-06',
    ],
    ['a bad date', { from: '05.01.2026' }, '--from "05.01.2026" must be a date YYYY-MM-DD'],
    ['a range from its end', { from: NEXT_DATE, to: DATE }, '--from 2026-01-06 lies after --to 2026-01-05'],
    [
      'no reference asset',
      { referenceAsset: 'SOLUSDT' },
      'reference asset SOLUSDT is no column of its files (BTCUSDT, ETHUSDT)',
    ],
    [
      'another interval asked',
      { barInterval: 1000 },
      "the files' bar interval is 5000 ms (median timestamp step), the config's bar_interval_ms is 1000",
    ],
  ])('refuses %s', async (_, more, message) => {
    const dir = await twoDays();
    await expect(planReplay(options(dir, more))).rejects.toThrow(InputError);
    await expect(planReplay(options(dir, more))).rejects.toThrow(message);
  });

  test('refuses 1-minute files against 5000 ms, names both and the way out; auto adopts the measured one', async () => {
    const dir = await twoDays(60);
    const message =
      "bar interval is 60000 ms (median timestamp step), the config's bar_interval_ms is 5000 ms: they may differ by 20 % at most; adopt the measured one with --bar-interval auto";
    await expect(planReplay(options(dir))).rejects.toThrow(message);
    expect((await planReplay(options(dir, { barInterval: 'auto' }))).barIntervalMs).toBe(60_000);
    expect((await planReplay(options(dir, { barInterval: 60_000 }))).barIntervalMs).toBe(60_000);
  });

  test.each([
    [5.9, 5000],
    [4.1, 5000],
  ])('a measured step of %s s passes for 5 s', async (stepSeconds, expected) => {
    expect((await planReplay(options(await twoDays(stepSeconds)))).barIntervalMs).toBe(expected);
  });

  test.each([6.1, 3.9])('a measured step of %s s is refused for 5 s', async (stepSeconds) => {
    await expect(planReplay(options(await twoDays(stepSeconds)))).rejects.toThrow(
      `bar interval is ${stepSeconds * 1000} ms`,
    );
  });

  test('refuses another universe on a later day, and takes another order of the same', async () => {
    const dir = await twoDays();
    const [timestamp, scanNumber, btc, eth] = dayColumns(6, 5, NEXT_DATE) as [
      ColumnSource,
      ColumnSource,
      ColumnSource,
      ColumnSource,
    ];
    await writeDay(dir, [eth, btc, timestamp, scanNumber], NEXT_DATE);
    expect((await planReplay(options(dir))).universe).toEqual(['BTCUSDT', 'ETHUSDT']);
    await writeDay(dir, [timestamp, scanNumber, btc, { ...eth, name: 'SOLUSDT' }], NEXT_DATE);
    await expect(planReplay(options(dir))).rejects.toThrow(
      `${NEXT_DATE}.parquet: has another universe than the first file (missing: ETHUSDT; new: SOLUSDT)`,
    );
  });

  test('refuses an order book with a wrong column before anything is decoded', async () => {
    const dir = await twoDays();
    mkdirSync(join(dir, 'ob'));
    await writeDay(join(dir, 'ob'), dayColumns());
    await expect(planReplay(options(dir))).rejects.toThrow(
      `${join('ob', `${DATE}.parquet`)}: column symbol is missing`,
    );
  });

  test.each<[string, (dir: string) => void, string]>([
    ['an empty folder', () => {}, ': the folder is empty, day files are named YYYY-MM-DD.parquet'],
    [
      'a folder of other files',
      (dir) => writeFileSync(join(dir, 'prices.csv'), ''),
      ': no day file among its 1 entries (prices.csv)',
    ],
    ['an impossible date', (dir) => writeFileSync(join(dir, '2026-02-30.parquet'), ''), '2026-02-30 is no date'],
  ])('refuses %s', async (_, prepare, message) => {
    const dir = temporaryFolder();
    prepare(dir);
    await expect(planReplay(options(dir))).rejects.toThrow(message);
  });

  test('refuses a folder that is not there', async () => {
    await expect(planReplay(options('/nowhere/at/all'))).rejects.toThrow(
      /^\/nowhere\/at\/all: cannot be read as a folder/,
    );
  });
});

test('the measured interval is the median of the steps inside the files', () => {
  const ms = (...stamps: number[]) => Float64Array.from(stamps, (stamp) => stamp * 1e6);
  expect(measureBarIntervalMs([ms(0, 5, 10, 700), ms(100_000, 100_005)])).toBe(5); // steps 5 5 690 5
  expect(measureBarIntervalMs([ms(0, 4, 10)])).toBe(5); // steps 4 6: the mean of the middle two
  expect(measureBarIntervalMs([ms(1), ms(2)])).toBeNaN();
});

describe('checkDayFolder', () => {
  test('tells what is in each day', async () => {
    const dir = await twoDays();
    await writeBook(dir);
    const columns = withColumns(dayColumns(), {
      timestamp: { data: [5, 10, 10, 15, 40, 45].map((second) => stampNs(second)), type: 'INT64' },
      scan_number: { data: [1n, 2n, 2n, 3n, 4n, 5n], type: 'INT64' },
      BTCUSDT: { data: [1, 0, -1, 1, 1, 1], type: 'DOUBLE' }, // row 3 is a repeated scan: not counted
      ETHUSDT: { data: [null, Number.NaN, 1, 1, 1, Number.POSITIVE_INFINITY], type: 'DOUBLE' },
    });
    await writeDay(dir, columns);
    const check = await checkDayFolder(options(dir));
    expect(check.errors).toEqual([]);
    expect(check.days[0]).toEqual({
      name: `${DATE}.parquet`,
      error: null,
      findings: {
        rows: 6,
        assets: 2,
        hasSignals: false,
        firstTs: '2026-01-05T00:00:05.000Z',
        lastTs: '2026-01-05T00:00:45.000Z',
        gaps: 1, // 15 s to 40 s
        duplicates: 1,
        invalidPrices: 4,
        worstAssets: [
          { symbol: 'ETHUSDT', invalidPrices: 3 },
          { symbol: 'BTCUSDT', invalidPrices: 1 },
        ],
        snapshots: 1,
      },
    });
  });

  test('goes on after an error and collects them all', async () => {
    const dir = await twoDays(60);
    writeFileSync(join(dir, '2026-01-07.parquet'), 'text');
    await writeDay(dir, withColumns(dayColumns(6, 60, '2026-01-08'), { ETHUSDT: null }), '2026-01-08');
    await writeDay(
      dir,
      withColumns(dayColumns(6, 60, '2026-01-09'), {
        scan_number: { data: [1n, 2n, 3n, 4n, 5n, 6n], type: 'INT64' },
        timestamp: { data: [5, 4, 3, 2, 1, 0].map((s) => stampNs(s, '2026-01-09')), type: 'INT64' },
      }),
      '2026-01-09',
    );
    writeFileSync(join(dir, 'safety.csv'), 'date,posture,Rm\n2026-01-05,NONE,1\n');
    const check = await checkDayFolder(options(dir, { referenceAsset: 'SOLUSDT' }));
    expect(check.days.map(({ error }) => error?.slice(dir.length + 1, dir.length + 45) ?? null)).toEqual([
      null,
      null,
      '2026-01-07.parquet: not a Parquet file (it d',
      '2026-01-08.parquet: has another universe tha',
      '2026-01-09.parquet: row 2, column timestamp:',
    ]);
    expect(
      check.errors.map((error) => /safety\.csv: line 2|reference asset SOLUSDT|bar interval is 60000/.exec(error)?.[0]),
    ).toEqual(['safety.csv: line 2', 'reference asset SOLUSDT', 'bar interval is 60000']);
  });

  test('an unreadable folder is one error', async () => {
    const check = await checkDayFolder(options('/nowhere/at/all'));
    expect([check.days.length, check.errors.length]).toEqual([0, 1]);
  });
});

describe('the bar interval is measured over accepted scans', () => {
  test('rows that stand twice do not halve it', async () => {
    const dir = temporaryFolder();
    const twice = <T>(values: readonly T[]) => values.flatMap((value) => [value, value]);
    await writeDay(
      dir,
      dayColumns(6).map((column) => ({ ...column, data: twice(column.data as unknown[]) }) as typeof column),
    );
    const plan = await planReplay({ dir, barInterval: 'auto', configBarIntervalMs: 5000, referenceAsset: 'BTCUSDT' });
    expect(plan.barIntervalMs).toBe(5000);
  });

  test('stamps that stand still are refused, whatever was asked', () => {
    expect(() => chooseBarIntervalMs(0, 'auto', 5000)).toThrow('timestamps must go forward');
  });
});
