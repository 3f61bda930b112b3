import { expect, test } from 'vitest';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { createRegion } from '../../../src/shm/region.ts';
import { readStages, StageHistogram } from '../../../src/shm/stage-histogram.ts';

const regionOfStages = () => createRegion({ ...DEFAULT_SLOTS, assets: 2, hasAssetSignals: false });
const histogram = () => new StageHistogram(regionOfStages(), 'step');

test('below 64 ns every value has a bucket of its own', () => {
  const stage = histogram();
  for (let ns = 0; ns < 64; ns++) stage.record(ns);
  expect([0, 0.25, 0.5, 0.75, 1].map((share) => stage.quantile(share))).toEqual([0, 15, 31, 47, 63]);
});

test.each([64, 65, 127, 128, 2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 36, 2 ** 37 - 1, 2 ** 37, 2 ** 39])(
  '%d ns is told at most 1/64 too large, and never too small',
  (ns) => {
    const stage = histogram();
    stage.record(ns);
    stage.record(10 * ns); // so that the largest value does not cap the answer
    const told = stage.quantile(0.5);
    expect(told).toBeGreaterThanOrEqual(ns);
    if (ns < 136e9) expect(told).toBeLessThanOrEqual(ns * (1 + 1 / 64)); // the last bucket is open
    expect(stage.quantile(1)).toBe(10 * ns);
    expect(stage.maxNs).toBe(10 * ns);
  },
);

test('two clocks read in the wrong order count as 0', () => {
  const stage = histogram();
  stage.record(-5);
  expect([stage.count, stage.quantile(0.5), stage.maxNs]).toEqual([1, 0, 0]);
});

test('nothing recorded: no quantile, and cleared is the same as new', () => {
  const stage = histogram();
  expect(stage.quantile(0.5)).toBeNaN();
  stage.record(1000);
  stage.clear();
  expect([stage.count, stage.maxNs]).toEqual([0, 0]);
  expect(stage.quantile(0.5)).toBeNaN();
});

test('stages do not run into each other, and those without values are not told', () => {
  const region = regionOfStages();
  new StageHistogram(region, 'journal').record(7);
  const ring = new StageHistogram(region, 'ring');
  for (let i = 0; i < 1000; i++) ring.record(2 ** 40);
  expect(readStages(region)).toEqual([
    { stage: 'ring', n: 1000, p50: 2 ** 40, p99: 2 ** 40, p999: 2 ** 40, max: 2 ** 40 },
    { stage: 'journal', n: 1, p50: 7, p99: 7, p999: 7, max: 7 },
  ]);
});
