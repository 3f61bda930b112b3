import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { heldMessage, Leases } from '../../../src/adapters/memory/leases.ts';
import { FEATURES_MAP, LEASE_MAP, SAFETY_MAP, shardMap, shardOf } from '../../../src/adapters/memory/maps.ts';
import type { MemoryPort } from '../../../src/adapters/memory/memory-port.ts';
import type { Ownership } from '../../../src/adapters/memory/ownership.ts';
import { newHolder } from '../../../src/adapters/memory/process-identity.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { BACK_ENDS, type BackEnd } from './back-ends.ts';
import { acb, book, DAY, heartbeat, result, safety, scan, state, TS_MS } from './sample-values.ts';
import { until } from './until.ts';

const OK = { kind: 'ok' };
/** Deadline of a store and some scheduling. */
const BOUND_MS = 1500;

for (const backEndCase of BACK_ENDS) {
  describe.skipIf(backEndCase.isMissing)(`memory contract: ${backEndCase.name}`, () => {
    let backEnd: BackEnd;
    const ports: MemoryPort[] = [];
    const systems: SystemMemory[] = [];
    let names = 0;

    /** A map of this test alone. */
    const freshMap = () => `CONTRACT_${++names}`;
    const openPort = async () => {
      const port = await backEnd.open();
      ports.push(port);
      return port;
    };
    const openSystem = async (deployment: 'blue' | 'green' = 'blue') => {
      const system = new SystemMemory(await backEnd.open(), deployment);
      systems.push(system);
      return system;
    };

    beforeAll(async () => {
      backEnd = await backEndCase.start();
    });
    afterEach(async () => {
      await Promise.all([...ports.splice(0), ...systems.splice(0)].map((open) => open.close()));
    });
    afterAll(() => backEnd?.stop());

    test('what is put is got by others; what is absent is null', async () => {
      const [a, b] = [await openPort(), await openPort()];
      const map = freshMap();
      const long = JSON.stringify({ text: 'ü€𝄞'.repeat(20_000) });
      expect(await a.get(map, 'k')).toEqual({ kind: 'ok', text: null });
      expect(await a.put(map, 'k', long)).toEqual(OK);
      expect(await b.get(map, 'k')).toEqual({ kind: 'ok', text: long });
      expect(await b.get(map, 'other')).toEqual({ kind: 'ok', text: null });
    });

    test('keys of a map are those that were written', async () => {
      const [a, b] = [await openPort(), await openPort()];
      const map = freshMap();
      expect(await b.keys(map)).toEqual({ kind: 'ok', keys: [] });
      for (const key of ['BTCUSDT', 'ETHUSDT', 'BTCUSDT']) await a.put(map, key, '1');
      const outcome = await b.keys(map);
      expect(outcome.kind === 'ok' && [...outcome.keys].sort()).toEqual(['BTCUSDT', 'ETHUSDT']);
    });

    test.each([
      ['a map', () => freshMap()],
      ['the safety or lease entry', () => LEASE_MAP],
    ])('compare-and-set in %s writes only over what was expected', async (_where, mapOf) => {
      const [a, b] = [await openPort(), await openPort()];
      const [map, key] = [mapOf(), `cas-${++names}`];
      expect(await a.compareAndSet(map, key, '0', '1')).toEqual({ kind: 'conflict' });
      expect(await a.compareAndSet(map, key, null, '1')).toEqual(OK);
      expect(await b.compareAndSet(map, key, null, '2')).toEqual({ kind: 'conflict' });
      expect(await b.compareAndSet(map, key, '1', '2')).toEqual(OK);
      expect(await a.get(map, key)).toEqual({ kind: 'ok', text: '2' });
    });

    test('increments of two writers by compare-and-set are all counted', async () => {
      const [a, b] = [await openPort(), await openPort()];
      const map = freshMap();
      const each = 40;
      const count = async (port: MemoryPort) => {
        for (let done = 0; done < each; ) {
          const seen = await port.get(map, 'n');
          if (seen.kind !== 'ok') throw new Error(seen.reason);
          const next = String(Number(seen.text ?? 0) + 1);
          const written = await port.compareAndSet(map, 'n', seen.text, next);
          if (written.kind === 'ok') done += 1;
          else expect(written).toEqual({ kind: 'conflict' });
        }
      };
      await Promise.all([count(a), count(b)]);
      expect(await a.get(map, 'n')).toEqual({ kind: 'ok', text: String(2 * each) });
    });

    test("a listener gets what is there, then another's writes, never backwards, and the newest in the end", async () => {
      const [a, b] = [await openPort(), await openPort()];
      const map = freshMap();
      await a.put(map, 'k', '0');
      const heard: number[] = [];
      const other: string[] = [];
      const listening = b.listen(map, 'k', (_key, text) => heard.push(Number(text)));
      b.listen(map, null, (key) => other.push(key));
      await until('the value that was there', () => heard.length === 1);
      for (let n = 1; n <= 200; n++) await a.put(map, 'k', String(n));
      await a.put(map, 'j', '1');
      await until('the newest value', () => heard.at(-1) === 200 && other.includes('j'));
      expect(heard).toEqual([...heard].sort((x, y) => x - y));
      listening.close();
      const before = heard.length;
      await a.put(map, 'k', '201');
      await a.put(map, 'last', '1');
      await until('the other listener', () => other.includes('last'));
      expect(heard.length).toBe(before);
    });

    test('every value of spec 1.0 goes through and is read by another', async () => {
      const [a, b] = [await openSystem('green'), await openSystem('green')];
      expect(await a.safety.write(safety(TS_MS))).toEqual(OK);
      expect(await a.acbBoost.write(acb(TS_MS))).toEqual(OK);
      expect(await a.latestScan.write(scan(17))).toEqual(OK);
      expect(await a.heartbeat.write(heartbeat(TS_MS))).toEqual(OK);
      expect(await a.books.write('BTCUSDT', book())).toEqual(OK);
      expect(await b.safety.read()).toEqual({ kind: 'ok', value: safety(TS_MS) });
      expect(await b.acbBoost.read()).toEqual({ kind: 'ok', value: acb(TS_MS) });
      expect(await b.latestScan.read()).toEqual({ kind: 'ok', value: scan(17) });
      expect(await b.heartbeat.read()).toEqual({ kind: 'ok', value: heartbeat(TS_MS) });
      expect(await b.books.read('BTCUSDT')).toEqual({ kind: 'ok', value: book() });
      expect(await b.nautilus.readState()).toEqual({ kind: 'absent' });
    });

    test('an older value does not replace a newer one, whoever comes last', async () => {
      const [a, b] = [await openSystem(), await openSystem()];
      expect(await a.safety.write(safety(TS_MS + 5000, 0.91))).toEqual(OK);
      expect((await b.safety.write(safety(TS_MS + 4000, 0.99))).kind).toBe('conflict');
      expect(await b.safety.read()).toEqual({ kind: 'ok', value: safety(TS_MS + 5000, 0.91) });
    });

    test('a malformed value is refused, counted and reaches no listener', async () => {
      const system = await openSystem();
      const writer = await openPort();
      const heard: number[] = [];
      system.acbBoost.listen(({ boost }) => heard.push(boost));
      await writer.put(FEATURES_MAP, 'acb_boost', '{"boost": 1.25, "beta": 0.5}');
      await until('a value as another writer spaces it', () => heard.at(-1) === 1.25);
      for (const bad of ['{"boost": NaN, "beta": 0.5}', '{"boost": "2", "beta": 0.5}', '[]', 'nonsense']) {
        const refused = system.status().refused;
        await writer.put(FEATURES_MAP, 'acb_boost', bad);
        await until(`refusal of ${bad}`, () => system.status().refused > refused);
        expect((await system.acbBoost.read()).kind).toBe('malformed');
      }
      await writer.put(FEATURES_MAP, 'acb_boost', '{"boost":1.5,"beta":0.5}');
      await until('the next good value', () => heard.at(-1) === 1.5);
      expect(heard.filter((boost) => boost !== 1.25 && boost !== 1.5 && boost !== 1.2)).toEqual([]);
      expect(Object.keys(system.status().refusedEntries)).toEqual(['DOLPHIN_FEATURES[acb_boost]']);
    });

    test('assets are discovered from the key sets of all ten shards; one in a wrong shard is not there', async () => {
      const [a, b] = [await openSystem(), await openSystem()];
      const symbols = Array.from({ length: 10 }, (_, i) => `${String.fromCharCode(65 + i)}USDT`);
      expect(new Set(symbols.map(shardOf)).size).toBe(10);
      for (const symbol of symbols) expect(await a.books.write(symbol, book())).toEqual(OK);
      const stray = await openPort();
      await stray.put(shardMap((shardOf('XRPUSDT') + 1) % 10), 'XRPUSDT', '{}');
      const found = await b.books.discover();
      expect(found.kind === 'ok' && found.symbols.filter((symbol) => symbol !== 'BTCUSDT')).toEqual(symbols);
      const heard = new Set<string>();
      b.books.listen((symbol) => heard.add(symbol));
      await until('all shards heard', () => symbols.every((symbol) => heard.has(symbol)));
      expect(heard.has('XRPUSDT')).toBe(false);
    });

    test("both tracks' results of a date stand side by side, written at the same time", async () => {
      const [a, b] = [await openSystem(), await openSystem()];
      const [paper, nautilus] = await Promise.all([claim(a, 'paper'), claim(b, 'nautilus')]);
      for (let day = 1; day <= 5; day++) {
        const date = `2026-04-0${day}`;
        const outcomes = await Promise.all([
          a.paper.writePnl(paper, result(date, 1000 + day)),
          b.nautilus.writePnl(nautilus, result(date, 2000 + day, true)),
        ]);
        expect(outcomes).toEqual([OK, OK]);
        const read = await a.nautilus.readPnl(date);
        if (read.kind !== 'ok') throw new Error(read.kind);
        expect([read.value.paper?.capital, read.value.nautilus?.capital]).toEqual([1000 + day, 2000 + day]);
        expect([read.value.paper?.isStale, read.value.nautilus?.isStale]).toEqual([false, true]);
      }
      await paper.release();
      await nautilus.release();
    });

    test('a lease keeps others out, says who holds it, and is free when released or expired', async () => {
      const [a, b] = [await openPort(), await openPort()];
      const name = `engine-${++names}`;
      const first = new Leases(a, newHolder(), () => false);
      const second = new Leases(b, newHolder(), () => false);
      const taken = await first.take(name, 200);
      if (taken.kind !== 'ok') throw new Error(taken.kind);
      const held = await second.take(name, 200);
      if (held.kind !== 'held') throw new Error(held.kind);
      expect(heldMessage(name, held)).toContain(`${name} is held by process ${process.pid} on`);
      expect(await first.renew(taken.lease)).toEqual(OK);
      expect((await second.take(name, 200)).kind).toBe('held');
      await until('expiry', async () => (await second.take(name, 200)).kind === 'ok');
      const renewed = await first.renew(taken.lease);
      expect(renewed.kind).toBe('fenced');
      expect(renewed.kind === 'fenced' && renewed.epoch).toBeGreaterThan(taken.lease.epoch);
    });

    test('a lease that was released, or whose holder is gone, is taken at once', async () => {
      const [a, b] = [await openPort(), await openPort()];
      const name = `engine-${++names}`;
      const first = new Leases(a, newHolder(), () => false);
      const taken = await first.take(name, 60_000);
      if (taken.kind !== 'ok') throw new Error(taken.kind);
      expect(await first.release(taken.lease)).toEqual(OK);
      const second = await new Leases(b, newHolder(), () => false).take(name, 60_000);
      if (second.kind !== 'ok') throw new Error(second.kind);
      expect(second.lease.epoch).toBeGreaterThan(taken.lease.epoch);
      expect((await new Leases(a, newHolder(), () => true).take(name, 60_000)).kind).toBe('ok');
    });

    test('of two engines on one state the older stops as soon as it can see the newer', async () => {
      const [a, b] = [await openSystem('green'), await openSystem('green')];
      const lost: number[] = [];
      const older = await claim(a, 'nautilus', 200, (to) => lost.push(to.epoch));
      expect(await a.nautilus.writeState(older, state(25_000))).toEqual(OK);
      expect((await b.nautilus.claim(200, () => {})).kind).toBe('held');
      older.abandon();
      let newer: Ownership | undefined;
      await until('the older claim expires', async () => {
        const outcome = await b.nautilus.claim(200, () => {});
        if (outcome.kind === 'ok') newer = outcome.ownership;
        return outcome.kind === 'ok';
      });
      if (newer === undefined) throw new Error('no claim');
      // The newer has not written this date yet: only the lease shows it.
      expect((await a.nautilus.writePnl(older, result('2026-05-01'))).kind).toBe('fenced');
      expect(await b.nautilus.writeState(newer, state(26_000))).toEqual(OK);
      expect((await a.nautilus.writeState(older, state(1))).kind).toBe('fenced');
      expect(lost).toEqual([newer.lease.epoch]);
      const read = await a.nautilus.readState();
      expect(read.kind === 'ok' && [read.value.capital, read.value.stamp.epoch]).toEqual([26_000, newer.lease.epoch]);
      expect(await b.nautilus.readPnl('2026-05-01')).toEqual({ kind: 'absent' });
      await newer.release();
    });

    test('status says where it is, and what stands behind the safety entry', async () => {
      const port = await openPort();
      expect(await port.put(SAFETY_MAP, 'latest', JSON.stringify({ posture: 'TURTLE', Rm: 0.6 }))).toEqual(OK);
      const { kind, connected, safety: guarantee, notes } = port.status();
      expect([kind === port.kind, connected, guarantee]).toEqual([true, true, backEndCase.hasCp ? 'cp' : 'map']);
      if (kind === 'hazelcast')
        expect(notes.join(' ')).toContain(backEndCase.hasCp ? 'cp-member-count 3' : 'no CP subsystem');
      expect(await port.get(SAFETY_MAP, 'latest')).toMatchObject(OK);
      expect(await port.keys(SAFETY_MAP)).toEqual({ kind: 'ok', keys: ['latest'] });
      // A reference has no listeners of its own.
      const heard: string[] = [];
      port.listen(SAFETY_MAP, 'latest', (_key, text) => heard.push(text));
      await port.put(SAFETY_MAP, 'latest', '{"Rm":0.7,"posture":"TURTLE"}');
      await until('the posture', () => heard.at(-1) === '{"Rm":0.7,"posture":"TURTLE"}');
    });

    test('a closed port answers at once, and says so', async () => {
      const port = await backEnd.open();
      await port.close();
      if (port.kind === 'none') return;
      const startMs = performance.now();
      expect((await port.get('M', 'k')).kind).toBe('unreachable');
      expect((await port.put('M', 'k', '1')).kind).toBe('unreachable');
      expect((await port.compareAndSet('M', 'k', null, '1')).kind).toBe('unreachable');
      expect((await port.keys('M')).kind).toBe('unreachable');
      expect(performance.now() - startMs).toBeLessThan(BOUND_MS);
    });
  });
}

test('the sample day is the one of the specification', () => {
  expect(new Date(DAY * 86_400_000).toISOString().slice(0, 10)).toBe('2026-03-21');
});

async function claim(
  system: SystemMemory,
  track: 'paper' | 'nautilus',
  ttlMs = 10_000,
  onLost: (to: { epoch: number }) => void = () => {},
): Promise<Ownership> {
  const outcome = await system[track].claim(ttlMs, onLost);
  if (outcome.kind !== 'ok') throw new Error(`claim: ${JSON.stringify(outcome)}`);
  return outcome.ownership;
}
