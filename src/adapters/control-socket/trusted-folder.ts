import { lstatSync, mkdirSync, realpathSync, type Stats } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { InputError } from '../../model/input-error.ts';

const PRIVATE = 0o700;
const WRITABLE_BY_OTHERS = 0o022;

/** User id of this process. */
function ownUid(): number {
  return process.getuid?.() ?? 0;
}

/**
 * The folder in which the run directories of this user lie, one per run: `$XDG_RUNTIME_DIR/dolphin`, else
 * `dolphin-UID` in the folder for temporary files.
 */
export function defaultRunsFolder(): string {
  const runtime = process.env['XDG_RUNTIME_DIR'] ?? '';
  return isAbsolute(runtime) ? join(runtime, 'dolphin') : join(tmpdir(), `dolphin-${ownUid()}`);
}

/**
 * Makes a folder that only this user may enter, where there is none, in one that is there.
 * @throws InputError when it cannot be made, or when what is there is not trusted as by {@link requireTrusted}.
 */
export function makePrivateFolder(path: string): void {
  try {
    // Not recursive: that never returns where the system says ENOENT of a folder that is there, as in /proc.
    mkdirSync(path, { mode: PRIVATE });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EEXIST') throw new InputError(`cannot make the folder ${path}: ${code ?? error}`);
  }
  requireTrusted(path);
}

/**
 * Refuses a folder in which somebody else could put a socket of his own in the place of a run's.
 * @throws InputError unless it is a directory of this user that neither group nor others may write.
 */
export function requireTrusted(path: string): void {
  const stats = lstatOf(path);
  if (!stats.isDirectory()) throw new InputError(`${path}: must be a directory, and no link to one`);
  if (stats.uid !== ownUid()) {
    throw new InputError(
      `${path}: must belong to this user (${ownUid()}), belongs to user ${stats.uid}; it is not trusted`,
    );
  }
  if ((stats.mode & WRITABLE_BY_OTHERS) !== 0) {
    const mode = (stats.mode & 0o777).toString(8);
    throw new InputError(`${path}: must not be writable by group or others, has mode ${mode}; it is not trusted`);
  }
}

/** The folder that a path of the user leads to, links followed. @throws InputError when there is none. */
export function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    throw new InputError(`${path}: there is no such directory`);
  }
}

function lstatOf(path: string): Stats {
  try {
    return lstatSync(path);
  } catch (error) {
    throw new InputError(`${path}: ${(error as NodeJS.ErrnoException).code ?? error}`);
  }
}
