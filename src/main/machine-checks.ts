import { mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';

/** One part that the program needs or can use. */
export interface Finding {
  readonly part: string;
  /** `limited`: there, but something will not work or not well. */
  readonly state: 'ok' | 'limited' | 'missing';
  /** What was found. */
  readonly found: string;
  /** How to get it, or what it means that it is not there; null when all is well. */
  readonly remedy: string | null;
}

/** ABI of Node 22 (docs/adr/0001). */
const PINNED_ABI = '127';
/** A day's replay takes less than 200 MB. */
const MEMORY_NEEDED_BYTES = 512 * 1024 ** 2;
/** Step times are microseconds: a coarser clock cannot show them. */
const CLOCK_NEEDED_NS = 1000;
const NOTIFY_DEADLINE_MS = 1000;

/** What every command needs, in the order in which a newcomer meets it. */
export async function requiredParts(): Promise<Finding[]> {
  return [
    nodeRuntime(),
    await sharedMemory(),
    cores(),
    memory(),
    clock(),
    writeAccess('current folder', process.cwd()),
    writeAccess('temporary folder', tmpdir()),
  ];
}

function nodeRuntime(): Finding {
  const wanted = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).engines.node;
  const found = `${process.version}, ABI ${process.versions.modules} (needed: ${wanted}, ABI ${PINNED_ABI})`;
  if (process.versions.modules === PINNED_ABI) return ok('Node', found);
  return {
    part: 'Node',
    state: 'missing',
    found,
    remedy: 'run "npm ci" for the pinned runtime, start with "npx dolphin"',
  };
}

async function sharedMemory(): Promise<Finding> {
  const part = 'shared memory';
  const word = new Int32Array(new SharedArrayBuffer(4));
  const waiting = Atomics.waitAsync(word, 0, 0, NOTIFY_DEADLINE_MS);
  Atomics.notify(word, 0);
  const answer = await waiting.value;
  if (answer === 'ok') return ok(part, 'SharedArrayBuffer, Atomics.waitAsync');
  return { part, state: 'missing', found: `Atomics.waitAsync answered ${answer}`, remedy: 'use the pinned Node 22' };
}

function cores(): Finding {
  const count = availableParallelism();
  if (count >= 2) return ok('cores', `${count}`);
  const remedy = 'threads take turns and --wait spin is refused; give the process a second core';
  return { part: 'cores', state: 'limited', found: `${count}`, remedy };
}

function memory(): Finding {
  // A container's limit lies below the machine's memory; 0 = no limit known.
  const limit = process.constrainedMemory();
  const total = limit > 0 && limit < totalmem() ? limit : totalmem();
  const available = Math.min(process.availableMemory(), total);
  const found = `${gigabytes(available)} GB available of ${gigabytes(total)} GB`;
  if (available >= MEMORY_NEEDED_BYTES) return ok('memory', found);
  return { part: 'memory', state: 'limited', found, remedy: 'a replay of 48 assets wants 0.5 GB; close something' };
}

function clock(): Finding {
  let step = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 1000; i++) {
    const before = process.hrtime.bigint();
    let after = before;
    while (after === before) after = process.hrtime.bigint();
    step = Math.min(step, Number(after - before));
  }
  const found = `smallest step ${step} ns`;
  if (step <= CLOCK_NEEDED_NS) return ok('clock', found);
  return { part: 'clock', state: 'limited', found, remedy: 'step times in reports are no finer than that' };
}

function writeAccess(part: string, dir: string): Finding {
  try {
    rmdirSync(mkdtempSync(join(dir, '.dolphin-doctor-')));
    return ok(part, `${dir} can be written to`);
  } catch (error) {
    const found = `${dir} cannot be written to (${(error as NodeJS.ErrnoException).code})`;
    return { part, state: 'limited', found, remedy: 'name folders elsewhere with --out and --json' };
  }
}

/** A part that is there and does what it should. */
export const ok = (part: string, found: string): Finding => ({ part, state: 'ok', found, remedy: null });
const gigabytes = (bytes: number) => (bytes / 1024 ** 3).toFixed(1);
