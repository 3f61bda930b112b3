import { expect, test } from 'vitest';
import { Supervisor } from '../../src/main/supervisor.ts';
import type { DayResult } from '../../src/model/day-result.ts';
import { APEX, STALKER, TURTLE } from '../../src/model/posture.ts';
import { CellWriter, POSTURE_CODE, POSTURE_RM } from '../../src/shm/cell.ts';
import { dayColumns, temporaryFolder, writeDay } from '../support/parquet-days.ts';
import { replaySpecs } from '../support/replay-specs.ts';
import { until } from './memory/until.ts';

const ROWS = 600;
/** 5 s every 2 ms: the day takes 1.2 s. */
const SPEED = 2500;

async function runWith(rules: 'live' | 'replay') {
  const dir = temporaryFolder();
  await writeDay(dir, dayColumns(ROWS));
  await writeDay(dir, dayColumns(20, 5, '2026-01-06'), '2026-01-06');
  const { region, execution, engine, marketData } = await replaySpecs(dir, SPEED);
  const days: DayResult[] = [];
  const specs = [execution, { ...engine, options: { ...engine.options, rules } }, marketData];
  const supervisor = new Supervisor(region, specs, { onDayEnd: (day) => days.push(day) });
  const cell = new CellWriter(region, 'posture');
  const say = async (posture: number, rm: number) => {
    cell.values[POSTURE_CODE] = posture;
    cell.values[POSTURE_RM] = rm;
    cell.publish();
    const seenAt = supervisor.framesStepped;
    await until('the engine has stepped on', () => supervisor.framesStepped > seenAt + 20);
  };
  const run = supervisor.run();
  await until('the run is under way', () => supervisor.framesStepped > 20);
  await say(STALKER, 0.8);
  await say(TURTLE, 0.6);
  await say(APEX, 0.95);
  expect(supervisor.framesStepped).toBeLessThan(ROWS); // all of it came in the first day
  const { engine: outcome } = await run;
  return { postures: days.map(({ posture }) => posture), warnings: outcome.run.warnings };
}

test('live, a posture that another thread says is honoured when it falls, and rises with the next day', async () => {
  const { postures, warnings } = await runWith('live');
  expect(postures).toEqual(['TURTLE', 'APEX']);
  expect(warnings).toContain(
    'The posture fell 2 times within a day, the last time on 2026-01-05, to TURTLE: that holds to the end of the day.',
  );
  expect(warnings).toContain('Nobody said a posture at the start of 1 days: they began with APEX and Rm 1.');
});

test('by replay rules a day keeps the posture that it began with', async () => {
  const { postures, warnings } = await runWith('replay');
  expect(postures).toEqual(['APEX', 'APEX']);
  expect(warnings.filter((warning) => warning.includes('posture'))).toEqual([]);
});
