import { expect, it } from 'vitest';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { createRegion } from '../../../src/shm/region.ts';
import { judgeCell } from './support/cell-roles.ts';
import { runThread } from './support/thread.ts';
import { describeOnTwoCores } from './support/two-cores.ts';

const VALUES = 30_000;
const region = () => createRegion({ ...DEFAULT_SLOTS, barSlots: 2, assets: 1, hasAssetSignals: false });

describeOnTwoCores('a cell that another thread overwrites without pause', () => {
  it('gives whole values whose version only grows', async () => {
    const shared = region();
    const churn = runThread({ buffer: shared.buffer, role: 'churn cell', frames: 0, seed: 1 });
    expect(judgeCell(shared, VALUES)).toEqual({ taken: VALUES, torn: 0, backwards: 0 });
    await churn;
  });

  it('would catch a writer that writes the middle buffer in place', async () => {
    const shared = region();
    const churn = runThread({ buffer: shared.buffer, role: 'churn cell in place', frames: 0, seed: 1 });
    expect(judgeCell(shared, 300 * VALUES).torn).toBe(1);
    await churn;
  });
});
