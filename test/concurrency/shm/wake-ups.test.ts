import { expect, it } from 'vitest';
import { DEFAULT_SLOTS } from '../../../src/shm/layout.ts';
import { createRegion } from '../../../src/shm/region.ts';
import type { PingPongVerdict } from './support/ping-pong-roles.ts';
import { runThread } from './support/thread.ts';
import { describeOnTwoCores } from './support/two-cores.ts';

const ROUNDS = process.env['DOLPHIN_NIGHTLY'] === '1' ? 100_000 : 10_000;

/** Both roles over one region; what the side that sleeps on barData saw. */
async function play(pingRole: string, pongRole: string, rounds: number): Promise<PingPongVerdict> {
  const region = createRegion({ ...DEFAULT_SLOTS, barSlots: 2, assets: 1, hasAssetSignals: false });
  const [pinged, ponged] = await Promise.all([
    runThread<PingPongVerdict>({ buffer: region.buffer, role: pingRole, frames: rounds, seed: 42 }),
    runThread<PingPongVerdict>({ buffer: region.buffer, role: pongRole, frames: rounds, seed: 4711 }),
  ]);
  return { rounds: pinged.rounds, lostWakes: Math.max(pinged.lostWakes, ponged.lostWakes) };
}

describeOnTwoCores('two threads that wake each other', () => {
  it.each([
    ['Atomics.wait', 'pong'],
    ['Atomics.waitAsync', 'pong async'],
  ])('lose no wake-up: %s', async (_wait, pong) => {
    expect(await play('ping', pong, ROUNDS)).toEqual({ rounds: ROUNDS, lostWakes: 0 });
  });

  it.each([
    ['does not ask again once its flag is up', 'ping', 'pong does not ask'],
    ['reads the bell after it has asked', 'ping', 'pong reads late'],
    ['rings before it stores the tail', 'ping rings early', 'pong'],
  ])('would catch one that %s', async (_bug, ping, pong) => {
    const { rounds, lostWakes } = await play(ping, pong, 200_000);
    console.log(`lost a wake-up after ${rounds} rounds`);
    expect(lostWakes).toBeGreaterThan(0);
  });
});
