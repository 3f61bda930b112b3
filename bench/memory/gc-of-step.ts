import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { APEX } from '../../src/model/posture.ts';
import { EngineRunner } from '../micro/engine-runner.ts';
import { FIRST_DAY } from '../support/day-parquet.ts';
import { createSyntheticDay } from '../support/synthetic-day.ts';

/*
 * gc-of-step.ts [--plant]     run with --expose-gc
 *
 * Steps 103,680 frames (six days) after a warm-up and prints how many garbage collections happened meanwhile, as one JSON
 * line. The count is read after the loop has yielded: a thread that never yields reports none, whatever it allocates.
 * --plant allocates a small array per frame: the count must then not be 0, or this check could not fail.
 */
const ASSETS = 50;
const WARM_UP_DAYS = 4;
const DAYS = 6;
const PLANTED_VALUES = 16;

const isPlanted = process.argv.includes('--plant');
const runner = new EngineRunner(createSyntheticDay({ seed: 7, assets: ASSETS }));
const engine = runner.createEngine();
const kept: number[][] = [[]];

let collections = 0;
const observer = new PerformanceObserver((list) => {
  collections += list.getEntries().length;
});
observer.observe({ entryTypes: ['gc'] });

for (let day = 0; day < WARM_UP_DAYS; day++) runDay();
globalThis.gc!();
await settle();
collections = 0;
for (let day = 0; day < DAYS; day++) runDay();
await settle();
console.log(JSON.stringify({ frames: DAYS * runner.steps, collections, planted: isPlanted, kept: kept[0]!.length }));

function runDay(): void {
  if (isPlanted) runPlanted();
  else runner.stepAll(engine);
  engine.endDay();
  engine.beginDay(FIRST_DAY, APEX, 1);
}

function runPlanted(): void {
  for (let row = 0; row < runner.steps; row++) {
    kept[0] = Array.from({ length: PLANTED_VALUES }, () => row);
    runner.step(engine, row);
  }
}

/** Gives the observer its turn: entries are delivered from the event loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await setImmediate();
}
