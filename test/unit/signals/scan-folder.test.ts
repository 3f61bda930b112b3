import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listDayFiles } from '../../../src/adapters/day-folder/list.ts';
import { readScanFolder } from '../../../src/adapters/json-scans/scan-folder.ts';
import { InputError } from '../../../src/model/input-error.ts';
import { dayFromDate } from '../../../src/model/time.ts';

const DATE = '2026-01-05';
const DAY = dayFromDate(DATE);
const SECOND = 1_767_571_200; // 2026-01-05T00:00:00Z

describe('a folder of scans', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'dolphin-scans-'));
    mkdirSync(join(dir, DATE));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const write = (name: string, scan: object | string) =>
    writeFileSync(join(dir, DATE, name), typeof scan === 'string' ? scan : JSON.stringify(scan));
  const scan = (second: number, number = second, more: object = {}) => ({
    timestamp: SECOND + second,
    scan_number: number,
    vel_div: -0.01,
    asset_prices: { BTCUSDT: 1, ETHUSDT: 2 },
    ...more,
  });
  const read = () => readScanFolder(join(dir, DATE), DAY);

  it('is read in the order of its stamps, whatever its files are called', () => {
    write('b.json', scan(5));
    write('a.json', scan(15));
    write('c.json', scan(10));
    write('notes.txt', 'not a scan');
    const folder = read();
    expect(folder.scans.map(({ name }) => name)).toEqual(['b.json', 'c.json', 'a.json']);
    expect(folder.universe).toEqual(['BTCUSDT', 'ETHUSDT']);
  });

  it('is a day where there is no Parquet file of it', () => {
    write('a.json', scan(5));
    expect(listDayFiles({ dir }).map(({ name }) => name)).toEqual([DATE]);
    writeFileSync(join(dir, `${DATE}.parquet`), '');
    expect(listDayFiles({ dir }).map(({ name }) => name)).toEqual([`${DATE}.parquet`]);
    mkdirSync(join(dir, '2026-01-06'));
    expect(listDayFiles({ dir })).toHaveLength(1);
  });

  it.each<[string, () => void, RegExp]>([
    [
      'a scan of the day before',
      () => write('bad.json', scan(-1)),
      /bad\.json: key timestamp: 1767571199 .*2026-01-05/,
    ],
    ['a truncated file', () => write('bad.json', '{"timestamp":'), /bad\.json: is no JSON/],
    [
      'an asset that the first scan lacks',
      () => write('bad.json', scan(10, 10, { asset_prices: { SOLUSDT: 1 } })),
      /bad\.json: symbol SOLUSDT is not in a\.json/,
    ],
    [
      'another layout',
      () => write('bad.json', scan(10, 10, { assets: { BTCUSDT: { vel_div: 1 } } })),
      /bad\.json: key assets: states velocities/,
    ],
    [
      'two scans of one time',
      () => write('bad.json', scan(5, 6)),
      /bad\.json: key timestamp: .* must be later than that of a\.json/,
    ],
    [
      'no price at all',
      () => write('a.json', scan(5, 5, { asset_prices: { BTCUSDT: 0 } })),
      /none of its 1 scans has a valid price/,
    ],
  ])('is refused for %s, with the file, the key, the value and the rule', (_, spoil, message) => {
    write('a.json', scan(5));
    spoil();
    expect(read).toThrow(message);
    expect(read).toThrow(InputError);
  });

  it('keeps a repeated scan: it is the engine that counts it', () => {
    write('a.json', scan(5, 7));
    write('b.json', scan(5, 7));
    expect(read().scans).toHaveLength(2);
  });
});
