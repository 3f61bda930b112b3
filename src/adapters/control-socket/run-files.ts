import { readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../model/input-error.ts';

/*
 * A run directory is where other processes find a run:
 *
 *  RUN_DIR/            0700
 *    run.json          what runs, since when, in which process
 *    control.sock      0600; there as long as the run
 */
const SOCKET_NAME = 'control.sock';
const NOTICE_NAME = 'run.json';
/** Of `sun_path`, less the zero at its end. */
const MAX_SOCKET_PATH_BYTES = process.platform === 'linux' ? 107 : 103;

/** What a run directory says about its run. */
export interface RunNotice {
  readonly runId: string;
  readonly pid: number;
  /** Command that runs, e.g. `replay`. */
  readonly command: string;
  /** What it runs on, in words. */
  readonly subject: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/**
 * Path of a run directory's socket.
 * @param remedy - what its user can do about a path that is too long.
 * @throws InputError when the system cannot take a path of this length.
 */
export function socketPathIn(dir: string, remedy: string): string {
  const path = join(dir, SOCKET_NAME);
  const bytes = Buffer.byteLength(path);
  if (bytes <= MAX_SOCKET_PATH_BYTES) return path;
  throw new InputError(
    `path of a control socket must have at most ${MAX_SOCKET_PATH_BYTES} bytes, has ${bytes}: ${path}; ${remedy}`,
  );
}

/** Writes the notice of a run so that whoever reads it reads it whole. */
export function writeNotice(dir: string, notice: RunNotice): void {
  const temporary = join(dir, `${NOTICE_NAME}.${notice.pid}`);
  writeFileSync(temporary, `${JSON.stringify(notice, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, join(dir, NOTICE_NAME));
}

/** The notice in a run directory; null when there is none, or none that can be read. */
export function readNotice(dir: string): RunNotice | null {
  try {
    const { runId, pid, command, subject, startedAt } = JSON.parse(readFileSync(join(dir, NOTICE_NAME), 'utf8'));
    return {
      runId: String(runId),
      pid: Number(pid),
      command: String(command),
      subject: String(subject),
      startedAt: String(startedAt),
    };
  } catch {
    return null;
  }
}

/** Takes socket and notice away, and then the directory if it is empty and `isDirectory` says so. Never throws. */
export function removeRunFiles(dir: string, isDirectory: boolean): void {
  try {
    for (const name of [SOCKET_NAME, NOTICE_NAME]) rmSync(join(dir, name), { force: true });
    if (isDirectory) rmdirSync(dir);
  } catch {
    // Not writable any more, or somebody has put something into it: then it stays.
  }
}
