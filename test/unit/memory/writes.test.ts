import { afterEach, expect, test, vi } from 'vitest';
import { encodeState, mergePnl } from '../../../src/adapters/memory/capital-codecs.ts';
import { acbCodec } from '../../../src/adapters/memory/feature-codecs.ts';
import { LatestWriter } from '../../../src/adapters/memory/latest-writer.ts';
import { FEATURES_MAP, stateMap } from '../../../src/adapters/memory/maps.ts';
import { ProcessStore } from '../../../src/adapters/memory/process-store.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { type Decide, updateEntry } from '../../../src/adapters/memory/update.ts';
import { acb, heartbeat, result, state, TS_MS } from '../../integration/memory/sample-values.ts';
import { FaultyPort } from './faulty-port.ts';

const OK = { kind: 'ok' };
const write =
  (text: string): Decide =>
  (current) =>
    current === text ? { kind: 'ok' } : { kind: 'write', text };
const systems: SystemMemory[] = [];

afterEach(async () => {
  await Promise.all(systems.splice(0).map((system) => system.close()));
});

function systemOn(port: FaultyPort): SystemMemory {
  const system = new SystemMemory(port, 'blue');
  systems.push(system);
  return system;
}

test('a write whose answer is lost is read again and not written twice', async () => {
  const port = new FaultyPort();
  port.lostAnswers = 1;
  expect(await updateEntry(port, 'M', 'k', write('1'))).toEqual(OK);
  expect(port.writes).toBe(1);
});

test('an entry that changes under every attempt is given up as unknown', async () => {
  const port = new FaultyPort();
  vi.spyOn(port, 'compareAndSet').mockResolvedValue({ kind: 'conflict' });
  expect(await updateEntry(port, 'M', 'k', write('1'))).toEqual({
    kind: 'unknown',
    reason: 'M[k] changed under each of 16 attempts to write it',
  });
});

test('while one write of a slot is under way only the newest of the others is kept', async () => {
  const port = new FaultyPort();
  const writer = new LatestWriter(port);
  const offers = ['1', '2', '3', '4'].map((text) => writer.offer('M', 'k', write(text)));
  const outcomes = await Promise.all(offers);
  expect(outcomes.map(({ kind }) => kind)).toEqual(['ok', 'superseded', 'superseded', 'ok']);
  expect(await port.textOf('M', 'k')).toBe('4');
  expect([port.writes, port.mostConcurrent, writer.pending]).toEqual([2, 1, 0]);
  writer.close();
});

test('not more slots than allowed are written at the same time, and all are written', async () => {
  const port = new FaultyPort();
  const writer = new LatestWriter(port, { maxInFlight: 3, retryMs: 500 });
  const offers = Array.from({ length: 20 }, (_, i) => writer.offer('M', `k${i}`, write('1')));
  expect(await Promise.all(offers)).toEqual(offers.map(() => OK));
  expect(port.mostConcurrent).toBe(3);
  writer.close();
});

test('what was offered in an outage is written when it ends, the newest value only', async () => {
  const port = new FaultyPort();
  port.isDown = true;
  const writer = new LatestWriter(port);
  for (const text of ['1', '2', '3']) expect((await writer.offer('M', 'k', write(text))).kind).toBe('unreachable');
  expect(writer.pending).toBe(1);
  port.connect();
  await vi.waitFor(() => expect(writer.pending).toBe(0));
  expect([await port.textOf('M', 'k'), port.writes]).toEqual(['3', 1]);
  writer.close();
});

test('without a new connection it is tried again by itself', async () => {
  const port = new FaultyPort();
  port.isDown = true;
  const writer = new LatestWriter(port, { maxInFlight: 1, retryMs: 5 });
  await writer.offer('M', 'k', write('1'));
  port.isDown = false;
  await vi.waitFor(() => expect(writer.pending).toBe(0));
  expect(await port.textOf('M', 'k')).toBe('1');
  writer.close();
});

test('a store that comes back empty gets what it had acknowledged', async () => {
  const port = new FaultyPort();
  const system = systemOn(port);
  const claim = await system.paper.claim(10_000, () => {});
  if (claim.kind !== 'ok') throw new Error(claim.kind);
  expect(await system.acbBoost.write(acb(TS_MS))).toEqual(OK);
  expect(await system.paper.writeState(claim.ownership, state(25_000))).toEqual(OK);
  expect(await system.paper.writePnl(claim.ownership, result('2026-03-20'))).toEqual(OK);
  port.store = new ProcessStore();
  expect(await system.acbBoost.read()).toEqual({ kind: 'absent' });
  port.connect();
  await vi.waitFor(() => expect(system.status().pendingWrites).toBe(0));
  expect(await system.acbBoost.read()).toEqual({ kind: 'ok', value: acb(TS_MS) });
  expect(await system.paper.readState()).toMatchObject({ value: { capital: 25_000 } });
  expect(await system.paper.readPnl('2026-03-20')).toMatchObject({ value: { paper: { capital: 25_100 } } });
  await claim.ownership.release();
});

test('a value kept over an outage does not replace a newer one of another writer, not even later', async () => {
  const port = new FaultyPort();
  port.isDown = true;
  const system = systemOn(port);
  expect((await system.acbBoost.write(acb(TS_MS, 1.1))).kind).toBe('unreachable');
  const newer = acbCodec.encode(acb(TS_MS + 1, 1.9));
  await port.store.put(FEATURES_MAP, 'acb_boost', newer);
  port.connect();
  await vi.waitFor(() => expect(system.status().pendingWrites).toBe(0));
  expect(await port.textOf(FEATURES_MAP, 'acb_boost')).toBe(newer);
  // The other writer's value is lost: ours, which was older, must not come in its place.
  port.store = new ProcessStore();
  port.connect();
  expect(await system.heartbeat.write(heartbeat(TS_MS))).toEqual(OK);
  expect(await port.textOf(FEATURES_MAP, 'acb_boost')).toBeNull();
});

test('of values without a time the one that was written meanwhile stays', async () => {
  const port = new FaultyPort();
  const system = systemOn(port);
  await port.store.put(FEATURES_MAP, 'acb_boost', '{"boost":1,"beta":0}');
  expect(await system.acbBoost.write(acb(TS_MS, 1.1))).toEqual(OK);
  const other = '{"boost":1.7,"beta":0}';
  await port.store.put(FEATURES_MAP, 'acb_boost', other);
  port.connect();
  await vi.waitFor(() => expect(system.status().pendingWrites).toBe(0));
  expect(await port.textOf(FEATURES_MAP, 'acb_boost')).toBe(other);
});

test('an engine that has lost its claim sends no write any more', async () => {
  const port = new FaultyPort();
  const [older, newer] = [systemOn(port), systemOn(port)];
  const lost: number[] = [];
  const first = await older.nautilus.claim(1, ({ epoch }) => lost.push(epoch));
  if (first.kind !== 'ok') throw new Error(first.kind);
  first.ownership.abandon();
  await newer.nautilus.claim(1, () => {});
  const second = await vi.waitFor(async () => {
    const outcome = await newer.nautilus.claim(10_000, () => {});
    if (outcome.kind !== 'ok') throw new Error(outcome.kind);
    return outcome.ownership;
  });
  expect((await older.nautilus.writeState(first.ownership, state(1))).kind).toBe('fenced');
  const { writes } = port;
  expect((await older.nautilus.writePnl(first.ownership, result('2026-03-20'))).kind).toBe('fenced');
  expect(port.writes).toBe(writes);
  expect(lost).toEqual([second.lease.epoch]);
  expect(await first.ownership.release()).toMatchObject({ kind: 'fenced' });
  expect(await newer.nautilus.writeState(second, state(2))).toEqual(OK);
  await second.release();
});

test('a newer epoch in the value itself fences, also where the lease says nothing of it', async () => {
  const port = new FaultyPort();
  const system = systemOn(port);
  const lost: number[] = [];
  const claim = await system.paper.claim(10_000, ({ epoch }) => lost.push(epoch));
  if (claim.kind !== 'ok') throw new Error(claim.kind);
  const stamp = { owner: 'other', epoch: claim.ownership.lease.epoch + 1, seq: 1 };
  const other = encodeState(state(31_000), stamp);
  await port.store.put(stateMap('blue'), 'latest', other);
  expect(await system.paper.writeState(claim.ownership, state(1))).toEqual({
    kind: 'fenced',
    owner: 'other',
    epoch: stamp.epoch,
  });
  expect(await port.textOf(stateMap('blue'), 'latest')).toBe(other);
  expect(lost).toEqual([stamp.epoch]);
});

test('of two owners of one epoch, as a merged cluster may hold them, both stop', async () => {
  const port = new FaultyPort();
  const system = systemOn(port);
  const claim = await system.paper.claim(10_000, () => {});
  if (claim.kind !== 'ok') throw new Error(claim.kind);
  const twin = { owner: 'twin', epoch: claim.ownership.lease.epoch, seq: 1 };
  await port.store.put(stateMap('blue'), 'latest', encodeState(state(31_000), twin));
  expect((await system.paper.writeState(claim.ownership, state(1))).kind).toBe('fenced');
  expect(claim.ownership.lostTo?.owner).toBe('twin');
});

test('an engine that has lost its claim does not fill a store that came back empty', async () => {
  const port = new FaultyPort();
  const system = systemOn(port);
  const claim = await system.paper.claim(10_000, () => {});
  if (claim.kind !== 'ok') throw new Error(claim.kind);
  expect(await system.paper.writeState(claim.ownership, state(25_000))).toEqual(OK);
  const twin = { owner: 'twin', epoch: claim.ownership.lease.epoch + 1, seq: 1 };
  await port.store.put('DOLPHIN_PNL_BLUE', '2026-03-20', mergePnl(null, 'paper', result('2026-03-20'), twin));
  expect((await system.paper.writePnl(claim.ownership, result('2026-03-20'))).kind).toBe('fenced');
  port.store = new ProcessStore();
  port.connect();
  expect(await system.heartbeat.write(heartbeat(TS_MS))).toEqual(OK);
  expect(await port.textOf(stateMap('blue'), 'latest')).toBeNull();
});
