import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planReplay } from '../../../src/adapters/day-folder/plan.ts';
import { hashFile, openBarFile, readBarGroup, readBars } from '../../../src/adapters/parquet/read-bars.ts';
import { writeBarsFile } from '../../../src/main/bars-file.ts';
import { type BarBlock, barBlockOf } from '../../../src/shm/bar-block.ts';
import { DATE, DAY, dayColumns, temporaryFolder, writeDay } from '../../support/parquet-days.ts';

const UNIVERSE = ['BTCUSDT', 'ETHUSDT'];

/** Blocks of some rows each, a bar every `stepMs` from `fromMs` on; prices count up, one of them missing. */
function blocks(sizes: readonly number[], stepMs = 100, fromMs = 0): BarBlock[] {
  let bar = 0;
  return sizes.map((rows) => {
    const block = barBlockOf({ rows, assets: 2 });
    for (let i = 0; i < rows; i++, bar++) {
      block.nsOfDay[i] = (fromMs + bar * stepMs) * 1e6;
      block.prices.set([100 + bar, bar === 3 ? Number.NaN : 50 + bar], 2 * i);
    }
    return block;
  });
}

async function written(of: readonly BarBlock[], assets = UNIVERSE): Promise<string> {
  const path = join(temporaryFolder(), `${DATE}.parquet`);
  await writeBarsFile(path, DAY, assets, of);
  return path;
}

const all = (parts: readonly BarBlock[], field: 'nsOfDay' | 'prices') => parts.flatMap((part) => [...part[field]]);

describe('a file of 0.1 s bars', () => {
  test('comes back row group by row group, as it was written', async () => {
    const original = blocks([4, 3, 5]);
    const path = await written(original);
    const read = [...readBars(path, DAY, UNIVERSE)];
    expect(read.map(({ rows }) => rows)).toEqual([4, 3, 5]);
    expect(all(read, 'nsOfDay')).toEqual(all(original, 'nsOfDay'));
    expect(all(read, 'prices')).toEqual(all(original, 'prices'));
    expect(openBarFile(path, DAY, UNIVERSE)).toMatchObject({ groups: 3, rows: 12 });
  });

  test('has its assets in the order of the universe, whatever that of its columns', async () => {
    const path = await written(blocks([2]));
    const [block] = [...readBars(path, DAY, ['ETHUSDT', 'BTCUSDT'])];
    expect([...block!.prices]).toEqual([50, 100, 51, 101]);
  });

  test('is decoded into a block that nobody reads any more, where that is large enough', async () => {
    const bars = openBarFile(await written(blocks([4, 3, 5])), DAY, UNIVERSE);
    const first = readBarGroup(bars, 0)!;
    const second = readBarGroup(bars, 1, first.buffer)!;
    expect(second.buffer).toBe(first.buffer);
    expect([...second.prices]).toEqual([104, 54, 105, 55, 106, 56]);
    expect(readBarGroup(bars, 2, first.buffer)!.buffer).not.toBe(first.buffer);
  });

  test('is hashed in pieces', async () => {
    const path = await written(blocks([4]));
    expect(hashFile(path)).toBe(createHash('sha256').update(readFileSync(path)).digest('hex'));
  });

  test.each([
    ['another universe', blocks([4]), ['BTCUSDT', 'XRPUSDT'], /another universe.*missing: ETHUSDT; new: XRPUSDT/],
    ['bars of another length', blocks([8], 5000), UNIVERSE, /bars are 5000 ms long.*must be 100 ms/],
    ['stamps of another day', blocks([4], 100, 86_400_000), UNIVERSE, /2026-01-06.* is not of the file's date/],
  ])('is refused with %s', async (_, of, assets, message) => {
    const path = await written(of, assets);
    expect(() => openBarFile(path, DAY, UNIVERSE)).toThrow(message);
  });

  test('is refused where its stamps do not go forward, within a row group and from one to the next', async () => {
    const within = blocks([5]);
    within[0]!.nsOfDay[4] = within[0]!.nsOfDay[3]!;
    const across = [...blocks([5]), ...blocks([5], 100, 400)];
    for (const path of [await written(within), await written(across)]) {
      expect(() => [...readBars(path, DAY, UNIVERSE)]).toThrow(
        /T00:00:00.[34]00Z must be later than 2026-01-05T00:00:00.[34]00Z/,
      );
    }
  });

  test('is refused with a row group that would not fit, before anything is decoded', async () => {
    const path = await written(blocks([4, 5, 3]));
    expect(openBarFile(path, DAY, UNIVERSE, 80).groups).toBe(3);
    expect(() => openBarFile(path, DAY, UNIVERSE, 79)).toThrow(/row group has 5 rows of 2 assets, must be at most 4/);
  });
});

describe('a plan', () => {
  async function folder(withBars: boolean): Promise<string> {
    const dir = temporaryFolder();
    await writeDay(dir, dayColumns());
    if (!withBars) return dir;
    mkdirSync(join(dir, 'bars'));
    await writeBarsFile(join(dir, 'bars', `${DATE}.parquet`), DAY, UNIVERSE, blocks([7]));
    return dir;
  }
  const plan = (dir: string, resolution?: '5s' | 'hybrid' | '0.1s') =>
    planReplay({ dir, configBarIntervalMs: 5000, referenceAsset: 'BTCUSDT', resolution });

  test('asks for the bars of every day where the resolution does, and leaves them alone where it does not', async () => {
    const dir = await folder(true);
    expect((await plan(dir)).files[0]).toMatchObject({ barsPath: null, barRows: 0 });
    for (const resolution of ['hybrid', '0.1s'] as const) {
      const { files } = await plan(dir, resolution);
      expect(files[0]).toMatchObject({ barsPath: join(dir, 'bars', `${DATE}.parquet`), barRows: 7 });
    }
  });

  test('names the file that is missing', async () => {
    const dir = await folder(false);
    await expect(plan(dir, 'hybrid')).rejects.toThrow(
      `${join(dir, 'bars', `${DATE}.parquet`)}: is missing, resolution hybrid needs the 0.1 s bars of every day`,
    );
    expect((await plan(dir, '5s')).files).toHaveLength(1);
  });
});
