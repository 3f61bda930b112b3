import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EmbeddedStore } from '../../../src/adapters/embedded/embedded-store.ts';
import type { CapitalTrack } from '../../../src/adapters/memory/capital-track.ts';
import type { Ownership } from '../../../src/adapters/memory/ownership.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { type ClaimWait, claimTrack } from '../../../src/flows/track-claim.ts';
import { flowFolder } from './flow-fixtures.ts';

const signal = new AbortController().signal;

async function owned(track: CapitalTrack, wait: ClaimWait): Promise<Ownership> {
  const claim = await claimTrack(track, wait);
  if (claim.kind === 'held') throw new Error(claim.text);
  return claim.ownership;
}

async function twoMachines() {
  const path = join(flowFolder(), 'memory.db');
  const open = () => new SystemMemory(EmbeddedStore.open(path), 'blue');
  const [one, other] = [open(), open()] as const;
  return { one, other, close: () => Promise.all([one.close(), other.close()]) };
}

test('a claim whose holder gave it back is taken at once; one that is held is waited for, and that is said', async () => {
  const { one, other, close } = await twoMachines();
  const held: string[] = [];
  const waits: number[] = [];
  const first = await owned(one.paper, {
    signal,
    sleep: () => Promise.reject(new Error('nobody holds it')),
    onHeld: () => undefined,
    onLost: () => undefined,
  });
  const second = await owned(other.paper, {
    signal,
    sleep: async (ms) => {
      waits.push(ms);
      if (waits.length === 3) await first.release();
    },
    onHeld: (text) => held.push(text),
    onLost: () => undefined,
  });
  expect(waits).toHaveLength(3);
  expect(held).toEqual([expect.stringContaining(`held by process ${process.pid}`)]);
  expect(second.lease.epoch).toBeGreaterThan(first.lease.epoch);
  await second.release();
  await close();
});

test('an end of the run ends the waiting', async () => {
  const { one, other, close } = await twoMachines();
  const silent = { signal, onHeld: () => undefined, onLost: () => undefined };
  const first = await owned(one.paper, { ...silent, sleep: async () => undefined });
  const waiting = claimTrack(other.paper, { ...silent, sleep: () => Promise.reject(new Error('the run has ended')) });
  await expect(waiting).rejects.toThrow('the run has ended');
  await first.release();
  await close();
});
