import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { estimatePull } from '../../src/adapters/archive/estimate.ts';
import type { PullOptions } from '../../src/adapters/archive/options.ts';
import { type PullResult, pull } from '../../src/adapters/archive/pull.ts';
import { checkDayFolder } from '../../src/adapters/day-folder/check.ts';
import { BOOK_FIELDS } from '../../src/model/frame.ts';
import { createLastPriceBars } from '../../src/replay/aggregate/last-price-bars.ts';
import { aggTradesCsv, bookDepthCsv, klinesCsv } from '../support/archive-csv.ts';
import { type ArchiveServer, sha256Of, startArchiveServer, zipOf } from '../support/archive-server.ts';

const DAY_1 = Date.UTC(2025, 4, 26);
const DAY_2 = Date.UTC(2025, 4, 27);
const DAY_0 = Date.UTC(2025, 4, 25);
const ROOT = 'data/futures/um';
const aggTrades = (symbol: string, date: string) => `${ROOT}/daily/aggTrades/${symbol}/${symbol}-aggTrades-${date}.zip`;
const klines = (symbol: string, date: string) => `${ROOT}/daily/klines/${symbol}/1m/${symbol}-1m-${date}.zip`;
const bookDepth = (symbol: string, date: string) => `${ROOT}/daily/bookDepth/${symbol}/${symbol}-bookDepth-${date}.zip`;
const monthly = (symbol: string, month: string) => `${ROOT}/monthly/klines/${symbol}/1d/${symbol}-1d-${month}.zip`;
const BTC_DAY_1 = aggTrades('BTCUSDT', '2025-05-26');

let server: ArchiveServer;
let dir: string;
const realFetch = globalThis.fetch;

beforeEach(async () => {
  server = await startArchiveServer();
  dir = mkdtempSync(join(tmpdir(), 'dolphin-pull-'));
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    if (!url.startsWith(`${server.url}/`)) throw new Error(`request to another address: ${url}`);
    return realFetch(url, init);
  });
});

afterEach(async () => {
  vi.unstubAllGlobals();
  await server.close();
  rmSync(dir, { recursive: true, force: true });
});

/** One symbol, one day, 5 s bars; no previous day. */
function options(changes: Partial<PullOptions> = {}): PullOptions {
  return {
    symbols: ['BTCUSDT'],
    from: '2025-05-26',
    to: '2025-05-26',
    interval: '5s',
    out: join(dir, 'out'),
    cacheDir: join(dir, 'cache'),
    baseUrl: server.url,
    retry: { attempts: 3, firstWaitMs: 1, idleTimeoutMs: 20_000 },
    ...changes,
  };
}

const run = (changes: Partial<PullOptions> = {}): Promise<PullResult> => pull(options(changes), createLastPriceBars);

async function readRows(name: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(join(dir, 'out', name)) });
}

/** Prices of a column by row, as `[row, price]` where the price changes; everything else of the layout is asserted. */
async function priceChanges(date: string, symbol: string, stepMs: number): Promise<[number, unknown][]> {
  const rows = await readRows(`${date}.parquet`);
  expect(rows.length).toBe(86_400_000 / stepMs);
  const dayNs = BigInt(Date.parse(`${date}T00:00:00Z`)) * 1_000_000n;
  const changes: [number, unknown][] = [];
  rows.forEach((row, i) => {
    if (row['timestamp'] !== dayNs + BigInt(i * stepMs) * 1_000_000n || row['scan_number'] !== BigInt(i + 1)) {
      expect.fail(`row ${i}: timestamp ${row['timestamp']}, scan_number ${row['scan_number']}`);
    }
    if (i === 0 || row[symbol] !== rows[i - 1]?.[symbol]) changes.push([i, row[symbol]]);
  });
  return changes;
}

function publishBtcDay1(): Buffer {
  return server.publish(
    BTC_DAY_1,
    aggTradesCsv([
      [DAY_1 + 1, 1, '100.5'],
      [DAY_1 + 7_000, 2, '101.5'],
    ]),
  );
}
const BTC_DAY_1_CHANGES = [
  [0, null],
  [1, 100.5],
  [2, 101.5],
];

const leftovers = (): string[] =>
  readdirSync(dir, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.part'));

const WAIT = { timeout: 20_000, interval: 2 };

/** Cuts the held connection once that many bytes are on disk. */
async function cutAt(bytes: number): Promise<void> {
  await vi.waitUntil(() => leftovers().some((name) => statSync(join(dir, name)).size === bytes), WAIT);
  await vi.waitUntil(() => server.cut() > 0, WAIT);
}

describe('days of bars', () => {
  test('two days, two symbols: no look-ahead, carried over midnight, null before the first price', async () => {
    server.publish(klines('BTCUSDT', '2025-05-25'), klinesCsv([[DAY_0 + 86_340_000, '99', 1]]));
    server.publish(
      BTC_DAY_1,
      aggTradesCsv(
        [
          [DAY_1 + 4_999, 1, '100'], // last ms of the bar that closes at 00:00:05 = row 1
          [DAY_1 + 5_000, 2, '101'], // first ms of the next bar = row 2
          [DAY_2 - 1, 3, '102'], // closes at midnight = row 0 of the next day
        ],
        { header: false },
      ),
    );
    server.publish(aggTrades('BTCUSDT', '2025-05-27'), aggTradesCsv([[DAY_2 + 60_000, 4, '103']], { us: true }));
    server.publish(aggTrades('ETHUSDT', '2025-05-26'), aggTradesCsv([]));
    server.publish(aggTrades('ETHUSDT', '2025-05-27'), aggTradesCsv([[DAY_2 + 10_000, 1, '2500.01']]));

    const result = await run({ symbols: ['BTCUSDT', 'ETHUSDT'], to: '2025-05-27' });

    expect(result.days.map(({ date, rows, snapshots }) => [date, rows, snapshots])).toEqual([
      ['2025-05-26', 17_280, null],
      ['2025-05-27', 17_280, null],
    ]);
    expect(await priceChanges('2025-05-26', 'BTCUSDT', 5_000)).toEqual([
      [0, 99],
      [1, 100],
      [2, 101],
    ]);
    expect(await priceChanges('2025-05-27', 'BTCUSDT', 5_000)).toEqual([
      [0, 102],
      [13, 103],
    ]);
    expect(await priceChanges('2025-05-26', 'ETHUSDT', 5_000)).toEqual([[0, null]]);
    expect(await priceChanges('2025-05-27', 'ETHUSDT', 5_000)).toEqual([
      [0, null],
      [3, 2500.01],
    ]);
    expect(Object.keys((await readRows('2025-05-26.parquet'))[0] ?? {})).toEqual([
      'timestamp',
      'scan_number',
      'BTCUSDT',
      'ETHUSDT',
    ]);
    expect(leftovers()).toEqual([]);
  });

  test('1 m bars come from klines; minutes that lack are carried and counted', async () => {
    const minute = (index: number, close: string) => [DAY_1 + index * 60_000, close, 1] as const;
    server.publish(klines('BTCUSDT', '2025-05-26'), klinesCsv([minute(0, '1'), minute(1, '2'), minute(5, '3')]));
    const result = await run({ interval: '1m' });
    expect(await priceChanges('2025-05-26', 'BTCUSDT', 60_000)).toEqual([
      [0, null],
      [1, 1],
      [2, 2],
      [6, 3],
    ]);
    expect(result.days[0]?.files[0]?.noticed).toEqual({ missingMinutes: 1437 });
  });

  test('0.1 s bars, in several row groups', async () => {
    server.publish(
      BTC_DAY_1,
      aggTradesCsv([
        [DAY_1 + 99, 1, '1'],
        [DAY_1 + 3_600_000, 2, '2'],
      ]),
    );
    await run({ interval: '0.1s' });
    expect(await priceChanges('2025-05-26', 'BTCUSDT', 100)).toEqual([
      [0, null],
      [1, 1],
      [36_001, 2],
    ]);
  });

  test('trades out of order are sorted by time and counted, lost ids too', async () => {
    server.publish(
      BTC_DAY_1,
      aggTradesCsv([
        [DAY_1 + 2, 2, '2'],
        [DAY_1 + 1, 1, '1'],
        [DAY_1 + 3, 5, '5'],
      ]),
    );
    const result = await run();
    expect(await priceChanges('2025-05-26', 'BTCUSDT', 5_000)).toEqual([
      [0, null],
      [1, 5],
    ]);
    expect(result.days[0]?.files[0]?.noticed).toEqual({ outOfOrder: 1, missingTradeIds: 2 });
  });

  test.each([
    [
      'mixed time units',
      aggTradesCsv([[DAY_1, 1, '1']]) + aggTradesCsv([[DAY_1, 2, '1']], { header: false, us: true }),
      'must be in ms',
    ],
    ['a time of another day', aggTradesCsv([[DAY_2, 1, '1']]), 'line 2, transact_time must lie in [2025-05-26'],
    ['a price of zero', aggTradesCsv([[DAY_1, 1, '0.0']]), 'line 2, price must be > 0, was "0.0"'],
  ])('%s: refused, nothing written', async (_, csv, message) => {
    server.publish(BTC_DAY_1, csv);
    await expect(run()).rejects.toThrow(message);
    expect(readdirSync(join(dir, 'out'))).toEqual([]);
  });
});

describe('order book', () => {
  test('both ages of the file give the same columns, by time then symbol; cut snapshots are left out', async () => {
    publishBtcDay1();
    server.publish(aggTrades('ETHUSDT', '2025-05-26'), aggTradesCsv([[DAY_1, 1, '1']]));
    const times = ['2025-05-26 00:00:08', '2025-05-26 00:00:38'];
    server.publish(bookDepth('BTCUSDT', '2025-05-26'), bookDepthCsv(times, 1000));
    const cut = bookDepthCsv(['2025-05-26 12:00:00'], 1, { newer: true, without: [-3] });
    const newer = bookDepthCsv([times[1] as string, times[0] as string], 2000, { newer: true });
    server.publish(bookDepth('ETHUSDT', '2025-05-26'), newer + cut.slice(cut.indexOf('\n') + 1));

    const result = await run({ symbols: ['BTCUSDT', 'ETHUSDT'], withBook: true });

    const rows = await readRows('ob/2025-05-26.parquet');
    const secondNs = BigInt(DAY_1) * 1_000_000n;
    expect(rows.map((row) => [row['timestamp'], row['symbol']])).toEqual([
      [secondNs + 8_000_000_000n, 'BTCUSDT'],
      [secondNs + 8_000_000_000n, 'ETHUSDT'],
      [secondNs + 38_000_000_000n, 'BTCUSDT'],
      [secondNs + 38_000_000_000n, 'ETHUSDT'],
    ]);
    expect(Object.keys(rows[0] ?? {})).toEqual(['timestamp', 'symbol', ...BOOK_FIELDS]);
    // Band p: depth = base + |p| (+ 100 on the ask side), notional ten times that.
    expect(rows[0]).toMatchObject({ bid_depth_1: 1001, bid_depth_5: 1005, bid_notional_3: 10_030, ask_depth_1: 1101 });
    expect(rows[3]).toMatchObject({ bid_depth_5: 2005, ask_depth_2: 2102, ask_notional_4: 21_040 });
    expect(result.days[0]?.snapshots).toBe(4);
    expect(result.days[0]?.files.find(({ path }) => path.includes('bookDepth/ETH'))?.noticed).toEqual({
      incompleteSnapshots: 1,
    });
  });

  test('an hour of unchanged depth is noticed', async () => {
    publishBtcDay1();
    const clock = (i: number) => new Date(DAY_1 + i * 30_000).toISOString().slice(0, 19).replace('T', ' ');
    server.publish(
      bookDepth('BTCUSDT', '2025-05-26'),
      bookDepthCsv(
        Array.from({ length: 121 }, (_, i) => clock(i)),
        1,
      ),
    );
    const result = await run({ withBook: true });
    expect(result.days[0]?.files.at(-1)?.noticed).toEqual({ frozenSnapshots: 120 });
  });
});

describe('what the archive does not have', () => {
  test('a day that is not published is an error before anything is downloaded', async () => {
    publishBtcDay1();
    await expect(run({ symbols: ['BTCUSDT', 'ETHUSDT'], withBook: true })).rejects.toThrow(
      'not published by the archive (a day appears on the day after): ETHUSDT 2025-05-26 aggTrades, ' +
        'BTCUSDT 2025-05-26 bookDepth, ETHUSDT 2025-05-26 bookDepth; leave the symbol',
    );
    expect(server.requests.every(({ method }) => method === 'HEAD')).toBe(true);
  });

  test('allowed to be missing: null for the day but its first row, and not carried beyond', async () => {
    const symbols = ['BTCUSDT', 'ETHUSDT'];
    const dates = ['2025-05-26', '2025-05-27', '2025-05-28'];
    dates.forEach((date, i) => {
      server.publish(aggTrades('BTCUSDT', date), aggTradesCsv([[DAY_1 + i * 86_400_000, i, '1']]));
      if (i !== 1) server.publish(aggTrades('ETHUSDT', date), aggTradesCsv([[DAY_1 + i * 86_400_000, i, '5']]));
    });
    const result = await run({ symbols, to: '2025-05-28', allowMissing: true });
    expect(await priceChanges('2025-05-27', 'ETHUSDT', 5_000)).toEqual([
      [0, 5],
      [1, null],
    ]);
    expect(await priceChanges('2025-05-28', 'ETHUSDT', 5_000)).toEqual([
      [0, null],
      [1, 5],
    ]);
    expect(result.days[1]?.missing).toEqual([aggTrades('ETHUSDT', '2025-05-27')]);
  });

  test('a day that no symbol has is an error even then', async () => {
    await expect(run({ allowMissing: true })).rejects.toThrow('publishes none of the 1 symbols');
  });
});

describe('downloads', () => {
  test('the estimate asks for sizes only and counts what the cache has', async () => {
    const zip = publishBtcDay1();
    const before = await estimatePull(options());
    expect(before).toMatchObject({ files: 1, bytes: zip.length, cachedFiles: 0, missing: [] });
    await run();
    expect(await estimatePull(options())).toMatchObject({
      files: 0,
      bytes: 0,
      cachedFiles: 1,
      cachedBytes: zip.length,
    });
  });

  test('a pull that is given its estimate asks for no size again', async () => {
    publishBtcDay1();
    const estimated = await estimatePull(options());
    const asked = server.requests.filter(({ method }) => method === 'HEAD').length;
    await pull(options(), createLastPriceBars, estimated);
    expect(server.requests.filter(({ method }) => method === 'HEAD').length).toBe(asked);
    expect(await priceChanges('2025-05-26', 'BTCUSDT', 5_000)).toEqual(BTC_DAY_1_CHANGES);
  });

  test('a finished download is not fetched again; a damaged one in the cache is', async () => {
    publishBtcDay1();
    await run();
    const gets = () => server.requests.filter(({ method, path }) => method === 'GET' && path === BTC_DAY_1).length;
    expect(gets()).toBe(1);
    expect((await run()).bytesDownloaded).toBe(0);
    expect(gets()).toBe(1);
    const cached = readdirSync(join(dir, 'cache'), { recursive: true })
      .map(String)
      .find((name) => name.endsWith('.zip'));
    truncateSync(join(dir, 'cache', cached as string), 10);
    await run();
    expect(gets()).toBe(2);
    expect(await priceChanges('2025-05-26', 'BTCUSDT', 5_000)).toEqual(BTC_DAY_1_CHANGES);
  });

  test('a connection cut in the middle goes on from there', async () => {
    const zip = publishBtcDay1();
    server.fail(BTC_DAY_1, { cutAfterBytes: 40, hold: true }, { cutAfterBytes: 30, hold: true });
    const running = run();
    await cutAt(40);
    await cutAt(70);
    expect((await running).bytesDownloaded).toBe(zip.length);
    const gets = server.requests.filter(({ method, path }) => method === 'GET' && path === BTC_DAY_1);
    expect(gets.map(({ range }) => range)).toEqual([undefined, 'bytes=40-', 'bytes=70-']);
    expect(await priceChanges('2025-05-26', 'BTCUSDT', 5_000)).toEqual(BTC_DAY_1_CHANGES);
  });

  test('a partial download of an earlier call goes on from there', async () => {
    const zip = publishBtcDay1();
    server.fail(BTC_DAY_1, { cutAfterBytes: 50, hold: true }, { status: 500 }, { status: 500 }, { status: 500 });
    const running = expect(run()).rejects.toThrow('BTCUSDT 2025-05-26 aggTrades: given up after 3 attempts');
    await cutAt(50);
    await running;
    expect(await estimatePull(options())).toMatchObject({ bytes: zip.length - 50 });
    expect((await run()).bytesDownloaded).toBe(zip.length - 50);
  });

  test('a server that ignores the range starts over', async () => {
    publishBtcDay1();
    server.fail(BTC_DAY_1, { cutAfterBytes: 40 }, 'ignore-range');
    await run();
    expect(await priceChanges('2025-05-26', 'BTCUSDT', 5_000)).toEqual(BTC_DAY_1_CHANGES);
  });

  test('a server that sends the same beginning each time is given up', async () => {
    publishBtcDay1();
    server.fail(BTC_DAY_1, ...Array(9).fill({ cutAfterBytes: 40, hold: true, ignoreRange: true }));
    const running = expect(run()).rejects.toThrow('given up after 3 attempts');
    for (let attempt = 1; attempt <= 3; attempt++) await cutAt(40);
    await running;
  });

  test('a part of an older publication is thrown away after the checksum has failed', async () => {
    server.publish(BTC_DAY_1, aggTradesCsv([[DAY_1, 1, '77']]));
    server.fail(BTC_DAY_1, { cutAfterBytes: 60, hold: true }, { status: 500 }, { status: 500 }, { status: 500 });
    const running = expect(run()).rejects.toThrow('given up');
    await cutAt(60);
    await running;
    publishBtcDay1();
    await run();
    const ranges = server.requests.filter(({ method, path }) => method === 'GET' && path === BTC_DAY_1).slice(-2);
    expect(ranges.map(({ range }) => range)).toEqual(['bytes=60-', undefined]);
    expect(await priceChanges('2025-05-26', 'BTCUSDT', 5_000)).toEqual(BTC_DAY_1_CHANGES);
  });

  test('503 and 429, then success', async () => {
    publishBtcDay1();
    server.fail(`${BTC_DAY_1}.CHECKSUM`, { status: 503 }, { status: 429, headers: { 'retry-after': '0' } });
    server.fail(BTC_DAY_1, { status: 503 }, { status: 503 });
    await run();
    expect(await priceChanges('2025-05-26', 'BTCUSDT', 5_000)).toEqual(BTC_DAY_1_CHANGES);
  });

  test('a silent connection is cut and tried again', async () => {
    publishBtcDay1();
    server.fail(BTC_DAY_1, 'silence');
    // On a busy machine a good answer may be late too, hence several attempts.
    await run({ retry: { attempts: 9, firstWaitMs: 1, idleTimeoutMs: 300 } });
    const gets = server.requests.filter(({ method, path }) => method === 'GET' && path === BTC_DAY_1);
    expect(gets.length).toBeGreaterThanOrEqual(2);
  });

  test('a redirect to another address is not followed', async () => {
    publishBtcDay1();
    server.fail(BTC_DAY_1, { status: 302, headers: { location: 'http://127.0.0.2:9/elsewhere.zip' } });
    await expect(run()).rejects.toThrow('answered 302');
  });

  test('a checksum that never matches is an error with both sums; allowed, it is taken and noticed', async () => {
    const zip = publishBtcDay1();
    server.put(`${BTC_DAY_1}.CHECKSUM`, `${'0'.repeat(64)}  BTCUSDT-aggTrades-2025-05-26.zip\n`);
    await expect(run()).rejects.toThrow(`sha256 must be ${'0'.repeat(64)} (its .CHECKSUM), was ${sha256Of(zip)}`);
    expect(leftovers()).toEqual([]);
    expect(existsSync(join(dir, 'out', '2025-05-26.parquet'))).toBe(false);

    const result = await run({ allowChecksumMismatch: true });
    expect(result.days[0]?.files[0]?.noticed).toEqual({ checksumMismatch: 1 });
    await expect(run()).rejects.toThrow('sha256 must be'); // not taken for verified later
  });

  test('a matching checksum does not hide a damaged zip', async () => {
    server.publish(BTC_DAY_1, '', zipOf('a.csv', aggTradesCsv([[DAY_1, 1, '1']]), { crc: 7 }));
    await expect(run()).rejects.toThrow('with CRC 00000007');
    expect(readdirSync(join(dir, 'out'))).toEqual([]);
  });

  test('a stopped pull ends with the reason, keeps its part and leaves no day behind', async () => {
    publishBtcDay1();
    server.fail(BTC_DAY_1, 'silence');
    const stop = new AbortController();
    const running = run({ signal: stop.signal });
    await vi.waitUntil(() => server.requests.some(({ method, path }) => method === 'GET' && path === BTC_DAY_1), WAIT);
    stop.abort(new Error('interrupted'));
    await expect(running).rejects.toThrow('interrupted');
    expect(readdirSync(join(dir, 'out'))).toEqual([]);
  });
});

describe('universe of the month before', () => {
  const month = (volumes: readonly number[]) =>
    klinesCsv(volumes.map((volume, i) => [Date.UTC(2025, 3, 1 + i), '1', volume] as const));

  test('greatest quote volume first; nothing of the pulled month is asked for', async () => {
    server.publish(monthly('AUSDT', '2025-04'), month([1, 1]));
    server.publish(monthly('BUSDT', '2025-04'), month([5, 5]));
    server.publish(monthly('CUSDT', '2025-04'), month([2, 2]));
    const plan = await estimatePull(
      options({ symbols: { top: 2, candidates: ['AUSDT', 'BUSDT', 'CUSDT', 'NEWUSDT'] }, allowMissing: true }),
    );
    expect(plan.symbols).toEqual(['BUSDT', 'CUSDT']);
    expect(server.requests.filter(({ path }) => path.includes('/klines/') && path.includes('2025-05-26'))).toEqual([]);
  });

  test('daily files stand in while the month is not published', async () => {
    server.publish(
      `${ROOT}/daily/klines/AUSDT/1d/AUSDT-1d-2025-04-30.zip`,
      klinesCsv([[Date.UTC(2025, 3, 30), '1', 9]]),
    );
    const plan = await estimatePull(options({ symbols: { top: 1, candidates: ['BUSDT', 'AUSDT'] } }));
    expect(plan.symbols).toEqual(['AUSDT']);
  });

  test('too few candidates traded', async () => {
    server.publish(monthly('AUSDT', '2025-04'), month([1]));
    await expect(estimatePull(options({ symbols: { top: 2, candidates: ['AUSDT', 'BUSDT'] } }))).rejects.toThrow(
      'top: 2 symbols asked for, but only 1 of 2 candidates have klines in 2025-04',
    );
  });
});

describe('the folder', () => {
  test('pull.json says what the days were made of, and a later day is added to it', async () => {
    const zip = publishBtcDay1();
    server.publish(aggTrades('BTCUSDT', '2025-05-27'), aggTradesCsv([[DAY_2, 3, '1']]));
    await run({ from: '2025-05-27', to: '2025-05-27' });
    await run();
    const manifest = JSON.parse(readFileSync(join(dir, 'out', 'pull.json'), 'utf8'));
    expect(manifest).toMatchObject({ schemaVersion: 1, source: server.url, interval: '5s', symbols: ['BTCUSDT'] });
    expect(manifest.days.map((day: { date: string }) => day.date)).toEqual(['2025-05-26', '2025-05-27']);
    expect(manifest.days[0].files).toEqual([{ path: BTC_DAY_1, sha256: sha256Of(zip), noticed: {} }]);
  });

  test('a check of the folder reads every day of it', async () => {
    publishBtcDay1();
    server.publish(aggTrades('BTCUSDT', '2025-05-27'), aggTradesCsv([[DAY_2, 3, '1']]));
    server.publish(bookDepth('BTCUSDT', '2025-05-26'), bookDepthCsv(['2025-05-26 00:00:08'], 10));
    server.publish(bookDepth('BTCUSDT', '2025-05-27'), bookDepthCsv(['2025-05-27 00:00:08'], 10));
    await run({ to: '2025-05-27', withBook: true });
    const check = await checkDayFolder({
      dir: join(dir, 'out'),
      referenceAsset: 'BTCUSDT',
      configBarIntervalMs: 5_000,
    });
    expect(check.errors).toEqual([]);
    expect(check.universe).toEqual(['BTCUSDT']);
    expect(check.measuredBarIntervalMs).toBe(5_000);
    expect(check.days.map(({ error }) => error)).toEqual([null, null]);
    // Only the first row of the first day has no price: nothing is known of the day before.
    expect(check.days.map(({ findings }) => findings?.invalidPrices)).toEqual([1, 0]);
    expect(check.days[0]?.findings).toMatchObject({ rows: 17_280, gaps: 0, duplicates: 0, snapshots: 1 });
  });

  test('days of another universe or interval do not go into it', async () => {
    publishBtcDay1();
    await run();
    server.publish(aggTrades('ETHUSDT', '2025-05-26'), aggTradesCsv([[DAY_1, 1, '1']]));
    await expect(run({ symbols: ['ETHUSDT'] })).rejects.toThrow('holds the universe BTCUSDT, asked for was ETHUSDT');
    await expect(run({ interval: '0.1s' })).rejects.toThrow('holds 5s bars, 0.1s were asked for');
  });

  test('a folder that cannot be written to is refused before any request', async () => {
    writeFileSync(join(dir, 'file'), '');
    await expect(run({ out: join(dir, 'file', 'out') })).rejects.toThrow(
      'must be a folder that can be written to (ENOTDIR)',
    );
    expect(server.requests).toEqual([]);
  });

  test.each([
    [{ from: '2025-02-30' }, 'from: must be a date YYYY-MM-DD, was 2025-02-30'],
    [{ to: '2025-05-25' }, 'to: 2025-05-25 lies before from: 2025-05-26'],
    [{ symbols: [] }, 'symbols: at least one'],
    [{ symbols: ['BTCUSDT', 'BTCUSDT'] }, 'symbols: BTCUSDT is named twice'],
    [{ symbols: ['../../etc'] }, 'ends in USDT, was ../../etc'],
    [{ symbols: { top: 401 } }, 'top: must be a whole number from 1 to 400, was 401'],
    [{ concurrency: 0 }, 'concurrency: must be'],
    [{ baseUrl: 'ftp://x' }, 'must be an http or https URL, was ftp://x'],
    [{ interval: '7s' as '5s' }, 'interval: must be one of 0.1s, 5s, 1m, was 7s'],
  ] satisfies [Partial<PullOptions>, string][])('bad option %j', async (changes, message) => {
    await expect(run(changes)).rejects.toThrow(message);
    expect(server.requests).toEqual([]);
  });
});
