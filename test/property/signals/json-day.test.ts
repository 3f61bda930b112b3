import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planReplay } from '../../../src/adapters/day-folder/plan.ts';
import { writeBlockFile } from '../../../src/main/block-file.ts';
import { SIGNAL_VALUES } from '../../../src/model/frame.ts';
import { createChampionConfig } from '../../../src/model/strategy.ts';
import { dateFromDay } from '../../../src/model/time.ts';
import { createSyntheticDay } from '../../../src/replay/synthetic/synthetic-day.ts';
import { syntheticUniverse } from '../../../src/replay/synthetic/universe.ts';
import { decisionHash } from '../../../src/report/decision-hash.ts';
import type { DayBlock } from '../../../src/shm/day-block.ts';
import { runDirect } from '../../support/direct-report.ts';
import { type ScanLayout, writeScanFolder } from '../../support/json-days.ts';

const DAY = 20_458;
const ASSETS = 6;
const UNIVERSE = syntheticUniverse(ASSETS).map(({ symbol }) => symbol);
const CONFIG = createChampionConfig();

/** A day of one-minute scans with holes: missing prices, missing divergences, repeated scans. */
function dayWithHoles(seed: number, holes: readonly number[]): DayBlock {
  const block = createSyntheticDay({ seed, day: DAY, assets: ASSETS, intervalMs: 60_000, withBook: false });
  for (const [i, hole] of holes.entries()) {
    const row = 1 + (hole % (block.rows - 1));
    if (i % 3 === 0) block.prices[row * ASSETS + (hole % ASSETS)] = Number.NaN;
    else if (i % 3 === 1) block.signals[row * SIGNAL_VALUES] = Number.NaN;
    else block.scanNumbers[row] = block.scanNumbers[row - 1]!;
  }
  return block;
}

async function decided(dir: string) {
  const plan = await planReplay({ dir, barInterval: 'auto', configBarIntervalMs: 5000, referenceAsset: 'BTCUSDT' });
  const run = await runDirect(plan, CONFIG);
  return { universe: plan.universe, hash: decisionHash(run.trades), trades: run.trades, days: run.days };
}

async function inFolder<T>(body: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'dolphin-json-day-'));
  try {
    return await body(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const asParquet = (block: DayBlock) =>
  inFolder(async (dir) => {
    await writeBlockFile(join(dir, `${dateFromDay(DAY)}.parquet`), block, {
      day: DAY,
      assets: UNIVERSE,
      withSignals: true,
    });
    return await decided(dir);
  });

const asJson = (block: DayBlock, layout: ScanLayout) =>
  inFolder(async (dir) => {
    writeScanFolder(dir, block, DAY, UNIVERSE, layout);
    return await decided(dir);
  });

describe('a day of JSON scans', () => {
  it('decides as the same day in Parquet, to the last bit of its capital, in both layouts', async () => {
    let trades = 0;
    const days = fc.record({ seed: fc.nat(1000), holes: fc.array(fc.nat(1_000_000), { maxLength: 60 }) });
    await fc.assert(
      fc.asyncProperty(days, async ({ seed, holes }) => {
        const block = dayWithHoles(seed, holes);
        const parquet = await asParquet(block);
        const windows = await asJson(block, 'windows');
        const assets = await asJson(block, 'assets');
        trades += parquet.trades.length;
        expect(windows).toEqual(parquet);
        // Every asset states the one divergence: the gates ask each for its own and get the same answer.
        expect(assets.hash).toBe(parquet.hash);
        expect(assets.trades).toEqual(parquet.trades);
      }),
      { numRuns: 3 },
    );
    expect(trades).toBeGreaterThan(0);
  });
});
