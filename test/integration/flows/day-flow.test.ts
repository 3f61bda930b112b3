import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { LEASE_MAP } from '../../../src/adapters/memory/maps.ts';
import { ReplayRun } from '../../../src/main/replay-run.ts';
import type { DayResult } from '../../../src/model/day-result.ts';
import { InputError, InvariantError } from '../../../src/model/input-error.ts';
import { FlowBench } from './flow-bench.ts';
import { flowFolder, makePriceDays, replayWhole } from './flow-fixtures.ts';

const LEASE = 'DOLPHIN_STATE_BLUE/latest';
const data = flowFolder();
const [FIRST, SECOND, THIRD] = ['2026-01-05', '2026-01-06', '2026-01-07'] as const;
let days: readonly DayResult[];

beforeAll(async () => {
  await makePriceDays(data, 3);
  days = await replayWhole(data);
});

const newBench = () => new FlowBench(flowFolder(), data);
const capitalAfter = (date: string) => days.find((day) => day.date === date)!.capital;

describe('a flow from day to day', () => {
  test('ends each day with the very capital of one replay over all of them, on both tracks', async () => {
    const bench = newBench();
    for (const { date, capital } of days) {
      for (const flow of ['paper', 'supervisor'] as const) {
        const { state, runId } = await bench.run(flow, date);
        expect([flow, date, state]).toEqual([flow, date, 'completed']);
        expect(bench.host.table.run(runId)?.result).toMatchObject({ capital, isPublished: true });
      }
    }
    expect(days.map(({ trades }) => trades > 0)).toEqual([true, true, true]);
    await bench.asking(async (memory) => {
      const [paper, nautilus] = [await memory.paper.readState(), await memory.nautilus.readState()];
      const state = { date: THIRD, capital: capitalAfter(THIRD), isStale: false };
      expect(paper).toMatchObject({ kind: 'ok', value: state });
      expect(nautilus).toMatchObject({ kind: 'ok', value: state });
      const pnl = { capital: capitalAfter(SECOND), pnl: days[1]!.pnl, trades: days[1]!.trades };
      expect(await memory.paper.readPnl(SECOND)).toMatchObject({ kind: 'ok', value: { paper: pnl, nautilus: pnl } });
      expect(await memory.heartbeat.read()).toMatchObject({ kind: 'ok', value: { phase: 'flow_end', date: THIRD } });
    });
    const log = readFileSync(join(bench.state, 'pnl/paper-blue.jsonl'), 'utf8').trim().split('\n');
    expect(log.map((line) => JSON.parse(line).date)).toEqual([FIRST, SECOND, THIRD]);
  });

  test('trades no day twice, and none before the state', async () => {
    const bench = newBench();
    expect((await bench.run('paper', SECOND)).state).toBe('completed');
    expect(await bench.run('paper', SECOND)).toMatchObject({ state: 'skipped', summary: /already/ });
    expect(await bench.run('paper', FIRST)).toMatchObject({
      state: 'skipped',
      summary: expect.stringContaining(SECOND),
    });
    await bench.asking(async (memory) => {
      expect(await memory.paper.readPnl(FIRST)).toEqual({ kind: 'absent' });
    });
  });

  test('a dry run checks everything and leaves nothing', async () => {
    const bench = newBench();
    const outcome = await bench.run('supervisor', FIRST, { isDryRun: true });
    expect(outcome).toMatchObject({ state: 'completed', summary: /would trade 1440 scans with 25000 USDT/ });
    await bench.asking(async (memory) => {
      expect(await memory.nautilus.readState()).toEqual({ kind: 'absent' });
      expect(await memory.heartbeat.read()).toEqual({ kind: 'absent' });
    });
    expect((await bench.run('supervisor', FIRST)).state).toBe('completed');
  });

  test('HIBERNATE in the memory trades nothing that day', async () => {
    const bench = newBench();
    await bench.asking((memory) => memory.safety.write({ posture: 'HIBERNATE', rm: 0.2, sensors: null, tsMs: 1 }));
    const { runId } = await bench.run('paper', FIRST);
    expect(bench.host.table.run(runId)?.result).toMatchObject({ trades: 0, capital: 25_000 });
  });
});

describe('a stop', () => {
  test('in the middle of a day leaves nothing of it, and the run says that it was cut short', async () => {
    const bench = newBench();
    const stop = new AbortController();
    const stopped = vi.spyOn(ReplayRun.prototype, 'stop');
    const { runner } = bench.host.backends;
    bench.host.backends.runner = (deployment) => {
      const engine = runner(deployment);
      const { run } = engine;
      engine.run = (...day) => {
        setImmediate(() => stop.abort('stopped by a signal'));
        return run.apply(engine, day);
      };
      return engine;
    };
    const { runId, state, summary } = await bench.run('paper', FIRST, {}, stop.signal);
    expect([state, summary]).toEqual(['failed', 'stopped by a signal']);
    expect(stopped).toHaveBeenCalledOnce(); // the threads are not waited for to their end
    stopped.mockRestore();
    expect(bench.host.table.run(runId)?.state).toBe('crashed');
    await bench.asking(async (memory) => {
      expect(await memory.paper.readState()).toEqual({ kind: 'absent' });
    });
  });
});

describe('what a flow refuses', () => {
  test('a strategy that the state is not of, until it is adopted', async () => {
    const bench = newBench();
    await bench.run('paper', FIRST);
    bench.config = join(bench.state, 'growth.yml');
    writeFileSync(bench.config, 'strategy: growth\n');
    const refused = await bench.run('paper', SECOND);
    expect(refused).toMatchObject({
      state: 'failed',
      summary: /of strategy champion, this one is growth; --adopt/,
      error: expect.any(InputError),
    });
    expect((await bench.run('paper', SECOND, { adopt: true })).state).toBe('completed');
  });

  test('a strategy that the history is not of, by its name and without a memory', async () => {
    const bench = newBench();
    await bench.run('paper', FIRST);
    bench.config = join(bench.state, 'green.yml');
    writeFileSync(bench.config, 'strategy: green\n');
    bench.onMemory = (memory) => {
      memory.isDown = true;
    };
    const refused = await bench.run('paper', SECOND, { trigger: 'schedule' });
    expect(refused).toMatchObject({ state: 'failed', summary: /of strategy champion, this one is green; --adopt/ });
  });

  test('a drifted champion, before any data is read', async () => {
    const bench = newBench();
    bench.config = join(bench.state, 'drifted.yml');
    writeFileSync(bench.config, 'strategy: champion\nfraction: 0.3\n');
    const { runId, ...outcome } = await bench.run('supervisor', FIRST);
    expect(outcome).toMatchObject({ state: 'failed', error: expect.any(InvariantError) });
    expect(bench.host.table.tasks(runId).map(({ name }) => name)).toEqual([
      'hz_probe_task',
      'heartbeat_task',
      'validate_champion_params',
      'heartbeat_task',
    ]);
  });

  test.each([
    ['at once when a person waits', 'manual', 1],
    ['after three attempts when a schedule asked for it: a file may be late', 'schedule', 3],
  ] as const)('a day without a file, %s', async (_situation, trigger, attempts) => {
    const bench = newBench();
    const { runId, state } = await bench.run('paper', '2026-02-01', { trigger });
    expect(state).toBe('failed');
    const loads = bench.host.table.tasks(runId).filter(({ name }) => name === 'load_day_scans');
    expect(loads.map((task) => task.state)).toEqual(Array(attempts).fill('failed'));
  });

  test('a state that is no state, rather than trade on a guess', async () => {
    const bench = newBench();
    bench.onMemory = (memory) => void memory.put('DOLPHIN_STATE_BLUE', 'latest', '{"capital":"much"}');
    expect(await bench.run('paper', FIRST)).toMatchObject({ state: 'failed', summary: /capital/ });
  });
});

describe('a memory that fails', () => {
  test('out of reach: the day is traded, and the memory has it once it is back', async () => {
    const bench = newBench();
    bench.onMemory = (memory) => {
      memory.isDown = true;
    };
    for (const date of [FIRST, SECOND]) {
      const { runId, state } = await bench.run('paper', date);
      expect(state).toBe('completed');
      expect(bench.host.table.run(runId)?.result).toMatchObject({ capital: capitalAfter(date), isPublished: false });
    }
    expect((await bench.run('paper', SECOND)).state).toBe('skipped');
    bench.onMemory = () => undefined;
    expect((await bench.run('paper', THIRD)).state).toBe('completed');
    await bench.asking(async (memory) => {
      expect(await memory.paper.readState()).toMatchObject({ value: { capital: capitalAfter(THIRD), date: THIRD } });
      for (const date of [FIRST, SECOND]) {
        expect(await memory.paper.readPnl(date)).toMatchObject({ value: { paper: { capital: capitalAfter(date) } } });
      }
    });
    expect(bench.host.table.unpublished(bench.deployment('paper').track)).toEqual([]);
  });

  test('out of reach where machines share it: nothing is traded', async () => {
    const bench = newBench();
    bench.onMemory = (memory) => {
      memory.isDown = true;
    };
    expect(await bench.run('paper', FIRST, { isShared: true })).toMatchObject({
      state: 'failed',
      summary: /must answer/,
    });
  });

  test('gone between result and state: kept here, and written by the next run of the same day', async () => {
    const bench = newBench();
    bench.onMemory = (memory) => {
      memory.beforeWrite = (map, key) => {
        if (map === 'DOLPHIN_STATE_BLUE' && key === 'latest') memory.isDown = true;
      };
    };
    const { runId, state } = await bench.run('paper', FIRST);
    expect(state).toBe('completed');
    const writes = bench.host.table.tasks(runId).filter(({ name }) => name === 'write_hz_state');
    expect(writes).toHaveLength(4); // retries of spec 1.0 §11.1
    // Its claim was not given back either; this process lives, so it would have to expire.
    bench.onMemory = (memory) => void memory.put(LEASE_MAP, LEASE, '{}');
    expect((await bench.run('paper', FIRST)).state).toBe('skipped');
    await bench.asking(async (memory) => {
      expect(await memory.paper.readState()).toMatchObject({ value: { capital: capitalAfter(FIRST), date: FIRST } });
    });
  });

  test('restarted empty: the capital is that of the history, not the initial one', async () => {
    const bench = newBench();
    await bench.run('paper', FIRST);
    for (const end of ['', '-wal', '-shm']) rmSync(join(bench.state, `memory.db${end}`), { force: true });
    await bench.run('paper', SECOND);
    await bench.asking(async (memory) => {
      expect(await memory.paper.readState()).toMatchObject({ value: { capital: capitalAfter(SECOND) } });
    });
  });

  test('a newer claim in the middle of a day: nothing of the day is written', async () => {
    const bench = newBench();
    const newer = JSON.stringify({
      ...{ owner: 'another', epoch: Number.MAX_SAFE_INTEGER, renewals: 0, released: false },
      ...{ host: 'elsewhere', pid: 1, since: '2026-01-01T00:00:00Z', ttl_ms: 60_000 },
    });
    bench.onMemory = (memory) => {
      memory.beforeWrite = (map) => {
        if (map !== 'DOLPHIN_PNL_BLUE') return;
        memory.beforeWrite = () => undefined;
        void memory.put(LEASE_MAP, LEASE, newer);
      };
    };
    expect(await bench.run('paper', FIRST)).toMatchObject({ state: 'failed' });
    await bench.asking(async (memory) => {
      expect(await memory.paper.readState()).toEqual({ kind: 'absent' });
    });
  });
});
