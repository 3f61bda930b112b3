import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isListening } from './ask.ts';
import { type RunNotice, readNotice, removeRunFiles, socketPathIn } from './run-files.ts';
import { defaultRunsFolder, requireTrusted } from './trusted-folder.ts';

/** A directory without a notice may be about to get one, until it is this old. */
const UNFINISHED_MS = 60_000;

/** A run that somebody listens for. */
export interface FoundRun {
  readonly dir: string;
  readonly socketPath: string;
  /** Null when it cannot be read. */
  readonly notice: RunNotice | null;
}

/**
 * The runs of this user in {@link defaultRunsFolder}, by id. What killed runs left there is removed on the way.
 * @throws InputError when the folder is not to be trusted.
 */
export async function findRuns(): Promise<FoundRun[]> {
  const folder = defaultRunsFolder();
  if (!existsSync(folder)) return [];
  requireTrusted(folder);
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const runs: FoundRun[] = [];
  for (const { name } of entries) {
    const dir = join(folder, name);
    const run = await findRunIn(dir).catch((error) => {
      if (existsSync(dir)) throw error;
      return null; // it has ended, and taken its directory away
    });
    if (run !== null) runs.push(run);
    else if (isLeftOver(dir)) removeRunFiles(dir, true);
  }
  return runs.sort((a, b) => (a.dir < b.dir ? -1 : 1));
}

/**
 * The run in a directory that a user named, or null. What a killed run left in it is removed; the directory stays.
 * @throws InputError when it is not to be trusted, or could hold no socket.
 */
export async function findRunAt(dir: string): Promise<FoundRun | null> {
  const run = await findRunIn(dir);
  if (run === null && isLeftOver(dir)) removeRunFiles(dir, false);
  return run;
}

async function findRunIn(dir: string): Promise<FoundRun | null> {
  requireTrusted(dir);
  const socketPath = socketPathIn(dir, 'no run can have listened there');
  return (await isListening(socketPath)) ? { dir, socketPath, notice: readNotice(dir) } : null;
}

/** Of a directory in which nobody listens: a run makes its notice, then its socket, and removes both at its end. */
function isLeftOver(dir: string): boolean {
  if (existsSync(socketPathIn(dir, 'no run can have listened there'))) return true;
  const notice = readNotice(dir);
  if (notice !== null) return !isAlive(notice.pid);
  const stats = statSync(dir, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs > UNFINISHED_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
