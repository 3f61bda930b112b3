import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, expect, test } from 'vitest';
import { LOCK_NAME } from '../../../src/adapters/journal/journal-lock.ts';
import { newLockHolder } from '../../../src/adapters/journal/lock-holder.ts';
import type { ContenderOrder, ContenderReport } from './support/lock-contender.worker.ts';

const ROUNDS = 100;
const THREADS = 3;
const root = mkdtempSync(join(tmpdir(), 'dolphin-lock-race-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Above Linux's largest process id. */
const gone = (token: string) => JSON.stringify({ ...newLockHolder(), pid: 2 ** 22 + 1, token });

/** What lies in a folder before a round: lock and claims of processes that were killed. */
const BEFORE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'nobody was there': {},
  'the holder was killed': { [LOCK_NAME]: gone('a') },
  'one who took it over was killed as well': { [LOCK_NAME]: gone('a'), [`${LOCK_NAME}.a`]: gone('b') },
};

async function contend(folders: readonly string[]): Promise<ContenderReport[]> {
  const workerData: ContenderOrder = {
    folders,
    threads: THREADS,
    arrived: new SharedArrayBuffer(4),
    inside: new SharedArrayBuffer(4),
  };
  const entry = new URL('./support/lock-contender.worker.ts', import.meta.url);
  const workers = Array.from({ length: THREADS }, () => new Worker(entry, { workerData }));
  try {
    return await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0] as ContenderReport));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

test.each(Object.entries(BEFORE))(
  'of threads that lock at the same instant exactly one wins: %s',
  async (name, files) => {
    const folders = Array.from({ length: ROUNDS }, (_, round) => join(root, `${name}-${round}`));
    for (const folder of folders) {
      mkdirSync(folder);
      for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    }
    const reports = await contend(folders);
    const winners = folders.map((_, round) => reports.filter(({ won }) => won[round]).length);
    expect(winners).toEqual(folders.map(() => 1));
    expect(reports.map(({ together }) => together)).toEqual(reports.map(() => 0));
    expect(folders.flatMap((folder) => readdirSync(folder))).toEqual([]);
  },
);
