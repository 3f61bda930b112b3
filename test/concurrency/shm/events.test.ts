import { expect, it } from 'vitest';
import { readCounters } from '../../../src/shm/counters.ts';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { createRegion } from '../../../src/shm/region.ts';
import { judgeEvents } from './support/event-roles.ts';
import { runThread } from './support/thread.ts';
import { describeOnTwoCores } from './support/two-cores.ts';

const IS_NIGHTLY = process.env['DOLPHIN_NIGHTLY'] === '1';
const EVENTS = IS_NIGHTLY ? 5_000_000 : 200_000;
const ROUNDS = IS_NIGHTLY ? 300_000 : 20_000;
const region = (engineEventBytes = 1024) =>
  createRegion({ ...DEFAULT_SLOTS, barSlots: 2, engineEventBytes, assets: 1, hasAssetSignals: false });
const order = (role: string, buffer: SharedArrayBuffer, frames = EVENTS) => ({ buffer, role, frames, seed: 1 });

describeOnTwoCores('events streamed from another thread', () => {
  it.each([1024, 1 << 16])('through %i bytes: whole, once, in order, and no wake-up lost', async (bytes) => {
    const shared = region(bytes);
    const stream = runThread(order('stream events', shared.buffer));
    expect(judgeEvents(shared, EVENTS)).toEqual({ whole: EVENTS, torn: 0, lost: 0, doubled: 0 });
    await stream;
    const { eventsFull, lostWakes } = readCounters(shared);
    expect(lostWakes).toBe(0);
    if (bytes === 1024) expect(eventsFull).toBeGreaterThan(0); // a ring that never filled would prove little
  });

  it.each([
    ['shows an event before it is written', 'stream events early', ['torn']],
    ['writes one twice', 'stream events doubled', ['doubled']],
  ])('would catch a producer that %s', async (_bug, role, faults) => {
    const shared = region();
    const stream = runThread(order(role, shared.buffer));
    const verdict = judgeEvents(shared, EVENTS);
    await stream;
    expect(faults.filter((fault) => verdict[fault as 'torn'] > 0)).not.toEqual([]);
  });

  it('would catch a consumer that releases before it reads', async () => {
    const shared = region();
    const stream = runThread(order('stream events', shared.buffer));
    const verdict = judgeEvents(shared, 10 * EVENTS, true);
    await stream;
    expect(verdict.torn + verdict.lost).toBe(1);
  });
});

describeOnTwoCores('an engine that waits for the watermark behind each event', () => {
  const play = async (markRole: string, rounds: number) => {
    const shared = region();
    const sender = runThread<{ rounds: number; lostWakes: number }>(order('send and await', shared.buffer, rounds));
    const journal = runThread({ ...order(markRole, shared.buffer), seed: 99 });
    const [verdict] = await Promise.all([sender, journal]);
    return verdict;
  };

  it('loses no wake-up on the way there and back', async () => {
    expect(await play('advance marks', ROUNDS)).toEqual({ rounds: ROUNDS, lostWakes: 0 });
  });

  it('would lose one if the bell rang before the watermark moved', async () => {
    const { rounds, lostWakes } = await play('advance marks late', 10 * ROUNDS);
    console.log(`lost a wake-up after ${rounds} rounds`);
    expect(lostWakes).toBeGreaterThan(0);
  });
});
