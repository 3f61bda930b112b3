import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { askSocket } from '../../src/adapters/control-socket/ask.ts';
import { findRuns } from '../../src/adapters/control-socket/find-runs.ts';
import type { ControlAnswer, ControlCommand, StatusAnswer } from '../../src/main/control/control-line.ts';
import { EngineOrders } from '../../src/main/control/engine-orders.ts';
import { openRunControl, type RunControl } from '../../src/main/control/run-control.ts';
import { COMMAND_FLATTEN, COMMAND_HALT, COMMAND_RESET, COMMAND_RESUME } from '../../src/model/command.ts';
import { requestStop } from '../../src/shm/control.ts';
import { Heartbeat } from '../../src/shm/heartbeats.ts';
import { DEFAULT_SLOTS } from '../../src/shm/layout.ts';
import { CommandRingConsumer } from '../../src/shm/record-ring.ts';
import { createRegion, type Region } from '../../src/shm/region.ts';
import type { MemoryReport } from '../../src/workers/memory/memory-options.ts';
import { temporaryFolder } from '../support/parquet-days.ts';

let region: Region;
let control: RunControl;
let stops: number;
beforeEach(async () => {
  vi.stubEnv('XDG_RUNTIME_DIR', temporaryFolder());
  region = createRegion({ ...DEFAULT_SLOTS, commandSlots: 2, assets: 2, hasAssetSignals: false });
  stops = 0;
  control = (await openRunControl(options())) as RunControl;
});
afterEach(async () => {
  await control.close();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function options(runDir?: string) {
  const stop = () => {
    stops++;
    requestStop(region);
  };
  const facts = { command: 'replay', subject: 'a test', framesExpected: 100, isRecording: false, speed: 0 };
  const capital = () => 24_990.5;
  return { ...facts, runDir, region, orders: new EngineOrders(region), memory: null, capital, stop };
}

async function ask(command: ControlCommand): Promise<ControlAnswer> {
  const [run] = await findRuns();
  return JSON.parse(await askSocket(run?.socketPath ?? '', JSON.stringify({ command }), 4000));
}

/** An engine that takes orders and does nothing else. */
function engineThatTakes(): { readonly kinds: number[]; stop(): void } {
  const consumer = new CommandRingConsumer(region);
  const kinds: number[] = [];
  const timer = setInterval(() => {
    while (consumer.poll()) kinds.push(consumer.record.kind);
    consumer.release();
  }, 1);
  return { kinds, stop: () => clearInterval(timer) };
}

test('orders reach the engine, and are answered once it has taken them', async () => {
  const engine = engineThatTakes();
  for (const order of ['halt', 'resume', 'flatten', 'reset'] as const) {
    expect(await ask(order)).toEqual({ ok: true, command: order, obeyed: true, tradingState: 'active' });
  }
  engine.stop();
  expect(engine.kinds).toEqual([COMMAND_HALT, COMMAND_RESUME, COMMAND_FLATTEN, COMMAND_RESET]);
});

test('stop is asked of main, and may be asked again', async () => {
  expect(control.isStoppedByClient).toBe(false);
  for (let i = 0; i < 2; i++) expect(await ask('stop')).toMatchObject({ ok: true, command: 'stop', obeyed: true });
  expect([stops, control.isStoppedByClient]).toEqual([2, true]);
  expect(await ask('status')).toMatchObject({ status: { isStopping: true, runId: control.runId } });
});

describe('an engine that takes nothing', () => {
  test('is said not to have obeyed; a full ring refuses', async () => {
    const answers = await Promise.all([ask('halt'), ask('resume')]);
    expect(answers).toEqual([
      { ok: true, command: 'halt', obeyed: false, tradingState: 'active' },
      { ok: true, command: 'resume', obeyed: false, tradingState: 'active' },
    ]);
    expect(await ask('halt')).toEqual({ ok: false, error: 'halt was not given: the engine has left 2 orders untaken' });
    expect(await ask('status')).toMatchObject({ status: { counters: { commandFull: 1 } } });
  });

  test('because it has ended, gets no order', async () => {
    new Heartbeat(region, 'ENGINE').setState('STOPPED');
    expect(await ask('flatten')).toEqual({ ok: false, error: 'flatten was not given: the run is at its end' });
  });
});

test('what is no request is answered with what is wrong', async () => {
  const [run] = await findRuns();
  expect(JSON.parse(await askSocket(run?.socketPath ?? '', 'halt', 1000))).toEqual({
    ok: false,
    error: 'request must be one line of JSON, could not be parsed',
  });
});

test('status has the capital, and since when the store of the memory is out of reach', async () => {
  expect(await ask('status')).toMatchObject({
    status: { capital: 24_990.5, regime: null, hasMemory: false, storeOutSince: null },
  });
  await control.close();
  const openedMs = Date.now();
  const memory = () => ({ store: { connected: false } }) as MemoryReport;
  control = (await openRunControl({ ...options(), memory })) as RunControl;
  const answer = (await ask('status')) as StatusAnswer;
  expect(answer.status).toMatchObject({ hasMemory: true, memory: { store: { connected: false } } });
  const sinceMs = Date.parse(answer.status.storeOutSince as string);
  expect(sinceMs).toBeGreaterThanOrEqual(openedMs);
  expect(sinceMs).toBeLessThanOrEqual(Date.now());
});

test('a hundred clients with garbage leave the next one its answer', async () => {
  const [run] = await findRuns();
  const garbage = Array.from({ length: 100 }, (_, i) => askSocket(run?.socketPath ?? '', `{${i}`, 2000));
  await Promise.allSettled(garbage);
  expect(await ask('status')).toMatchObject({ ok: true });
});

test('a directory of its own that cannot be had is said, and the run goes on; one that was named is an error', async () => {
  vi.stubEnv('XDG_RUNTIME_DIR', `/${'x'.repeat(200)}`);
  const said: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  expect(await openRunControl(options())).toBeNull();
  expect(said.join('')).toMatch(
    /^dolphin: no control socket for this run \(--run-dir DIR gives it one\): .*(?:107|103)/,
  );
  await expect(openRunControl(options('/proc/1/none'))).rejects.toThrow('cannot make the folder /proc/1/none');
});

test('after close nobody finds it, and nothing listens for the end of the process', async () => {
  const listeners = process.listenerCount('exit');
  await control.close();
  expect([await findRuns(), process.listenerCount('exit')]).toEqual([[], listeners - 1]);
});
