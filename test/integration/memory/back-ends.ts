import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LEASE_MAP } from '../../../src/adapters/memory/maps.ts';
import type { MemoryPort } from '../../../src/adapters/memory/memory-port.ts';
import { openMemory } from '../../../src/adapters/memory/open-memory.ts';
import { ProcessStore } from '../../../src/adapters/memory/process-store.ts';
import { freePort, LAST_WITH_CP, Member, membersMissing, NEWEST } from './hazelcast-member.ts';
import { until } from './until.ts';

/** A store that tests can open several times, as several processes would. */
export interface BackEnd {
  /** A port of its own on the same data, connected. */
  open(): Promise<MemoryPort>;
  stop(): Promise<void>;
}

export interface BackEndCase {
  readonly name: string;
  readonly isMissing: boolean;
  readonly hasCp: boolean;
  start(): Promise<BackEnd>;
}

const READY_MS = 15_000;

function hazelcast(version: string, hasCp: boolean): BackEndCase {
  return {
    name: `Hazelcast ${version}`,
    isMissing: membersMissing(version) !== null,
    hasCp,
    start: async () => {
      const port = await freePort();
      const clusterName = `contract-${process.pid}-${port}`;
      const member = await Member.start({ version, cluster: clusterName, port });
      const open = async () => {
        const store = openMemory({ kind: 'hazelcast', clusterName, members: [`127.0.0.1:${port}`], tls: null }, {});
        if (!(await store.ready(READY_MS))) throw new Error(`no connection to ${clusterName} in ${READY_MS} ms`);
        return store;
      };
      const first = await open();
      await warmUp(first);
      await first.close();
      return { open, stop: () => member.kill() };
    },
  };
}

/** A cold member may miss deadlines, which is no part of the contract: every operation until each has been answered. */
async function warmUp(store: MemoryPort): Promise<void> {
  for (const map of ['WARM_UP', LEASE_MAP]) {
    await until('a warm member', async () => {
      const outcomes = await Promise.all([
        store.get(map, 'k'),
        store.put(map, 'k', '1'),
        store.compareAndSet(map, 'k', '1', '1'),
        store.keys(map),
      ]);
      return outcomes.every(({ kind }) => kind === 'ok');
    });
  }
}

/** Every store that the contract holds for; the one in this process is the reference. */
export const BACK_ENDS: readonly BackEndCase[] = [
  {
    name: 'this process',
    isMissing: false,
    hasCp: false,
    start: () => {
      const store = new ProcessStore();
      // One store cannot be opened twice: its users share it, and it outlives each of them.
      const shared = new Proxy(store, {
        get: (target, name) => {
          if (name === 'close') return () => Promise.resolve();
          const member: unknown = Reflect.get(target, name, target);
          return typeof member === 'function' ? member.bind(target) : member;
        },
      });
      return Promise.resolve({ open: () => Promise.resolve(shared), stop: () => store.close() });
    },
  },
  {
    name: 'embedded',
    isMissing: false,
    hasCp: false,
    start: () => {
      const folder = mkdtempSync(join(tmpdir(), 'dolphin-memory-'));
      return Promise.resolve({
        open: () => Promise.resolve(openMemory({ kind: 'embedded', path: join(folder, 'memory.db') }, {})),
        stop: () => Promise.resolve(rmSync(folder, { recursive: true })),
      });
    },
  },
  hazelcast(NEWEST, false),
  hazelcast(LAST_WITH_CP, true),
];
