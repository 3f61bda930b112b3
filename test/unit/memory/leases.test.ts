import { expect, test } from 'vitest';
import { Leases } from '../../../src/adapters/memory/leases.ts';
import { LEASE_MAP } from '../../../src/adapters/memory/maps.ts';
import { isGoneFromHere, newHolder } from '../../../src/adapters/memory/process-identity.ts';
import { ProcessStore } from '../../../src/adapters/memory/process-store.ts';
import { FaultyPort } from './faulty-port.ts';

const TTL_MS = 1000;

function fakeClocks(wallMs: number) {
  const now = { wall: wallMs, monotonic: 0 };
  return { now, clocks: { wallMs: () => now.wall, monotonicMs: () => now.monotonic } };
}

async function taken(leases: Leases) {
  const outcome = await leases.take('n', TTL_MS);
  if (outcome.kind !== 'ok') throw new Error(outcome.kind);
  return outcome.lease;
}

test('a lease expires by the time that the taker has watched it, and clocks of machines are not compared', async () => {
  const store = new ProcessStore();
  const holder = fakeClocks(5_000_000);
  const taker = fakeClocks(9_000_000_000);
  const first = new Leases(store, newHolder(), () => false, holder.clocks);
  const second = new Leases(store, newHolder(), () => false, taker.clocks);
  const lease = await taken(first);
  expect(await second.take('n', TTL_MS)).toMatchObject({ kind: 'held', waitMs: TTL_MS });
  taker.now.monotonic = 999;
  expect(await second.take('n', TTL_MS)).toMatchObject({ kind: 'held', waitMs: 1 });
  expect(await first.renew(lease)).toEqual({ kind: 'ok' });
  taker.now.monotonic = 1500;
  expect(await second.take('n', TTL_MS)).toMatchObject({ kind: 'held', waitMs: TTL_MS });
  taker.now.monotonic = 2500;
  expect(await second.take('n', TTL_MS)).toMatchObject({ kind: 'ok', lease: { epoch: 9_000_000_000 } });
});

test('an epoch rises, also where the wall clock has gone back', async () => {
  const store = new ProcessStore();
  const { now, clocks } = fakeClocks(1000);
  const leases = () => new Leases(store, newHolder(), () => true, clocks);
  const first = await taken(leases());
  now.wall = 10;
  const second = await taken(leases());
  expect([first.epoch, second.epoch]).toEqual([1000, 1001]);
});

test('after the store came back empty the newer claim wins, whoever renews first', async () => {
  const port = new FaultyPort();
  const { now, clocks } = fakeClocks(1000);
  const [older, newer] = [0, 1].map(() => new Leases(port, newHolder(), () => true, clocks)) as [Leases, Leases];
  const first = await taken(older);
  now.wall = 2000;
  const second = await taken(newer);
  port.store = new ProcessStore();
  expect(await older.renew(first)).toEqual({ kind: 'ok' });
  expect(await newer.renew(second)).toEqual({ kind: 'ok' });
  expect(await older.renew(first)).toMatchObject({ kind: 'fenced', epoch: 2000 });
  expect(await older.release(first)).toMatchObject({ kind: 'fenced', epoch: 2000 });
});

test('a claim whose answer is lost is held once, not fought for', async () => {
  const port = new FaultyPort();
  port.lostAnswers = 1;
  const leases = new Leases(port, newHolder(), () => false);
  const lease = await taken(leases);
  port.lostAnswers = 1;
  expect(await leases.renew(lease)).toEqual({ kind: 'ok' });
  expect(port.writes).toBe(2);
});

test('who does not know whether he has a claim asks again, and does not wait for himself', async () => {
  const port = new FaultyPort();
  port.lostAnswers = 1;
  const leases = new Leases(port, newHolder(), () => false);
  const get = port.get.bind(port);
  port.get = async (...entry) => (port.writes === 0 ? get(...entry) : { kind: 'unreachable', reason: 'down' });
  expect((await leases.take('n', TTL_MS)).kind).toBe('unknown');
  expect((await leases.take('n', TTL_MS)).kind).toBe('unreachable');
  port.get = get;
  const { epoch } = await taken(leases);
  expect([port.writes, epoch > 0]).toEqual([1, true]);
  expect((await leases.take('n', TTL_MS)).kind).toBe('held'); // now it is known, and a second claim is another's
});

test('a record that is none keeps nobody out; an outage gives no lease', async () => {
  const port = new FaultyPort();
  await port.store.put(LEASE_MAP, 'n', 'garbage');
  port.isDown = true;
  const leases = new Leases(port, newHolder(), () => false);
  expect((await leases.take('n', TTL_MS)).kind).toBe('unreachable');
  port.isDown = false;
  expect((await leases.take('n', TTL_MS)).kind).toBe('ok');
});

test('only a process of this host that does not run is gone', () => {
  const own = newHolder();
  expect(isGoneFromHere(own)).toBe(false);
  expect(isGoneFromHere({ ...own, pid: 2 ** 22 + 1 })).toBe(true);
  expect(isGoneFromHere({ ...own, host: 'elsewhere', pid: 2 ** 22 + 1 })).toBe(false);
});
