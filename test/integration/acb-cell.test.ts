import { expect, test } from 'vitest';
import { Supervisor } from '../../src/main/supervisor.ts';
import type { DayResult } from '../../src/model/day-result.ts';
import { ACB_BETA, ACB_BOOST, ACB_REFUSED_SEQ, ACB_UPDATE_SEQ, CellWriter } from '../../src/shm/cell.ts';
import { dayColumns, temporaryFolder, writeDay } from '../support/parquet-days.ts';
import { replaySpecs } from '../support/replay-specs.ts';

const ROWS = 600;
/** 5 s every 2 ms: the day takes 1.2 s. */
const SPEED = 2500;
const DEADLINE_MS = 30_000;

/** Resolves when `isTrue`, looked at between two events. */
async function until(isTrue: () => boolean): Promise<void> {
  const startMs = performance.now();
  while (!isTrue()) {
    if (performance.now() - startMs > DEADLINE_MS) throw new Error(`not true within ${DEADLINE_MS} ms: ${isTrue}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('boost and beta that another thread pushes while a replay runs hold from the next step to the end of the day', async () => {
  const dir = temporaryFolder();
  await writeDay(dir, dayColumns(ROWS));
  await writeDay(dir, dayColumns(20, 5, '2026-01-06'), '2026-01-06');
  const { region, execution, engine, marketData } = await replaySpecs(dir, SPEED);
  const days: DayResult[] = [];
  const supervisor = new Supervisor(region, [execution, engine, marketData], {
    onDayEnd: (day) => days.push(day),
  });
  const acb = new CellWriter(region, 'acb');

  const run = supervisor.run();
  await until(() => supervisor.framesStepped > 20);
  acb.values.fill(0);
  acb.values[ACB_UPDATE_SEQ] = 1;
  acb.values[ACB_BOOST] = 1.5;
  acb.values[ACB_BETA] = 0.3;
  acb.publish();
  const seenAt = supervisor.framesStepped;
  await until(() => supervisor.framesStepped > seenAt + 20);
  for (const refused of [1, 2]) {
    acb.values[ACB_REFUSED_SEQ] = refused;
    acb.publish();
  }
  expect(supervisor.framesStepped).toBeLessThan(ROWS); // all of it came in the first day
  await run;

  expect(days).toHaveLength(2);
  expect(days[0]).toMatchObject({ boost: 1.5, beta: 0.3, counters: { acbRejected: 2 } });
  expect(days[1]).toMatchObject({ boost: 1, beta: 0, counters: { acbRejected: 0 } });
});
