import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { LEASE_MAP } from '../../../src/adapters/memory/maps.ts';
import type { MemoryPort } from '../../../src/adapters/memory/memory-port.ts';
import { openMemory } from '../../../src/adapters/memory/open-memory.ts';
import type { Ownership } from '../../../src/adapters/memory/ownership.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { freePort, LAST_WITH_CP, Member, membersMissing } from '../../integration/memory/hazelcast-member.ts';
import { state, TS_MS } from '../../integration/memory/sample-values.ts';
import { until } from '../../integration/memory/until.ts';
import { type OutageRow, outageTable } from './outage-table.ts';
import { type PacedLoad, safetyLoad } from './paced-load.ts';

const isNightly = process.env['DOLPHIN_NIGHTLY'] !== undefined;
const CP_MEMBERS = 3;
const START_MS = 60_000;
const RECOVERY_MS = 30_000;
/** An offer reads and writes, 250 ms each, behind the one before it. */
const BOUND_MS = 2000;
const LEASE_TTL_MS = 120_000;
const MAJORITY_LOST_MS = 2000;

describe.skipIf(membersMissing(LAST_WITH_CP) !== null)('outages of three CP members', () => {
  const rows: OutageRow[] = [];
  const members: Member[] = [];
  const memories: SystemMemory[] = [];
  const ports: MemoryPort[] = [];
  const loads: PacedLoad[] = [];

  afterEach(async () => {
    await Promise.all(loads.splice(0).map((load) => load.stop()));
    await Promise.all([...memories.splice(0), ...ports.splice(0)].map((open) => open.close()));
    await Promise.all(members.splice(0).map((member) => member.kill()));
  });
  afterAll(() => console.log(`Outages of three CP members, one posture every 20 ms:\n${outageTable(rows)}`));

  async function startCluster() {
    const seeds = [await freePort(), await freePort(), await freePort()];
    const cluster = `cp-${process.pid}-${seeds[0]}`;
    const start = async (port: number) => {
      const member = await Member.start({ version: LAST_WITH_CP, cluster, port, seeds, cpMembers: CP_MEMBERS });
      members.push(member);
      return member;
    };
    const config = {
      kind: 'hazelcast',
      clusterName: cluster,
      members: seeds.map((port) => `127.0.0.1:${port}`),
      tls: null,
    } as const;
    const openPort = () => {
      const port = openMemory(config, {});
      ports.push(port);
      return port;
    };
    const openSystem = () => {
      const memory = new SystemMemory(openMemory(config, {}), 'blue');
      memories.push(memory);
      return memory;
    };
    const three = await Promise.all(seeds.map(start));
    return { seeds, start, three, openPort, openSystem };
  }

  async function claim(memory: SystemMemory): Promise<Ownership> {
    let ownership: Ownership | undefined;
    await until('a claim', async () => {
      const outcome = await memory.nautilus.claim(LEASE_TTL_MS, () => undefined);
      if (outcome.kind === 'ok') ownership = outcome.ownership;
      return outcome.kind === 'ok';
    });
    return ownership as Ownership;
  }

  function startLoad(memory: SystemMemory): PacedLoad {
    const load = safetyLoad(memory);
    loads.push(load);
    return load;
  }

  async function readTs(memory: SystemMemory): Promise<number> {
    const read = await memory.safety.read();
    return read.kind === 'ok' ? read.value.tsMs : Number.NaN;
  }

  /** What another process reads of the posture, over and over, until it is stopped. */
  function sampling(memory: SystemMemory) {
    const seen: number[] = [];
    let isOn = true;
    const done = (async () => {
      while (isOn) {
        const tsMs = await readTs(memory);
        if (!Number.isNaN(tsMs)) seen.push(tsMs);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    return {
      seen,
      stop: () => {
        isOn = false;
        return done;
      },
    };
  }

  async function increments(port: MemoryPort, count: number): Promise<void> {
    for (let done = 0; done < count; ) {
      const seen = await port.get(LEASE_MAP, 'counter');
      if (seen.kind !== 'ok') continue;
      const written = await port.compareAndSet(LEASE_MAP, 'counter', seen.text, String(Number(seen.text ?? 0) + 1));
      if (written.kind === 'ok') done += 1;
      else expect(written).toEqual({ kind: 'conflict' });
    }
  }

  test(
    'one killed (kill -9): posture and lease go on; one more frozen: no majority, nothing is answered; back: everything is there',
    async () => {
      const { three, openPort, openSystem } = await startCluster();
      const [first, second] = three as [Member, Member];
      const [writer, reader] = [openSystem(), openSystem()];
      expect([await writer.ready(START_MS), await reader.ready(START_MS)]).toEqual([true, true]);
      expect(writer.status().safety).toBe('cp');
      const [a, b] = [openPort(), openPort()];
      await Promise.all([a.ready(START_MS), b.ready(START_MS)]);
      await until('a warm group', async () => (await a.get(LEASE_MAP, 'counter')).kind === 'ok');
      await Promise.all([increments(a, 20), increments(b, 20)]);
      expect(await b.get(LEASE_MAP, 'counter')).toEqual({ kind: 'ok', text: '40' });

      const owner = await claim(writer);
      const held = { kind: 'held', epoch: owner.lease.epoch };
      await until(
        'the lease is seen',
        async () => (await reader.nautilus.claim(1000, () => undefined)).kind === 'held',
      );
      const load = startLoad(writer);
      await until('load', () => load.stored > 20);
      const other = sampling(reader);

      await first.kill();
      const atKill = load.last;
      const recoveredMs = await until('posture after the kill', () => load.stored > atKill, RECOVERY_MS);
      await until('the lease after the kill', async () => (await owner.renew()).kind === 'ok', RECOVERY_MS);
      await until('and for others', async () => (await reader.nautilus.claim(1000, () => undefined)).kind === 'held');
      expect(await reader.nautilus.claim(1000, () => undefined)).toMatchObject(held);
      rows.push({
        fault: 'one of three CP members killed (kill -9)',
        seen: `postures: ${load}; slowest ${Math.round(load.slowestMs)} ms; same lease, same epoch`,
        recoveredMs,
        lost: 'nothing that was acknowledged',
      });

      const before = load.toString();
      second.signal('SIGSTOP');
      await until('nothing is answered', async () => (await reader.safety.read()).kind === 'unreachable', RECOVERY_MS);
      const [storedAtLoss, atLoss] = [load.stored, load.last];
      await until('the loss has lasted', () => load.last > atLoss + MAJORITY_LOST_MS / 25, MAJORITY_LOST_MS * 5);
      expect(load.stored - storedAtLoss).toBeLessThanOrEqual(1); // one may have been on its way
      for (const outcome of [await reader.safety.read(), await reader.nautilus.claim(1000, () => undefined)]) {
        expect(['unreachable', 'unknown']).toContain(outcome.kind);
      }
      expect(['unreachable', 'unknown']).toContain((await owner.renew()).kind);
      expect(owner.lostTo).toBeNull();
      second.signal('SIGCONT');
      const backMs = await until('the newest posture', () => load.stored > storedAtLoss + 50, RECOVERY_MS);
      await load.stop();
      await until('the last posture', async () => (await readTs(reader)) === TS_MS + load.last, RECOVERY_MS);
      await until('the lease goes on', async () => (await owner.renew()).kind === 'ok', RECOVERY_MS);
      expect(await reader.nautilus.claim(1000, () => undefined)).toMatchObject(held);
      const writeState = async () => (await writer.nautilus.writeState(owner, state(25_500))).kind === 'ok';
      await until('the state', writeState, RECOVERY_MS);
      await other.stop();
      expect(other.seen).toEqual([...other.seen].sort((x, y) => x - y));
      expect(other.seen.length).toBeGreaterThan(5);
      expect(load.slowestMs).toBeLessThan(BOUND_MS);
      rows.push({
        fault: 'one killed and one frozen (SIGSTOP): no majority',
        seen: `reads unreachable, claims kept; postures: ${before} before, ${load} after; slowest ${Math.round(load.slowestMs)} ms`,
        recoveredMs: backMs,
        lost: 'no newest value, no lease',
      });
    },
    START_MS + RECOVERY_MS * 4,
  );

  test.runIf(isNightly)(
    'two of three killed (kill -9): their return is no majority; all three anew: everything is written again',
    async () => {
      const { seeds, start, three, openSystem } = await startCluster();
      const [writer, reader] = [openSystem(), openSystem()];
      expect([await writer.ready(START_MS), await reader.ready(START_MS)]).toEqual([true, true]);
      const owner = await claim(writer);
      const load = startLoad(writer);
      await until('load', () => load.stored > 20);
      await Promise.all(three.slice(0, 2).map((member) => member.kill()));
      await until('nothing is answered', async () => (await reader.safety.read()).kind === 'unreachable', RECOVERY_MS);
      const storedAtLoss = load.stored;
      await Promise.all([start(seeds[0] as number), start(seeds[1] as number)]);
      const atReturn = load.last;
      await until('5 s with three members', () => load.last > atReturn + 200, RECOVERY_MS);
      expect(load.stored).toBeLessThanOrEqual(storedAtLoss + 1); // CP keeps nothing on disk: these are new members
      expect(owner.lostTo).toBeNull();
      rows.push({
        fault: 'two of three CP members killed (kill -9), two new ones',
        seen: `no majority until all are started anew; postures: ${load}; slowest ${Math.round(load.slowestMs)} ms`,
        recoveredMs: Number.NaN,
        lost: 'CP state of the group',
      });

      await Promise.all(members.splice(0).map((member) => member.kill()));
      await Promise.all(seeds.map(start));
      const recoveredMs = await until('the newest posture', () => load.stored > storedAtLoss + 1, START_MS);
      await load.stop();
      await until('the last posture', async () => (await readTs(reader)) === TS_MS + load.last, RECOVERY_MS);
      await until('the lease, taken up again', async () => (await owner.renew()).kind === 'ok', RECOVERY_MS);
      expect(await reader.nautilus.claim(1000, () => undefined)).toMatchObject({ epoch: owner.lease.epoch });
      expect(load.slowestMs).toBeLessThan(BOUND_MS);
      rows.push({
        fault: 'all three CP members started anew, empty',
        seen: 'newest posture and lease written again, same epoch',
        recoveredMs,
        lost: 'no newest value',
      });
    },
    START_MS * 3 + RECOVERY_MS * 4,
  );
});
