import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { openMemory } from '../../../src/adapters/memory/open-memory.ts';
import type { Ownership } from '../../../src/adapters/memory/ownership.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import {
  freePort,
  LAST_WITH_CP,
  Member,
  type MemberOptions,
  membersMissing,
  NEWEST,
} from '../../integration/memory/hazelcast-member.ts';
import { book, result, safety, state, TS_MS } from '../../integration/memory/sample-values.ts';
import { until } from '../../integration/memory/until.ts';
import { type OutageRow, outageTable } from './outage-table.ts';
import { type PacedLoad, scanLoad } from './paced-load.ts';

const isNightly = process.env['DOLPHIN_NIGHTLY'] !== undefined;
const OUTAGE_MS = isNightly ? 60_000 : 2500;
const FREEZE_MS = isNightly ? 60_000 : 4000;
const SLOW_MS = isNightly ? 60_000 : 3000;
/** A write asks at most for two operations of 250 ms each before it ends or is told apart; retries are for the next. */
const BOUND_MS = 2000;
const RECOVERY_MS = 10_000;
const RESTART_MS = 30_000;
const OK = { kind: 'ok' };

describe.skipIf(membersMissing(NEWEST) !== null)('outages of real Hazelcast members', () => {
  const rows: OutageRow[] = [];
  const members: Member[] = [];
  const memories: SystemMemory[] = [];
  const loads: PacedLoad[] = [];

  afterEach(async () => {
    await Promise.all(loads.splice(0).map((load) => load.stop()));
    await Promise.all(memories.splice(0).map((memory) => memory.close()));
    await Promise.all(members.splice(0).map((member) => member.kill()));
  });
  afterAll(() => console.log(`Outages of Hazelcast, one write every 20 ms:\n${outageTable(rows)}`));

  async function startMember(options: MemberOptions): Promise<Member> {
    const member = await Member.start(options);
    members.push(member);
    return member;
  }

  async function openSystem(cluster: string, ports: readonly number[], isUp = true): Promise<SystemMemory> {
    const config = {
      kind: 'hazelcast',
      clusterName: cluster,
      members: ports.map((port) => `127.0.0.1:${port}`),
      tls: null,
    } as const;
    const memory = new SystemMemory(openMemory(config, {}), 'blue');
    memories.push(memory);
    if (isUp) expect(await memory.ready(15_000)).toBe(true);
    return memory;
  }

  function startLoad(memory: SystemMemory): PacedLoad {
    const load = scanLoad(memory);
    loads.push(load);
    return load;
  }

  /** A cold member may miss the first deadlines. */
  async function claim(memory: SystemMemory): Promise<Ownership> {
    let ownership: Ownership | undefined;
    await until('a claim', async () => {
      const outcome = await memory.nautilus.claim(60_000, () => {});
      if (outcome.kind === 'ok') ownership = outcome.ownership;
      return outcome.kind === 'ok';
    });
    if (ownership === undefined) throw new Error('no claim');
    return ownership;
  }

  const stored = (memory: SystemMemory) => until('all acknowledged', () => memory.status().pendingWrites === 0);

  /** Scans that a listener of another process would get, in order. */
  function heardBy(memory: SystemMemory): number[] {
    const heard: number[] = [];
    memory.latestScan.listen(({ scanNumber }) => heard.push(scanNumber));
    return heard;
  }

  const storedScan = async (memory: SystemMemory) => {
    const read = await memory.latestScan.read();
    return read.kind === 'ok' ? read.value.scanNumber : -1;
  };
  const storedCapital = async (memory: SystemMemory) => {
    const read = await memory.nautilus.readState();
    return read.kind === 'ok' ? read.value.capital : -1;
  };

  test(
    'kill -9 under load, restart empty; then again while nothing is written',
    async () => {
      const port = await freePort();
      const options = { version: NEWEST, cluster: `kill-${process.pid}-${port}`, port };
      const member = await startMember(options);
      const [writer, reader] = [await openSystem(options.cluster, [port]), await openSystem(options.cluster, [port])];
      const heard = heardBy(reader);
      const owner = await claim(writer);
      await writer.nautilus.writeState(owner, state(25_500));
      await writer.nautilus.writePnl(owner, result('2026-03-20'));
      await stored(writer);
      const load = startLoad(writer);
      await until('load', () => heard.length > 20);

      await member.kill();
      const seenMs = await until('the outage is seen', () => !writer.status().connected);
      const atKill = load.last;
      await until('the outage has lasted', () => load.last > atKill + OUTAGE_MS / 25, OUTAGE_MS * 3);
      expect((await writer.safety.read()).kind).toBe('unreachable');
      await startMember(options);
      const recoveredMs = await until(
        'the newest scan',
        async () => (await storedScan(reader)) >= load.last - 5,
        RECOVERY_MS,
      );
      await load.stop();
      await until('the last scan', async () => (await storedScan(reader)) === load.last, RECOVERY_MS);
      await until('state and result', async () => (await storedCapital(reader)) === 25_500, RECOVERY_MS);
      expect(await reader.nautilus.readPnl('2026-03-20')).toMatchObject({ value: { nautilus: { capital: 25_100 } } });
      await until('the listener', () => heard.at(-1) === load.last);
      expect(heard).toEqual([...heard].sort((a, b) => a - b));
      expect(load.slowestMs).toBeLessThan(BOUND_MS);
      rows.push({
        fault: 'member killed (kill -9) under load, restarted empty',
        seen: `outage seen in ${Math.round(seenMs)} ms; writes: ${load}; slowest ${Math.round(load.slowestMs)} ms`,
        recoveredMs,
        lost: 'no newest value; scans of the outage but the last',
      });

      await members[1]!.kill();
      await until('the second outage', () => !writer.status().connected);
      await startMember(options);
      const republishedMs = await until(
        'values that were acknowledged before',
        async () => (await storedScan(reader)) === load.last && (await storedCapital(reader)) === 25_500,
        RECOVERY_MS,
      );
      expect(await owner.renew()).toEqual(OK);
      rows.push({
        fault: 'member restarted empty while nothing was written',
        seen: 'newest scan, state, result and lease written again',
        recoveredMs: republishedMs,
        lost: 'nothing',
      });
    },
    RESTART_MS * 4,
  );

  test(
    'frozen member (SIGSTOP): writes end by their deadline, the newest is there after it',
    async () => {
      const port = await freePort();
      const cluster = `freeze-${process.pid}-${port}`;
      const member = await startMember({ version: NEWEST, cluster, port });
      const [writer, reader] = [await openSystem(cluster, [port]), await openSystem(cluster, [port])];
      const heard = heardBy(reader);
      const load = startLoad(writer);
      await until('load', () => heard.length > 20);

      member.signal('SIGSTOP');
      const atFreeze = load.last;
      const seenMs = await until('the freeze is seen', () => !writer.status().connected);
      await until('the freeze has lasted', () => load.last > atFreeze + FREEZE_MS / 25, FREEZE_MS * 3);
      member.signal('SIGCONT');
      const recoveredMs = await until(
        'the newest scan',
        async () => (await storedScan(reader)) >= load.last - 5,
        RECOVERY_MS,
      );
      await load.stop();
      await until('the last scan', async () => (await storedScan(reader)) === load.last, RECOVERY_MS);
      await until('the listener', () => heard.at(-1) === load.last);
      expect(heard).toEqual([...heard].sort((a, b) => a - b));
      expect(load.slowestMs).toBeLessThan(BOUND_MS);
      expect(load.mostInFlight).toBeLessThanOrEqual(100);
      rows.push({
        fault: `member frozen for ${Math.round(FREEZE_MS / 1000)} s (SIGSTOP)`,
        seen:
          `outage seen in ${Math.round(seenMs)} ms; writes: ${load}; slowest ${Math.round(load.slowestMs)} ms; ` +
          `in flight at most ${load.mostInFlight}`,
        recoveredMs,
        lost: 'no newest value',
      });
    },
    RESTART_MS + FREEZE_MS * 4,
  );

  test(
    'slow member (stopped half of the time): no order of arrival puts an older value over a newer one',
    async () => {
      const port = await freePort();
      const cluster = `slow-${process.pid}-${port}`;
      const member = await startMember({ version: NEWEST, cluster, port });
      const [writer, reader] = [await openSystem(cluster, [port]), await openSystem(cluster, [port])];
      const heard = heardBy(reader);
      const load = startLoad(writer);
      await until('load', () => heard.length > 20);
      let isStopped = false;
      const pulses = setInterval(() => {
        isStopped = !isStopped;
        member.signal(isStopped ? 'SIGSTOP' : 'SIGCONT');
      }, 300);
      const atStart = load.last;
      await until('the pulses have lasted', () => load.last > atStart + SLOW_MS / 25, SLOW_MS * 3);
      clearInterval(pulses);
      member.signal('SIGCONT');
      const recoveredMs = await until(
        'the newest scan',
        async () => (await storedScan(reader)) >= load.last - 5,
        RECOVERY_MS,
      );
      await load.stop();
      await until('the last scan', async () => (await storedScan(reader)) === load.last, RECOVERY_MS);
      await until('the listener', () => heard.at(-1) === load.last);
      expect(heard).toEqual([...heard].sort((a, b) => a - b));
      expect(load.slowestMs).toBeLessThan(BOUND_MS);
      rows.push({
        fault: 'slow member (300 ms stopped, 300 ms running)',
        seen: `writes: ${load}; slowest ${Math.round(load.slowestMs)} ms; connections ${writer.status().connections}`,
        recoveredMs,
        lost: 'no newest value',
      });
    },
    RESTART_MS + SLOW_MS * 4,
  );

  test.skipIf(membersMissing(LAST_WITH_CP) !== null)(
    'start with no member: it waits, then everything is written',
    async () => {
      const port = await freePort();
      const cluster = `absent-${process.pid}-${port}`;
      const memory = await openSystem(cluster, [port], false);
      const startMs = performance.now();
      expect((await memory.safety.read()).kind).toBe('unreachable');
      expect((await memory.safety.write(safety(TS_MS))).kind).toBe('unreachable');
      expect((await memory.nautilus.claim(10_000, () => {})).kind).toBe('unreachable');
      const answeredMs = performance.now() - startMs;
      expect(answeredMs).toBeLessThan(BOUND_MS);
      expect([memory.status().connected, memory.status().safety, memory.status().pendingWrites]).toEqual([
        false,
        'undecided',
        1,
      ]);
      expect(await memory.ready(50)).toBe(false);

      await startMember({ version: LAST_WITH_CP, cluster, port });
      const recoveredMs = await until('the kept value', async () => {
        const read = await memory.safety.read();
        return read.kind === 'ok' && read.value.tsMs === TS_MS;
      });
      expect([memory.status().safety, memory.status().pendingWrites]).toEqual(['cp', 0]);
      rows.push({
        fault: 'no member at start, one comes later',
        seen: `operations answered unreachable, three in ${Math.round(answeredMs)} ms; 1 value kept`,
        recoveredMs,
        lost: 'nothing',
      });
    },
    RESTART_MS * 2,
  );

  test(
    'one of two members killed: nothing that was acknowledged is lost',
    async () => {
      const ports = [await freePort(), await freePort()];
      const cluster = `pair-${process.pid}-${ports[0]}`;
      const first = await startMember({ version: NEWEST, cluster, port: ports[0]!, seeds: ports });
      await startMember({ version: NEWEST, cluster, port: ports[1]!, seeds: ports });
      const [writer, reader] = [await openSystem(cluster, ports), await openSystem(cluster, ports)];
      const symbols = Array.from({ length: 300 }, (_, i) => `COIN${i}USDT`);
      await Promise.all(symbols.map((symbol) => writer.books.write(symbol, book())));
      // Two cold members take their time: what missed its deadline is written again by itself.
      await stored(writer);
      const owner = await claim(writer);
      await writer.nautilus.writeState(owner, state(25_500));
      await stored(writer);
      await writer.close();

      // Only the other process is left: nobody can write what a member forgets.
      const load = startLoad(reader);
      await until('load', () => load.last > 20);
      await first.kill();
      const atKill = load.last;
      const recoveredMs = await until('a newer scan', async () => (await storedScan(reader)) > atKill, RECOVERY_MS);
      await until('the load goes on', () => load.last > atKill + 100, RECOVERY_MS);
      await load.stop();
      let lost = 0;
      for (const symbol of symbols) {
        await until(`an answer on ${symbol}`, async () => (await reader.books.read(symbol)).kind !== 'unreachable');
        if ((await reader.books.read(symbol)).kind !== 'ok') lost += 1;
      }
      expect(lost).toBe(0);
      expect(await storedCapital(reader)).toBe(25_500);
      await until('the last scan', async () => (await storedScan(reader)) === load.last, RECOVERY_MS);
      expect(load.slowestMs).toBeLessThan(BOUND_MS);
      rows.push({
        fault: 'one of two members killed (kill -9)',
        seen: `writes: ${load}; slowest ${Math.round(load.slowestMs)} ms; connections ${reader.status().connections}`,
        recoveredMs,
        lost: `${lost} of ${symbols.length} values`,
      });
    },
    RESTART_MS * 4,
  );
});
