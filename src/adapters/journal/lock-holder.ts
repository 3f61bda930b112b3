import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isGoneFromHere, newHolder } from '../memory/process-identity.ts';

/** Who holds the lock of a journal; the content of its lock file, as JSON. */
export interface LockHolder {
  /** Unique per lock taken: two in one process differ. */
  readonly token: string;
  /** As LeaseHolder names it: host, and on Linux the process-id namespace. */
  readonly host: string;
  readonly pid: number;
  /** When the process began, as no other of its host has it: boot id and ticks since boot; null where Linux is not. */
  readonly processStart: string | null;
  /** When the lock was taken, ISO 8601. */
  readonly since: string;
}

/** This process, as the holder of one more lock. */
export function newLockHolder(): LockHolder {
  const { host, pid } = newHolder();
  const processStart = statOf(pid)?.start ?? null;
  return { token: randomUUID(), host, pid, processStart, since: new Date().toISOString() };
}

/** True when it was a process of this host which certainly runs no more, also where its pid is another's now. */
export function isGone({ token, host, pid, processStart }: LockHolder): boolean {
  if (!isHere({ host })) return false;
  if (isGoneFromHere({ owner: token, host, pid })) return true;
  const now = statOf(pid);
  // Nothing to compare with: it may be the same one.
  if (now === null || processStart === null) return false;
  return now.isZombie || now.start !== processStart;
}

/** True for a process of this host and process-id namespace: it can be looked for. */
export function isHere({ host }: Pick<LockHolder, 'host'>): boolean {
  return host === newHolder().host;
}

/** The holder that a file names; null when there is no such file. @throws SyntaxError when it names none. */
export function readHolder(path: string): LockHolder | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const holder = JSON.parse(text) as Partial<LockHolder> | null;
  const isWhole = [holder?.token, holder?.host, holder?.since].every((value) => typeof value === 'string');
  if (!isWhole || !Number.isInteger(holder?.pid)) throw new SyntaxError('it names no process');
  return { processStart: null, ...holder } as LockHolder;
}

/** Fields of /proc/PID/stat behind the command's name, which may hold blanks and brackets: proc_pid_stat(5). */
const STATE = 0;
const START_TICKS = 19;

/** Null without /proc, and where it does not show that process. */
function statOf(pid: number): { readonly start: string; readonly isZombie: boolean } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // Killed, and its parent has not asked for it yet: it writes no more.
    const isZombie = fields[STATE] === 'Z' || fields[STATE] === 'X';
    return { start: `${bootId}:${fields[START_TICKS]}`, isZombie };
  } catch {
    return null;
  }
}
