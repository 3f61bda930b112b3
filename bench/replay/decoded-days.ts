import { join } from 'node:path';
import { decodeDay } from '../../src/adapters/parquet/read-day.ts';
import { createChampionConfig } from '../../src/model/strategy.ts';
import { dateFromDay } from '../../src/model/time.ts';
import { decisionHash } from '../../src/report/decision-hash.ts';
import { attachDayBlock } from '../../src/shm/day-block.ts';
import { DirectReplay } from '../../src/workers/direct-replay.ts';
import { FIRST_DAY } from '../support/day-parquet.ts';
import { syntheticUniverse } from '../support/synthetic-day.ts';

/*
 * decoded-days.ts FOLDER DAYS ASSETS
 *
 * A process of its own, so that nothing else has shaped V8's code: decodes every day, then steps them all from decoded
 * columns by direct calls, and prints the seconds of each as one JSON line.
 */
const [folder = '', daysText = '', assetsText = ''] = process.argv.slice(2);
const universe = syntheticUniverse(Number(assetsText));
const decodeSeconds: number[] = [];
const stepSeconds: number[] = [];

const decoded = [];
for (let index = 0; index < Number(daysText); index++) {
  const day = FIRST_DAY + index;
  const path = join(folder, `${dateFromDay(day)}.parquet`);
  const fromMs = performance.now();
  decoded.push(await decodeDay({ path, day, bookPath: null, universe }));
  decodeSeconds.push((performance.now() - fromMs) / 1000);
}
const blocks = decoded.map(({ buffer, shape, day }) => ({ block: attachDayBlock(buffer, shape), day }));

const config = createChampionConfig();
const replay = new DirectReplay({ config, universe, barIntervalMs: config.bar_interval_ms, factors: [], safety: [] });
for (const { block, day } of blocks) {
  const fromMs = performance.now();
  replay.feed(block, day);
  stepSeconds.push((performance.now() - fromMs) / 1000);
}
const fromMs = performance.now();
const run = replay.finish();
const hash = decisionHash(run.trades);
const finishSeconds = (performance.now() - fromMs) / 1000;
console.log(JSON.stringify({ decodeSeconds, stepSeconds, finishSeconds, decisionHash: hash }));
