import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { loadStrategy } from '../../src/main/config/load-config.ts';
import { routedSource } from '../../src/main/routed-source.ts';
import { Supervisor, WorkerFailure, type WorkerSpec } from '../../src/main/supervisor.ts';
import { planted, type ReplaySpecs } from '../support/replay-specs.ts';
import { daysOf } from '../support/replay-through-ring.ts';
import { routedSpecs } from '../support/routed-specs.ts';

const PLAIN = fileURLToPath(new URL('../golden/plain/data', import.meta.url));
/** The stop deadline is none for these: the threads must end by themselves, and before the lockstep's own patience ends. */
const PATIENCE = { heartbeatCheckMs: 20, hungAfterChecks: 500, stopDeadlineMs: 100_000 };
const SOON_MS = 4000;

let specs: ReplaySpecs;
beforeEach(async () => {
  const days = await daysOf(loadStrategy(null, []), { data: PLAIN });
  specs = await routedSpecs(routedSource(days, { venue: 'bars', seed: 1 }));
});

async function failureOf({ execution, engine, marketData }: ReplaySpecs): Promise<{ error: Error; ms: number }> {
  const startMs = performance.now();
  const run = new Supervisor(specs.region, [execution, engine, marketData], {}, PATIENCE).run();
  const error = await run.then(
    () => new Error('no failure'),
    (failure: Error) => failure,
  );
  return { error, ms: performance.now() - startMs };
}

function failingAt(spec: WorkerSpec, name: string, failAtFrame: number): WorkerSpec {
  const { entry, options } = planted(spec, name);
  return { ...spec, entry, options: { ...options, failAtFrame } as WorkerSpec['options'] };
}

describe('a machine that dies in lockstep is named, once, and the other does not wait out its patience', () => {
  test.each([0, 1, 373, 2000])('execution at frame %d', async (frame) => {
    const execution = failingAt(specs.execution, 'failing-session', frame);
    const { error, ms } = await failureOf({ ...specs, execution });
    expect(error).toBeInstanceOf(WorkerFailure);
    expect(error.message).toBe(`execution worker failed: venue failed on purpose at frame ${frame}`);
    expect(ms).toBeLessThan(SOON_MS);
  });

  test.each([0, 1, 373, 2000])('the engine at frame %d', async (frame) => {
    const engine = failingAt(specs.engine, 'failing-engine', frame);
    const { error, ms } = await failureOf({ ...specs, engine });
    expect(error).toBeInstanceOf(WorkerFailure);
    expect(error.message).toBe(`engine worker failed: failed on purpose at frame ${frame}`);
    expect(ms).toBeLessThan(SOON_MS);
  });
});

test('market data that dies ends both in step', async () => {
  const { error, ms } = await failureOf({ ...specs, marketData: planted(specs.marketData, 'unloadable') });
  expect(error.message).toBe('market-data worker failed: module cannot be loaded');
  expect(ms).toBeLessThan(SOON_MS);
});
