import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { planReplay } from '../../src/adapters/day-folder/plan.ts';
import { loadStrategy } from '../../src/main/config/load-config.ts';
import { ReplayRun } from '../../src/main/replay-run.ts';
import { Supervisor, WorkerFailure } from '../../src/main/supervisor.ts';
import { planted, replaySpecs } from '../support/replay-specs.ts';

const PLAIN = fileURLToPath(new URL('../golden/plain/data', import.meta.url));

async function plainRun(): Promise<ReplayRun> {
  const strategy = loadStrategy(null, []);
  const plan = await planReplay({ dir: PLAIN, configBarIntervalMs: 5000, referenceAsset: 'BTCUSDT' });
  return new ReplayRun({ plan, strategy, wait: 'park', speed: 0, onDayEnd: () => undefined });
}

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
      const run = new Supervisor(region, [execution, failing, marketData], () => undefined);
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
    const report = await run.run();
    expect(report.complete).toBe(false);
    expect(report.trades).toEqual([]);
    expect(liveThreads()).toBe(before);
  });

  test('ends by itself after a whole run, all intents accounted for', async () => {
    const before = liveThreads();
    const report = await (await plainRun()).run();
    expect(report.complete).toBe(true);
    expect(report.trades).toHaveLength(29);
    expect(liveThreads()).toBe(before);
  });
});
