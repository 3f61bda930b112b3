import { describe, expect, test } from 'vitest';
import { describeEstimate } from '../../../src/adapters/archive/estimate.ts';
import {
  aggTradesFile,
  bookDepthFile,
  dailyKlinesFile,
  monthlyKlinesFile,
} from '../../../src/adapters/archive/layout.ts';
import { type PullOptions, resolvePullOptions } from '../../../src/adapters/archive/options.ts';
import { dayFromDate } from '../../../src/model/time.ts';

const DAY = dayFromDate('2025-05-26');
const OPTIONS: PullOptions = {
  symbols: ['BTCUSDT'],
  from: '2025-05-26',
  to: '2025-05-26',
  interval: '5s',
  out: 'out',
};

describe('names in the archive', () => {
  test.each([
    [aggTradesFile('BTCUSDT', DAY), 'daily/aggTrades/BTCUSDT/BTCUSDT-aggTrades-2025-05-26.zip'],
    [bookDepthFile('BTCUSDT', DAY), 'daily/bookDepth/BTCUSDT/BTCUSDT-bookDepth-2025-05-26.zip'],
    [dailyKlinesFile('BTCUSDT', '1m', DAY), 'daily/klines/BTCUSDT/1m/BTCUSDT-1m-2025-05-26.zip'],
    [monthlyKlinesFile('BTCUSDT', '2025-04'), 'monthly/klines/BTCUSDT/1d/BTCUSDT-1d-2025-04.zip'],
  ])('%o', (file, path) => {
    expect(file.path).toBe(`data/futures/um/${path}`);
  });
});

describe('where to pull from and to', () => {
  test.each([
    ['the public archive by default', {}, {}, 'https://data.binance.vision'],
    ['the environment', {}, { DOLPHIN_ARCHIVE_URL: 'http://mirror:8080/binance/' }, 'http://mirror:8080/binance'],
    ['the option wins', { baseUrl: 'http://a' }, { DOLPHIN_ARCHIVE_URL: 'http://b' }, 'http://a'],
  ])('%s', (_, changes, env, url) => {
    expect(resolvePullOptions({ ...OPTIONS, ...changes }, env).baseUrl).toBe(url);
  });

  test('the cache follows XDG_CACHE_HOME', () => {
    expect(resolvePullOptions(OPTIONS, { XDG_CACHE_HOME: '/c' }).cacheDir).toBe('/c/dolphin/archive');
  });
});

test('the estimate in one line', () => {
  const days = [DAY, DAY + 1].map((day) => ({ day, bars: [], books: [] }));
  const estimate = {
    symbols: ['BTCUSDT'],
    days,
    leadIn: [],
    files: 3,
    bytes: 1_234_567,
    cachedFiles: 0,
    cachedBytes: 0,
  };
  expect(describeEstimate({ ...estimate, missing: [] })).toBe(
    '1 symbols, 2025-05-26 to 2025-05-27: 3 files, 1.23 MB to download',
  );
  expect(describeEstimate({ ...estimate, missing: [], cachedFiles: 2, cachedBytes: 50e6 })).toContain(
    '(2 files, 50 MB are in the cache)',
  );
});
