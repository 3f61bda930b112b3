import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Leases } from '../../../src/adapters/memory/leases.ts';
import { HEARTBEAT_KEY, HEARTBEAT_MAP, LEASE_MAP, leaseKey, pnlMap } from '../../../src/adapters/memory/maps.ts';
import type { MemoryPort } from '../../../src/adapters/memory/memory-port.ts';
import { openMemory } from '../../../src/adapters/memory/open-memory.ts';
import { newHolder } from '../../../src/adapters/memory/process-identity.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { openRecording } from '../../../src/main/recording/open-recording.ts';
import type { DayResult } from '../../../src/model/day-result.ts';
import { decisionHash } from '../../../src/report/decision-hash.ts';
import { Gauge } from '../../../src/shm/counters.ts';
import { TRADING_STATES } from '../../../src/shm/layout.ts';
import { temporaryFolder } from '../../support/parquet-days.ts';
import { acb, TS_MS } from '../memory/sample-values.ts';
import { until } from '../memory/until.ts';
import { DATES, memoryRun, plainCase, plainDays, shortDays } from './memory-run.ts';

/** 5 s of event time in 2 ms: 500 bars are a second. */
const PACED = 2500;

const opened: SystemMemory[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((memory) => memory.close()));
});

function store() {
  return { kind: 'embedded', path: join(temporaryFolder(), 'memory.db') } as const;
}

/** The same file as another process would have it open. */
function beside(config: ReturnType<typeof store>): { port: MemoryPort; memory: SystemMemory } {
  const port = openMemory(config, {});
  const memory = new SystemMemory(port, 'blue');
  opened.push(memory);
  return { port, memory };
}

describe('memory worker on the embedded store', () => {
  test('writes each day and the capital, gives signs of life, releases its claim, and changes no decision', async () => {
    const config = store();
    const { run, alarms } = memoryRun(await plainDays(), config);
    const { engine, memory: done } = await run.run();

    expect(decisionHash(engine.run.trades)).toBe(plainCase().expected.decisionHash);
    expect(alarms).toEqual([]);
    expect(done?.report).toMatchObject({ claim: 'claimed', unwritten: 0, capital: engine.run.capital });
    const { port, memory } = beside(config);
    for (const day of engine.run.days) {
      expect(await memory.paper.readPnl(day.date)).toMatchObject({
        kind: 'ok',
        value: { paper: { date: day.date, pnl: day.pnl, trades: day.trades, capital: day.capital, isStale: false } },
      });
    }
    expect(await memory.paper.readState()).toMatchObject({
      kind: 'ok',
      value: { capital: engine.run.capital, date: DATES[1], isStale: false },
    });
    const beat = await port.get(HEARTBEAT_MAP, HEARTBEAT_KEY);
    expect(JSON.parse((beat as { text: string }).text)).toMatchObject({ phase: 'engine_end', date: DATES[1] });
    const lease = await port.get(LEASE_MAP, leaseKey('blue', 'paper'));
    expect(JSON.parse((lease as { text: string }).text)).toMatchObject({ released: true });
  });

  test('an ACB value pushed while it runs holds from the next step, one that stood there before does not', async () => {
    const config = store();
    const { memory } = beside(config);
    await memory.acbBoost.write(acb(TS_MS, 1.9));
    const days: DayResult[] = [];
    const { run, report } = memoryRun(await shortDays([1000, 20]), config, {
      speed: PACED,
      onDayEnd: (day) => days.push(day),
    });
    const running = run.run();
    await until('steps', () => run.framesStepped > 20);
    expect(report()?.acb ?? null).toBeNull();
    await memory.acbBoost.write(acb(TS_MS + 1, 1.5));
    await until('the push is seen', () => report()?.acb?.boost === 1.5);
    await running;
    expect(days[0]).toMatchObject({ boost: 1.5, beta: 0.8, counters: { acbRejected: 0 } });
    expect(days[1]).toMatchObject({ boost: 1, beta: 0 });
  });

  test('a malformed ACB value never reaches the engine and is counted in its day', async () => {
    const config = store();
    const { port } = beside(config);
    const days: DayResult[] = [];
    const { run, report } = memoryRun(await shortDays([1000, 20]), config, {
      speed: PACED,
      onDayEnd: (day) => days.push(day),
    });
    const running = run.run();
    await until('steps', () => run.framesStepped > 20);
    await port.put('DOLPHIN_FEATURES', 'acb_boost', '{"boost":"high","beta":0.8}');
    await until('the refusal is seen', () => report()?.store.refused === 1);
    await running;
    expect(days[0]).toMatchObject({ boost: 1, counters: { acbRejected: 1 } });
  });

  test('two engines on one state: a second one is refused while the first lives', async () => {
    const config = store();
    const first = memoryRun(await shortDays([1000, 20]), config, { speed: 100 });
    const running = first.run.run();
    await until('the claim', () => first.report()?.claim === 'claimed');
    const second = memoryRun(await shortDays([20, 20]), config);
    await expect(second.run.run()).rejects.toThrow(
      /--memory: DOLPHIN_STATE_BLUE\/latest is held by process \d+ .*: stop that one/,
    );
    first.run.stop();
    expect((await running).engine.complete).toBe(false);
  });

  test('two engines on one state: the older one halts as soon as it sees the newer, and writes nothing any more', async () => {
    const config = store();
    const { port, memory } = beside(config);
    const { run, alarms, report } = memoryRun(await shortDays([200, 1800]), config, { speed: PACED });
    const running = run.run();
    await until('the first day is stored', () => report()?.storedDate === DATES[0], 20_000);
    // Another engine whose host takes ours for dead.
    const taken = await new Leases(port, newHolder(), () => true).take(leaseKey('blue', 'paper'), 60_000);
    expect(taken.kind).toBe('ok');
    const tradingState = new Gauge(run.region, 'tradingState');
    await until('the halt', () => TRADING_STATES[tradingState.value] === 'halted');
    const outcome = await running;
    expect(outcome.memory?.report.claim).toBe('lost');
    expect(alarms.join('\n')).toMatch(/DOLPHIN_STATE_BLUE\/latest was claimed by .* no entries from now on/);
    expect(await port.get(pnlMap('blue'), DATES[1])).toEqual({ kind: 'ok', text: null });
    expect(await memory.paper.readState()).toMatchObject({ value: { date: DATES[0] } });
  });

  test('an interrupted day is no result, and the day before is', async () => {
    const config = store();
    const { run, report } = memoryRun(await shortDays([200, 1800]), config, { speed: PACED });
    const running = run.run();
    await until('the first day is stored', () => report()?.storedDate === DATES[0], 20_000);
    run.stop();
    expect((await running).engine.run.days).toHaveLength(2);
    const { port, memory } = beside(config);
    expect(await port.get(pnlMap('blue'), DATES[1])).toEqual({ kind: 'ok', text: null });
    expect(await memory.paper.readState()).toMatchObject({ value: { date: DATES[0] } });
  });

  test('with a journal everything is written too, behind it', async () => {
    const config = store();
    const source = await plainDays();
    const dir = join(temporaryFolder(), 'journal');
    const { inputs, universe } = source;
    const recording = openRecording({ dir, fsync: 'always', segmentBytes: 1 << 26, resume: false, inputs, universe });
    const { run } = memoryRun(source, config, { recording });
    const { engine, memory: done } = await run.run();
    expect(existsSync(dir)).toBe(true);
    expect(done?.report.unwritten).toBe(0);
    expect(await beside(config).memory.paper.readState()).toMatchObject({
      value: { capital: engine.run.capital, strategy: 'golden' },
    });
  });

  test.each([
    ['that this run did not begin with', null, 'a capital of 31000 (2026-01-02), with which this run did not begin'],
    ['of another strategy of the same hash', 'green', 'was made by strategy green, this one is golden'],
  ])('a state %s is not written over', async (_situation, strategy, words) => {
    const config = store();
    const { memory } = beside(config);
    const claimed = await memory.paper.claim(60_000, () => undefined);
    if (claimed.kind !== 'ok') throw new Error('no claim');
    const { paramHash } = (await plainDays()).inputs;
    await memory.paper.writeState(claimed.ownership, {
      capital: 31_000,
      date: '2026-01-02',
      pnl: 1,
      strategy,
      paramHash,
      isStale: false,
    });
    await claimed.ownership.release();
    await expect(memoryRun(await plainDays(), config).run.run()).rejects.toThrow(words);
  });
});
