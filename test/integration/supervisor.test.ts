import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadStrategy } from '../../src/main/config/load-config.ts';
import { Supervisor, WorkerFailure } from '../../src/main/supervisor.ts';
import { planted, replaySpecs } from '../support/replay-specs.ts';
import { daysOf, ringRun } from '../support/replay-through-ring.ts';

const PLAIN = fileURLToPath(new URL('../golden/plain/data', import.meta.url));

const plainRun = async () => ringRun(await daysOf(loadStrategy(null, []), { data: PLAIN })).run;

/** Worker threads of this process that are still there. */
function liveThreads(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker').length;
}

describe('the supervisor', () => {
  test.each([0, 100, 5199])(
    'turns a throw of the engine at frame %i into one error and ends every thread',
    async (frame) => {
      const before = liveThreads();
      const { region, execution, engine, marketData } = await replaySpecs(PLAIN);
      const failing = planted({ ...engine, options: { ...engine.options, failAtFrame: frame } }, 'failing-engine');
      const run = new Supervisor(region, [execution, failing, marketData]);
      const error = await run.run().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(WorkerFailure);
      expect((error as Error).message).toBe(`engine worker failed: failed on purpose at frame ${frame}`);
      expect(liveThreads()).toBe(before);
    },
  );

  test('stops before the first frame as well as in the middle', async () => {
    const before = liveThreads();
    const run = await plainRun();
    run.stop();
    const { engine } = await run.run();
    expect(engine.complete).toBe(false);
    expect(engine.run.trades).toEqual([]);
    expect(liveThreads()).toBe(before);
  });

  test('ends by itself after a whole run, all intents accounted for', async () => {
    const before = liveThreads();
    const { engine } = await (await plainRun()).run();
    expect(engine.complete).toBe(true);
    expect(engine.run.trades).toHaveLength(29);
    expect(liveThreads()).toBe(before);
  });
});
