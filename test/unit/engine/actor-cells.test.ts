import { expect, test } from 'vitest';
import { type AcbUpdate, blankPostureUpdate } from '../../../src/engine/live-cells.ts';
import {
  ACB_BETA,
  ACB_BOOST,
  ACB_REFUSED_SEQ,
  ACB_UPDATE_SEQ,
  CellWriter,
  POSTURE_CODE,
  POSTURE_RM,
} from '../../../src/shm/cell.ts';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { createRegion } from '../../../src/shm/region.ts';
import { RegionCells } from '../../../src/workers/region-cells.ts';

function cellsWithWriters() {
  const region = createRegion({ assets: 2, hasAssetSignals: false, ...DEFAULT_SLOTS });
  const acb = new CellWriter(region, 'acb');
  const push = (boost: number, beta: number) => {
    acb.values[ACB_UPDATE_SEQ] = acb.values[ACB_UPDATE_SEQ]! + 1;
    acb.values[ACB_BOOST] = boost;
    acb.values[ACB_BETA] = beta;
    acb.publish();
  };
  const refuse = () => {
    acb.values[ACB_REFUSED_SEQ] = acb.values[ACB_REFUSED_SEQ]! + 1;
    acb.publish();
  };
  return { cells: new RegionCells(region), posture: new CellWriter(region, 'posture'), push, refuse };
}

const update: AcbUpdate = { version: 0, boost: 0, beta: 0, refusals: 0, hasValue: false };

test('two updates between two steps are one change of version, not one more while they are taken', () => {
  const { cells, push } = cellsWithWriters();
  push(1.5, 0.2);
  push(1.25, 0.3);
  const before = cells.acbVersion();
  expect(cells.takeAcb(update)).toBe(true);
  expect(update).toEqual({ version: before, boost: 1.25, beta: 0.3, refusals: 0, hasValue: true });
  expect(cells.acbVersion()).toBe(before);
  expect(cells.takeAcb(update)).toBe(false);
  push(1, 0);
  expect(cells.acbVersion()).toBeGreaterThan(before);
});

test('every update of a cell that nobody takes is a new version', () => {
  const { cells, posture } = cellsWithWriters();
  const versions = [cells.postureVersion()];
  for (let i = 0; i < 3; i++) {
    posture.publish();
    versions.push(cells.postureVersion());
  }
  expect(new Set(versions).size).toBe(4);
});

test('refusals come alone, or beside the value that stays', () => {
  const { cells, push, refuse } = cellsWithWriters();
  refuse();
  refuse();
  expect(cells.takeAcb(update)).toBe(true);
  expect(update).toMatchObject({ refusals: 2, hasValue: false });
  push(1.5, 0.2);
  refuse();
  expect(cells.takeAcb(update)).toBe(true);
  expect(update).toEqual({ version: 4, boost: 1.5, beta: 0.2, refusals: 1, hasValue: true });
});

test('a posture is taken once, the newest of those that came in between', () => {
  const { cells, posture } = cellsWithWriters();
  const update = blankPostureUpdate();
  expect(cells.takePosture(update)).toBe(false);
  for (const [code, rm] of [
    [1, 0.8],
    [2, 0.6],
  ]) {
    posture.values[POSTURE_CODE] = code!;
    posture.values[POSTURE_RM] = rm!;
    posture.publish();
  }
  expect(cells.takePosture(update)).toBe(true);
  expect(update).toMatchObject({ version: 2, posture: 2, rm: 0.6 });
  expect(cells.postureVersion()).toBe(2);
  expect(cells.takePosture(update)).toBe(false);
  expect(update.version).toBe(2);
});
