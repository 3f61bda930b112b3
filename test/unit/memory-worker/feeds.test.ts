import { afterEach, expect, test, vi } from 'vitest';
import { ProcessStore } from '../../../src/adapters/memory/process-store.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { blankPostureUpdate, NO_POSTURE } from '../../../src/engine/live-cells.ts';
import { TURTLE } from '../../../src/model/posture.ts';
import { CellReader, POSTURE_CODE, POSTURE_RM, POSTURE_TS_DAY, POSTURE_TS_NS_OF_DAY } from '../../../src/shm/cell.ts';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { createRegion } from '../../../src/shm/region.ts';
import { AcbFeed } from '../../../src/workers/memory/acb-feed.ts';
import { PostureFeed } from '../../../src/workers/memory/posture-feed.ts';
import { RegionCells } from '../../../src/workers/region-cells.ts';
import { acb, DAY, TS_MS } from '../../integration/memory/sample-values.ts';
import { until } from '../../integration/memory/until.ts';

afterEach(() => vi.useRealTimers());

function parts() {
  const region = createRegion({ ...DEFAULT_SLOTS, assets: 2, hasAssetSignals: false });
  const port = new ProcessStore();
  const memory = new SystemMemory(port, 'blue');
  return { region, port, memory, cells: new RegionCells(region) };
}

const update = () => ({ version: 0, boost: 0, beta: 0, refusals: 0, hasValue: false });

test('a pushed ACB value is taken by the engine once, as given', async () => {
  const { region, memory, cells } = parts();
  const feed = new AcbFeed(region, memory, false);
  await feed.start();
  const taken = update();
  expect(cells.takeAcb(taken)).toBe(false);
  await memory.acbBoost.write(acb(TS_MS, 7)); // the engine clamps
  await until('the value', () => feed.latest !== null);
  expect(cells.takeAcb(taken)).toBe(true);
  expect(taken).toMatchObject({ hasValue: true, boost: 7, beta: 0.8, refusals: 0 });
  expect(cells.takeAcb(taken)).toBe(false);
});

test.each([
  [true, 'today', 1.2],
  [true, 'of another day', null],
  [false, 'today', null],
] as const)('a value that stood there before: taken is %s, %s', async (takesStanding, when, boost) => {
  const { region, memory } = parts();
  const tsMs = when === 'today' ? Date.now() : TS_MS;
  await memory.acbBoost.write(acb(tsMs));
  const feed = new AcbFeed(region, memory, takesStanding);
  await feed.start();
  await memory.acbBoost.write(acb(tsMs + 1, 1.2));
  // Both values have been read by now; in a replay only the one that came later counts.
  await until('the push', () => feed.latest?.tsMs === tsMs + 1);
  expect(feed.latest?.boost).toBe(1.2);
  const again = new AcbFeed(region, memory, takesStanding);
  await again.start();
  await new Promise((resolve) => setImmediate(resolve));
  expect(again.latest?.boost ?? null).toBe(boost);
});

test('refused values are counted into the cell, and never change it', async () => {
  const { region, port, memory, cells } = parts();
  const feed = new AcbFeed(region, memory, false);
  await feed.start();
  for (const boost of ['NaN', '1e400', '"1"']) {
    await port.put('DOLPHIN_FEATURES', 'acb_boost', `{"boost":${boost},"beta":0}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until('three refusals', () => memory.status().refused === 3);
  feed.tellRefusals();
  feed.tellRefusals();
  const taken = update();
  expect(cells.takeAcb(taken)).toBe(true);
  expect(taken).toMatchObject({ hasValue: false, refusals: 3 });
});

test('posture and Rm with the time of their evaluation', async () => {
  const { region, memory } = parts();
  const feed = new PostureFeed(region, memory);
  feed.start();
  await memory.safety.write({ posture: 'TURTLE', rm: 0.6, sensors: null, tsMs: TS_MS });
  await until('the posture', () => feed.latest !== null);
  const cell = new CellReader(region, 'posture');
  expect(cell.refresh()).toBe(true);
  const { values } = cell;
  expect(values[POSTURE_CODE]).toBe(TURTLE);
  expect(values[POSTURE_RM]).toBe(0.6);
  expect(values[POSTURE_TS_DAY]).toBe(DAY);
  expect(values[POSTURE_TS_NS_OF_DAY]).toBe(300_000_000_000);
});

test.each([
  ['says it again once it answers', true],
  ['says nothing when it comes back empty', false],
])('a memory out of reach takes its posture back, and %s', async (_what, isKept) => {
  const { region, port, memory, cells } = parts();
  const feed = new PostureFeed(region, memory);
  feed.start();
  await memory.safety.write({ posture: 'TURTLE', rm: 0.6, sensors: null, tsMs: TS_MS });
  await until('the posture', () => feed.latest !== null);
  const taken = blankPostureUpdate();
  feed.watch();
  expect([cells.takePosture(taken), taken.posture]).toEqual([true, TURTLE]);
  const answers = vi.spyOn(memory, 'status');
  const look = (connected: boolean) => {
    answers.mockReturnValue({ ...port.status(), pendingWrites: 0, refused: 0, refusedEntries: {}, connected });
    feed.watch();
  };
  look(false);
  look(false);
  expect([cells.takePosture(taken), taken.posture]).toEqual([true, NO_POSTURE]);
  const reading = vi.spyOn(port, 'get');
  if (!isKept) reading.mockResolvedValue({ kind: 'ok', text: null });
  look(true);
  await until('the memory was read', () => reading.mock.results.length > 0);
  await until('what it says', () => (feed.latest !== null) === isKept);
  expect([cells.takePosture(taken), taken.posture]).toEqual(isKept ? [true, TURTLE] : [false, NO_POSTURE]);
});
