import { describe, expect, test } from 'vitest';
import { type DecodedDay, decodeDay } from '../../../src/adapters/parquet/read-day.ts';
import { SIGNAL_V50, SIGNAL_V150, SIGNAL_VALUES, SIGNAL_VEL_DIV } from '../../../src/model/frame.ts';
import { attachDayBlock, type DayBlock } from '../../../src/shm/day-block.ts';
import {
  FIXTURE_DAY,
  FIXTURE_ROWS,
  FIXTURE_UNIVERSE,
  fixturePath,
  fixtureRow,
} from '../../support/parquet-fixtures.ts';

const MS = 1e6;
const US = 1e3;
const NS = 1;

async function decode(name: string, universe = FIXTURE_UNIVERSE): Promise<{ day: DecodedDay; block: DayBlock }> {
  const day = await decodeDay({ path: fixturePath(name), day: FIXTURE_DAY, bookPath: null, universe });
  return { day, block: attachDayBlock(day.buffer, day.shape) };
}

function signal(block: DayBlock, row: number, field: number): number {
  return block.signals[row * SIGNAL_VALUES + field] as number;
}

describe('a day file as pandas and pyarrow write it', () => {
  test.each([
    ['int64-snappy', NS],
    ['int64-none-plain', NS],
    ['timestamp-ms-utc-gzip', MS],
    ['timestamp-us-zstd', US],
    ['timestamp-ns-lz4', NS],
    ['timestamp-us-v1-brotli', US],
    ['timestamp-int96', NS],
    ['row-groups', NS],
    ['pages-v2-small', NS],
    ['dictionary-v2', NS],
    ['checksums', NS],
    ['delta-and-split', NS],
    ['scan-number-int32', NS],
    ['scan-number-uint64', NS],
    ['pandas-int64', NS],
    ['pandas-datetime64', NS],
    ['pandas-datetime-index', NS],
    ['pandas-float32', NS],
    ['pandas-filtered-index', NS],
    ['pandas-extra-columns', NS],
  ])('%s decodes to the same block', async (name, unitNs) => {
    const { day, block } = await decode(name);
    expect(day.shape).toEqual({ rows: FIXTURE_ROWS, assets: 2, books: 0 });
    expect(day.hasSignals).toBe(true);
    for (let i = 0; i < FIXTURE_ROWS; i++) {
      const row = fixtureRow(i, unitNs);
      const found = {
        nsOfDay: block.nsOfDay[i],
        scanNumber: block.scanNumbers[i],
        velDiv: signal(block, i, SIGNAL_VEL_DIV),
        v50: signal(block, i, SIGNAL_V50),
        v150: signal(block, i, SIGNAL_V150),
        btc: block.prices[2 * i],
        eth: block.prices[2 * i + 1],
      };
      expect(found).toEqual(row);
      expect(signal(block, i, SIGNAL_V150 + 1)).toBeNaN();
    }
  });

  test('vel_div is v50 - v150 where only these are columns', async () => {
    const { day, block } = await decode('velocities-only');
    expect(day.hasSignals).toBe(true);
    for (let i = 0; i < FIXTURE_ROWS; i++) expect(signal(block, i, SIGNAL_VEL_DIV)).toBe(0.001 * i - 0.002 * i);
  });

  test('a price-only day says that its signals are missing', async () => {
    const { day, block } = await decode('prices-only');
    expect(day.hasSignals).toBe(false);
    expect(block.signals.every(Number.isNaN)).toBe(true);
  });

  test('a column of nothing but None is an asset without any price', async () => {
    const { block } = await decode('pandas-dead-asset', [...FIXTURE_UNIVERSE, 'DEADUSDT']);
    const dead = Array.from({ length: FIXTURE_ROWS }, (_, i) => block.prices[3 * i + 2]);
    expect(dead.every(Number.isNaN)).toBe(true);
    expect(block.prices[0]).toBe(60_000);
  });

  test('a block of the right size is written over, every value of it; one of another size is left alone', async () => {
    const request = { path: fixturePath('velocities-only'), day: FIXTURE_DAY, bookPath: fixturePath('book') };
    const fresh = await decodeDay({ ...request, universe: FIXTURE_UNIVERSE });
    const used = new SharedArrayBuffer(fresh.buffer.byteLength);
    new Uint8Array(used).fill(0x40);
    const again = await decodeDay({ ...request, universe: FIXTURE_UNIVERSE, reuse: used });
    expect(again.buffer).toBe(used);
    expect(new Float64Array(used)).toEqual(new Float64Array(fresh.buffer));
    const other = await decodeDay({ ...request, universe: FIXTURE_UNIVERSE, reuse: new SharedArrayBuffer(64) });
    expect(other.buffer.byteLength).toBe(used.byteLength);
  });

  test('columns are found by name when the universe has another order', async () => {
    const { block } = await decode('int64-snappy', ['ETHUSDT', 'BTCUSDT']);
    expect([block.prices[0], block.prices[1]]).toEqual([3000, 60_000]);
  });
});

describe('an order-book file', () => {
  // make.py: rows 0..5 have seconds 30 30 10 10 20 20 and symbols ETH BTC BTC ETH DOGE BTC; DOGE is unknown.
  test.each(['book', 'book-plain', 'book-pandas'])(
    '%s comes by time, ties in file order, unknown symbols dropped',
    async (name) => {
      const request = { path: fixturePath('int64-snappy'), day: FIXTURE_DAY, universe: FIXTURE_UNIVERSE };
      const day = await decodeDay({ ...request, bookPath: fixturePath(name) });
      const block = attachDayBlock(day.buffer, day.shape);
      expect(day.bookSha256).toMatch(/^[0-9a-f]{64}$/);
      expect([...block.bookNsOfDay]).toEqual([10e9, 10e9, 20e9, 30e9, 30e9]);
      expect([...block.bookAssets]).toEqual([0, 1, 0, 1, 0]);
      const rowsOfFile = [2, 3, 5, 0, 1];
      const expected = rowsOfFile.flatMap((row) =>
        Array.from({ length: 20 }, (_, column) => (row === 3 && column === 7 ? Number.NaN : row + column / 100)),
      );
      expect([...block.bookValues]).toEqual(expected);
    },
  );
});
