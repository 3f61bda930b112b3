import { afterEach, describe, expect, test } from 'vitest';
import { openMemory } from '../../../src/adapters/memory/open-memory.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { decisionHash } from '../../../src/report/decision-hash.ts';
import { freePort, Member, membersMissing, NEWEST } from '../../integration/memory/hazelcast-member.ts';
import { until } from '../../integration/memory/until.ts';
import { DATES, memoryRun, plainCase, plainDays, shortDays } from '../../integration/memory-worker/memory-run.ts';

/** A day of 2600 bars of 5 s takes 8 s: time for a member to start. */
const PACED = 1600;
const RETURN_MS = 20_000;

describe.skipIf(membersMissing(NEWEST) !== null)('a running engine and real Hazelcast members', () => {
  const members: Member[] = [];
  const memories: SystemMemory[] = [];
  afterEach(async () => {
    await Promise.all(memories.splice(0).map((memory) => memory.close()));
    await Promise.all(members.splice(0).map((member) => member.kill()));
  });

  function clusterOn(port: number) {
    const clusterName = `run-${process.pid}-${port}`;
    const config = { kind: 'hazelcast', clusterName, members: [`127.0.0.1:${port}`], tls: null } as const;
    const start = async () => {
      const member = await Member.start({ version: NEWEST, cluster: clusterName, port });
      members.push(member);
      return member;
    };
    const open = () => {
      const memory = new SystemMemory(openMemory(config, {}), 'blue');
      memories.push(memory);
      return memory;
    };
    return { config, start, open };
  }

  test('no member at the start, then one, then kill -9, then an empty one: trading goes on, and everything is there', async () => {
    const { config, start, open } = clusterOn(await freePort());
    const replay = memoryRun(await plainDays(), config, { speed: PACED }, { kind: 'unknown' });
    const { run, report, alarms } = replay;
    const running = run.run();
    await until('steps without a member', () => run.framesStepped > 50);
    expect(alarms.join('\n')).toContain('does not answer: trading goes on without it');

    const member = await start();
    await until('the first day is stored', () => report()?.storedDate === DATES[0], RETURN_MS);
    expect(report()).toMatchObject({ claim: 'claimed', store: { connected: true } });
    await member.kill();
    await until('the outage is seen', () => report()?.store.connected === false);
    const steppedAtKill = run.framesStepped;
    await until('steps after the kill', () => run.framesStepped > steppedAtKill + 50);

    await start();
    const reader = open();
    expect(await reader.ready(RETURN_MS)).toBe(true);
    const seen: string[] = [];
    const sampling = setInterval(async () => {
      const state = await reader.paper.readState();
      if (state.kind === 'ok' && state.value.date !== null) seen.push(state.value.date);
    }, 10);
    const { engine, memory, lostWakes } = await running.finally(() => clearInterval(sampling));
    expect(decisionHash(engine.run.trades)).toBe(plainCase().expected.decisionHash);
    expect({ lostWakes, unwritten: memory?.report.unwritten }).toEqual({ lostWakes: 0, unwritten: 0 });
    for (const { date, capital } of engine.run.days) {
      expect(await reader.paper.readPnl(date)).toMatchObject({ value: { paper: { capital } } });
    }
    expect(await reader.paper.readState()).toMatchObject({ value: { date: DATES[1], capital: engine.run.capital } });
    expect(seen).toEqual([...seen].sort());
  });

  test('frozen (SIGSTOP) to the end: the run ends in time, and says what was not stored', async () => {
    const { config, start } = clusterOn(await freePort());
    const member = await start();
    const replay = memoryRun(await shortDays([300, 1500]), config, { speed: 2500 });
    const running = replay.run.run();
    await until('the first day is stored', () => replay.report()?.storedDate === DATES[0], RETURN_MS);
    member.signal('SIGSTOP');
    const { engine, memory } = await running;
    expect(engine.complete).toBe(true);
    expect(memory?.report).toMatchObject({ unwritten: 2, storedDate: DATES[0] });
    expect(replay.alarms.join('\n')).toContain('2 results were not stored before the run ended');
  });
});
