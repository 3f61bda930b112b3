import { beforeAll, describe, expect, test } from 'vitest';
import { Supervisor } from '../../src/main/supervisor.ts';
import { makeSyntheticFolder } from '../../src/main/synthetic-folder.ts';
import { dayFromDate } from '../../src/model/time.ts';
import type { WorkerName } from '../../src/shm/layout.ts';
import type { GcCount } from '../../src/workers/gc-watch.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { planted, replaySpecs } from '../support/replay-specs.ts';

const DAYS = 6;
const BARS_PER_DAY = 17_280;
const FRAMES = DAYS * BARS_PER_DAY;
const ASSETS = 8;
const ATTEMPTS = 4;
let dir: string;

beforeAll(async () => {
  dir = temporaryFolder();
  const first = dayFromDate('2026-01-05');
  const days = Array.from({ length: DAYS }, (_, i) => first + i);
  const kind = { seed: 1, assets: ASSETS, intervalMs: 5000, withSignals: true, withBook: false, withBars: false };
  await makeSyntheticFolder({ dir, days, ...kind }, { force: true, isStopped: () => false, onDay: () => undefined });
});

/**
 * Where other processes keep V8's compiler waiting, a step runs interpreted for longer, and the interpreter allocates. That
 * is noise, and it only adds: a step that allocates by itself never comes out clean.
 */
async function quietest(): Promise<ReadonlyMap<WorkerName, GcCount>> {
  for (let attempt = 1; ; attempt++) {
    const { region, execution, engine, marketData } = await replaySpecs(dir);
    const { collections } = await new Supervisor(region, [execution, engine, marketData]).run();
    if (attempt === ATTEMPTS || collections.get('ENGINE')!.minor === 0) return collections;
  }
}

describe(`garbage collections while ${FRAMES} frames pass, read after every thread has yielded`, () => {
  test('the engine needs none, the threads beside it no full one and less than one per 1,000 frames', async () => {
    const collections = await quietest();
    console.log(`collections in ${FRAMES} frames: ${JSON.stringify([...collections])}`);
    expect(collections.get('ENGINE')).toEqual({ minor: 0, major: 0, longestNs: 0 });
    expect(collections.get('EXECUTION')).toMatchObject({ major: 0 });
    // Decoding Parquet is the source's own garbage; only scavenges are counted against publishing.
    for (const thread of ['EXECUTION', 'MARKET_DATA'] as const) {
      expect(collections.get(thread)!.minor).toBeLessThan(FRAMES / 1000);
    }
  });

  test('a small array per frame shows', async () => {
    const { region, execution, engine, marketData } = await replaySpecs(dir);
    const workers = [execution, planted(engine, 'allocating-engine'), marketData];
    const { collections } = await new Supervisor(region, workers).run();
    expect(collections.get('ENGINE')!.minor).toBeGreaterThan(0);
  });
});
