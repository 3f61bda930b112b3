import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import { Supervisor, WorkerFailure, type WorkerSpec } from '../../src/main/supervisor.ts';
import { planted, type ReplaySpecs, replaySpecs } from '../support/replay-specs.ts';

const PLAIN = fileURLToPath(new URL('../golden/plain/data', import.meta.url));
/** Two seconds without a beat. The deadline is none for threads that end by themselves: they must not need it. */
const PATIENCE = { heartbeatCheckMs: 20, hungAfterChecks: 100, stopDeadlineMs: 100_000 };
const IMPATIENT = { ...PATIENCE, stopDeadlineMs: 200 };
const ignore = () => undefined;

let specs: ReplaySpecs;
beforeEach(async () => {
  specs = await replaySpecs(PLAIN);
});

/** What a run with these workers ends with; every thread has ended by then, or the deadline of the test has passed. */
async function failureOf(workers: readonly WorkerSpec[], patience = PATIENCE): Promise<unknown> {
  return new Supervisor(specs.region, workers, {}, patience).run().then(
    () => 'no failure',
    (error: unknown) => error,
  );
}

/** The replay's workers in start order, `replaced` in the place of the one of its name. */
function workersWith(replaced: WorkerSpec): WorkerSpec[] {
  const { execution, engine, marketData } = specs;
  return [execution, engine, marketData].map((spec) => (spec.name === replaced.name ? replaced : spec));
}

const EACH_WORKER = ['execution', 'engine', 'marketData'] as const;
const TITLES = { execution: 'execution', engine: 'engine', marketData: 'market-data' } as const;

describe('one error names the worker, and every thread ends, when', () => {
  test.each(EACH_WORKER)('the module of %s throws while it loads', async (worker) => {
    const error = await failureOf(workersWith(planted(specs[worker], 'unloadable')));
    expect(error).toBeInstanceOf(WorkerFailure);
    expect((error as Error).message).toBe(`${TITLES[worker]} worker failed: module cannot be loaded`);
  });

  test.each(EACH_WORKER)('%s never comes up', async (worker) => {
    const error = await failureOf(workersWith(planted(specs[worker], 'busy-at-start')), IMPATIENT);
    expect((error as Error).message).toBe(`${TITLES[worker]} worker failed: has not beaten for 2 s`);
  });

  test.each(EACH_WORKER)('the options of %s cannot be handed to a thread', async (worker) => {
    const options = { ...specs[worker].options, callback: ignore };
    const error = await failureOf(workersWith({ ...specs[worker], options }));
    expect((error as Error).message).toContain(`${TITLES[worker]} worker failed: `);
    expect((error as Error).message).toContain('could not be cloned');
  });

  test('the engine computes for ever while market data waits for room in the ring', async () => {
    const error = await failureOf(workersWith(planted(specs.engine, 'busy-after-ready')), IMPATIENT);
    expect((error as Error).message).toBe('engine worker failed: has not beaten for 2 s');
  });

  test('the engine runs out of memory', async () => {
    const error = await failureOf(workersWith(planted(specs.engine, 'hungry')));
    expect((error as Error).message).toContain('engine worker failed: Worker terminated due to reaching memory limit');
  });

  test('execution throws while the others run', async () => {
    const error = await failureOf(workersWith(planted(specs.execution, 'refusing-execution')));
    expect((error as Error).message).toBe('execution worker failed: no venue');
  });
});

test('a stop before the engine has come up: the others wait for it, beating, and take what it decides', async () => {
  const workers = workersWith(planted(specs.engine, 'late-engine'));
  const supervisor = new Supervisor(specs.region, workers, {}, PATIENCE);
  supervisor.stop();
  const outcome = await supervisor.run();
  expect(outcome.execution.entries).toBe(1);
  expect(outcome.marketData.files).toEqual([]);
});
