import { parentPort, workerData } from 'node:worker_threads';
import { JournalFolder } from '../../../../src/adapters/journal/journal-folder.ts';
import { type JournalLock, lockJournal } from '../../../../src/adapters/journal/journal-lock.ts';
import { InputError } from '../../../../src/model/input-error.ts';

/** What a thread is told that takes the lock of a folder over and over, at the same time as others. */
export interface ContenderOrder {
  /** One per round, in order. */
  readonly folders: readonly string[];
  readonly threads: number;
  /** Int32: how many arrived at the barriers so far. */
  readonly arrived: SharedArrayBuffer;
  /** Int32: threads that are inside right now. */
  readonly inside: SharedArrayBuffer;
}

/** What a thread says of its rounds. */
export interface ContenderReport {
  /** Per round: it had the lock. */
  readonly won: readonly boolean[];
  /** How often it was inside together with another. */
  readonly together: number;
}

const { folders, threads, arrived, inside } = workerData as ContenderOrder;
const arrivals = new Int32Array(arrived);
const insiders = new Int32Array(inside);
let barriers = 0;
let together = 0;

/** Spins: threads that wake one after the other hardly meet. */
function meet(): void {
  barriers += 1;
  Atomics.add(arrivals, 0, 1);
  while (Atomics.load(arrivals, 0) < barriers * threads);
}

function tryLock(folder: JournalFolder): JournalLock | null {
  try {
    return lockJournal(folder, 'round');
  } catch (error) {
    if (error instanceof InputError && error.message.includes('is being written by')) return null;
    throw error;
  }
}

/** Takes it when it can, and gives it back at once: others come upon every state on the way. */
function comeAndGo(folder: JournalFolder): void {
  for (let i = 0; i < 10; i++) {
    const lock = tryLock(folder);
    if (lock === null) continue;
    if (Atomics.add(insiders, 0, 1) !== 0) together += 1;
    Atomics.sub(insiders, 0, 1);
    lock.release();
  }
}

const won = folders.map((path) => {
  const folder = JournalFolder.open(path);
  meet();
  const lock = tryLock(folder);
  meet(); // nobody gives back before all have tried
  lock?.release();
  comeAndGo(folder);
  return lock !== null;
});
parentPort?.postMessage({ won, together } satisfies ContenderReport);
