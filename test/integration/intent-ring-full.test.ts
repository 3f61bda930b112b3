import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { Supervisor } from '../../src/main/supervisor.ts';
import { readCounters } from '../../src/shm/counters.ts';
import { planted, replaySpecs } from '../support/replay-specs.ts';

const PLAIN = fileURLToPath(new URL('../golden/plain/data', import.meta.url));
const SMALLEST = { intentSlots: 2 };

/** A replay whose intent ring holds two intents, and whose execution takes `takes` of them every `napMs`. */
async function replayWith(napMs: number, takes: number) {
  const { region, execution, engine, marketData } = await replaySpecs(PLAIN, 0, SMALLEST);
  const slow = planted(execution, 'slow-execution');
  const specs = [{ ...slow, options: { ...slow.options, napMs, takes } }, engine, marketData];
  return { region, run: new Supervisor(region, specs).run() };
}

test('an engine that decides faster than execution takes waits for room and loses nothing', async () => {
  const { region, run } = await replayWith(20, 1);
  const { engine, execution } = await run;
  expect(readCounters(region).intentFull).toBeGreaterThan(0);
  expect(engine.complete).toBe(true);
  expect(engine.run.trades).toHaveLength(29);
  expect(execution).toMatchObject({ entries: 29, exits: 29 });
});

test('an execution worker that takes nothing stops the run: one error, no hang', async () => {
  const { run } = await replayWith(5, 0);
  await expect(run).rejects.toThrow(
    'engine worker failed: intent ring stayed full for 5000 ms at intent 2: execution takes nothing',
  );
});
