import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { expect, test } from 'vitest';
import { decodeDay } from '../../../src/adapters/parquet/read-day.ts';
import { writeDayFile } from '../../../src/adapters/parquet/write-day.ts';
import { writeParquet } from '../../../src/adapters/parquet/write-parquet.ts';
import { SIGNAL_FIELDS, SIGNAL_VALUES } from '../../../src/model/frame.ts';
import { attachDayBlock } from '../../../src/shm/day-block.ts';
import { DAY, stampNs, temporaryFolder } from '../../support/parquet-days.ts';

const ROWS = 2500; // more than the first row group of hyparquet-writer's default
const ASSETS = ['BTCUSDT', 'ETHUSDT', 'DEADUSDT'];

const day = {
  timestampsNs: BigInt64Array.from({ length: ROWS }, (_, i) => stampNs(i * 5) + 7n),
  scanNumbers: Array.from({ length: ROWS }, (_, i) => i),
  signals: Object.fromEntries(
    SIGNAL_FIELDS.map((name, field) => [
      name,
      Float64Array.from({ length: ROWS }, (_, i) => (i < 50 ? Number.NaN : i / (field + 3))),
    ]),
  ),
  assets: ASSETS,
  prices: Float64Array.from({ length: ROWS * 3 }, (_, i) => (i % 3 === 2 || i % 7 === 0 ? Number.NaN : 1 / (i + 3))),
};

test('a written day decodes to what was written', async () => {
  const path = join(temporaryFolder(), '2026-01-05.parquet');
  await writeDayFile(path, day);
  const decoded = await decodeDay({ path, day: DAY, bookPath: null, universe: ASSETS });
  const block = attachDayBlock(decoded.buffer, decoded.shape);
  expect(decoded.hasSignals).toBe(true);
  expect(block.nsOfDay).toEqual(Float64Array.from({ length: ROWS }, (_, i) => i * 5e9 + 7));
  expect(block.scanNumbers).toEqual(Float64Array.from(day.scanNumbers));
  expect(block.prices).toEqual(day.prices);
  const written = Float64Array.from({ length: ROWS * SIGNAL_VALUES }, (_, i) =>
    Number(day.signals[SIGNAL_FIELDS[i % SIGNAL_VALUES] as string]?.[Math.floor(i / SIGNAL_VALUES)]),
  );
  expect(block.signals).toEqual(written);
});

test('missing values are nulls in the file, not NaN', async () => {
  const path = join(temporaryFolder(), '2026-01-05.parquet');
  await writeDayFile(path, day);
  const rows = await parquetReadObjects({
    file: await asyncBufferFromFile(path),
    columns: ['DEADUSDT', 'vel_div'],
    rowEnd: 1,
  });
  expect(rows).toEqual([{ DEADUSDT: null, vel_div: null }]);
});

test('columns of another length are refused', async () => {
  const path = join(temporaryFolder(), '2026-01-05.parquet');
  await expect(writeDayFile(path, { ...day, prices: new Float64Array(4) })).rejects.toThrow(
    'prices must have 7500 values, had 4',
  );
});

test('a failed write leaves nothing behind', async () => {
  const dir = temporaryFolder();
  const column = { name: 'x', data: [1n], type: 'INT64' as const };
  mkdirSync(join(dir, 'taken', 'inside'), { recursive: true }); // a folder cannot be renamed over
  await expect(writeParquet(join(dir, 'taken'), [column])).rejects.toThrow();
  await expect(writeParquet(join(dir, 'bad'), [{ ...column, data: [1n << 70n] }])).rejects.toThrow();
  expect(readdirSync(dir)).toEqual(['taken']);
});
