import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { planReplay } from '../../src/adapters/day-folder/plan.ts';
import { decodeDay } from '../../src/adapters/parquet/read-day.ts';
import { writeDayFile } from '../../src/adapters/parquet/write-day.ts';
import { SIGNAL_FIELDS, SIGNAL_VALUES } from '../../src/model/frame.ts';
import type { Report } from '../../src/model/report.ts';
import { unixNsFrom } from '../../src/model/time.ts';
import { attachDayBlock } from '../../src/shm/day-block.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { REPOSITORY, runDolphin } from '../support/run-dolphin.ts';

const SCANS = 620;
/** Event seconds per second: 11 ms between two scans; every night 33 ms. */
const SPEED = process.env['DOLPHIN_NIGHTLY'] === '1' ? 150 : 450;

/** The first scans of the first plain golden day, as a folder of its own. */
async function sliceOfPlainDay(): Promise<string> {
  const source = join(REPOSITORY, 'test/golden/plain/data');
  const plan = await planReplay({ dir: source, configBarIntervalMs: 5000, referenceAsset: 'BTCUSDT' });
  const file = plan.files[0]!;
  const decoded = await decodeDay({ path: file.path, day: file.day, bookPath: null, universe: plan.universe });
  const block = attachDayBlock(decoded.buffer, decoded.shape);
  const signal = (field: number) =>
    Float64Array.from({ length: SCANS }, (_, row) => block.signals[row * SIGNAL_VALUES + field]!);
  const dir = join(temporaryFolder(), 'slice');
  mkdirSync(dir);
  await writeDayFile(join(dir, file.name), {
    timestampsNs: BigInt64Array.from({ length: SCANS }, (_, row) => unixNsFrom(file.day, block.nsOfDay[row]!)),
    scanNumbers: Float64Array.from(block.scanNumbers.subarray(0, SCANS)),
    signals: Object.fromEntries(SIGNAL_FIELDS.map((name, field) => [name, signal(field)])),
    assets: plan.universe,
    prices: block.prices.slice(0, SCANS * block.assets),
  });
  return dir;
}

test(`${SCANS} scans at ${SPEED}x take their time and decide the same`, async () => {
  const dir = await sliceOfPlainDay();
  const replay = async (...flags: string[]) => {
    const { code, stdout, stderr } = await runDolphin(['replay', '--data', dir, '--json', '-', ...flags]);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as Report;
  };
  const fast = await replay();
  const paced = await replay('--speed', `${SPEED}x`);
  expect(fast.trades.length).toBeGreaterThan(0);
  expect(paced.decisionHash).toBe(fast.decisionHash);
  expect(paced.timing.seconds).toBeGreaterThan(((SCANS - 1) * 5) / SPEED - 1);
  expect(paced.timing.lostWakes).toBe(0);
});
