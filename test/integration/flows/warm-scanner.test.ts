import { beforeAll, expect, test } from 'vitest';
import { listDayFiles } from '../../../src/adapters/day-folder/list.ts';
import { inspectDay } from '../../../src/adapters/day-folder/plan.ts';
import { decodeDay } from '../../../src/adapters/parquet/read-day.ts';
import { EigenScanner } from '../../../src/alpha/scanner/eigen-scanner.ts';
import { scanWarmed, warmUpStart } from '../../../src/flows/warm-scanner.ts';
import { attachDayBlock, type DayBlock } from '../../../src/shm/day-block.ts';
import { scanDay } from '../../../src/workers/scan-day.ts';
import { flowFolder, makePriceDays } from './flow-fixtures.ts';

const data = flowFolder();
beforeAll(() => makePriceDays(data, 3));

async function setUp() {
  const files = listDayFiles({ dir: data });
  const universe = inspectDay(files[0]!, null).assets;
  const { length: assets } = universe;
  const options = { universe, assets, excluded: new Uint8Array(assets), barIntervalMs: 60_000, thresholds: [0.02] };
  const earlier = files.slice(0, -1).map((file) => ({ ...file, acceptedScans: 1440 }));
  return { files, options, earlier, last: files.at(-1)! };
}

/** Signals of the last day by one scanner over all of them. */
async function scanAll(): Promise<DayBlock> {
  const { files, options } = await setUp();
  const scanner = new EigenScanner(options);
  let block: DayBlock | null = null;
  for (const { path, day } of files) {
    const decoded = await decodeDay({ path, day, bookPath: null, universe: options.universe });
    block = attachDayBlock(decoded.buffer, decoded.shape);
    scanDay(scanner, block, day, false);
  }
  return block!;
}

test('a scanner warmed by 1,217 scans at most gives the last day the bits that one over all days gives', async () => {
  const { options, earlier, last } = await setUp();
  expect(warmUpStart(2 * 1440)).toBe(1792); // not from the beginning, and in the middle of a file
  const warmed = await scanWarmed(earlier, last, options, new AbortController().signal);
  const whole = await scanAll();
  expect(Buffer.from(warmed.signals.buffer, warmed.signals.byteOffset, warmed.signals.byteLength)).toEqual(
    Buffer.from(whole.signals.buffer, whole.signals.byteOffset, whole.signals.byteLength),
  );
});

test('a cold one does not', async () => {
  const { options, last } = await setUp();
  const cold = await scanWarmed([], last, options, new AbortController().signal);
  expect(Number.isNaN(cold.signals[0])).toBe(true);
  expect(Array.from(cold.signals.slice(-7))).not.toEqual(Array.from((await scanAll()).signals.slice(-7)));
});

test('a stop is obeyed in the middle of a day', async () => {
  const { options, earlier, last } = await setUp();
  await expect(scanWarmed(earlier, last, options, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
});
