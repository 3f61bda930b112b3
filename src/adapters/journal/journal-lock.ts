import { linkSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../model/input-error.ts';
import type { JournalFolder } from './journal-folder.ts';
import { isGone, isHere, type LockHolder, newLockHolder, readHolder } from './lock-holder.ts';

/** The file in a journal's folder that names who writes there; gone when nobody does. */
export const LOCK_NAME = 'journal.lock';
/** What one who takes a lock writes first, to put it into its place whole. */
const DRAFT_SUFFIX = '.new';

/** Held by whoever changes a journal; readers need none. */
export interface JournalLock {
  /** Gives it back. Never throws: a file that stays behind is of a process that will be gone, and taken over. */
  release(): void;
}

/**
 * Takes the lock of a folder, over from a process of this host that is gone. Of many who try at once exactly one gets it.
 * @param asked - the flag or command that needs it, for messages.
 * @throws InputError when another holds it (a process that runs, or one of another host), or the folder refuses it.
 */
export function lockJournal({ path }: JournalFolder, asked: string): JournalLock {
  const own = newLockHolder();
  const draft = join(path, `${LOCK_NAME}.${own.token}${DRAFT_SUFFIX}`);
  try {
    // Synced, as a power loss would leave an empty file: a lock that names nobody.
    writeFileSync(draft, `${JSON.stringify(own)}\n`, { flag: 'wx', flush: true });
    while (!isTaken(path, draft));
  } catch (error) {
    throw refusal(error, path, asked);
  } finally {
    rmSync(draft, { force: true });
  }
  return { release: () => release(path, own) };
}

/** A lock that another holds. */
class Held extends Error {
  readonly holder: LockHolder;

  constructor(holder: LockHolder) {
    super('held');
    this.holder = holder;
  }
}

/** Tries once; false when the files have changed on the way. @throws Held. */
function isTaken(path: string, draft: string): boolean {
  const lock = join(path, LOCK_NAME);
  if (isLinked(draft, lock)) return true;
  const found = readHolder(lock);
  if (found === null) return false;
  const claim = claimAfter(path, found, draft);
  if (claim === null) return false;
  // A claim bars all others from what stands in the lock while it is the one claimed; this may have been late.
  if (readHolder(lock)?.token === found.token) {
    renameSync(draft, lock);
    rmSync(claim, { force: true });
    sweep(path);
    return true;
  }
  rmSync(claim, { force: true });
  return false;
}

/**
 * Claims the place of a holder that is gone, or of the last in the row of those who claimed it and are gone as well: a
 * claim is named by the token of the one before, so only one can have it.
 * @returns the claim's path; null when it was taken back meanwhile.
 */
function claimAfter(path: string, found: LockHolder, draft: string): string | null {
  let last: LockHolder | null = found;
  while (last !== null) {
    if (!isGone(last)) throw new Held(last);
    const claim = join(path, `${LOCK_NAME}.${last.token}`);
    if (isLinked(draft, claim)) return claim;
    last = readHolder(claim);
  }
  return null;
}

/** Gives a file a second name where that is free: content and name are there at one instant. */
function isLinked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes claims and drafts of those that were killed over them. By the holder of the lock alone. */
function sweep(path: string): void {
  const left = readdirSync(path).filter((name) => name.startsWith(`${LOCK_NAME}.`));
  for (const file of left.map((name) => join(path, name))) {
    try {
      const holder = readHolder(file);
      if (holder !== null && isGone(holder)) rmSync(file, { force: true });
    } catch {
      // A draft that is being written, or one that may not be removed: it bars nobody.
    }
  }
}

function release(path: string, own: LockHolder): void {
  const lock = join(path, LOCK_NAME);
  try {
    if (readHolder(lock)?.token === own.token) rmSync(lock, { force: true });
  } catch {
    // A disk that has become read-only, say: the run has told of it, and the lock ends with the process.
  }
}

function refusal(error: unknown, path: string, asked: string): InputError {
  const lock = join(path, LOCK_NAME);
  if (error instanceof Held) return new InputError(`${asked} ${path}: ${heldWords(error.holder, lock)}`);
  if (error instanceof SyntaxError) {
    return new InputError(
      `${asked} ${path}: ${lock} must name who writes the journal (${error.message}); remove it when no run does`,
    );
  }
  return new InputError(`${asked} ${path}: cannot lock the journal: ${(error as Error).message}`);
}

function heldWords(holder: LockHolder, lock: string): string {
  const { pid, host, since } = holder;
  const name = host.split('/')[0];
  const held = `the journal is being written by process ${pid} on ${name} since ${since}; stop it first`;
  if (isHere(holder)) return held;
  return `${held}, or remove ${lock} when that host or container is known to be gone`;
}
