import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { InputError } from '../model/input-error.ts';

/**
 * Asks before a run whether its output can be written at the end: by making and removing a file in the same folder,
 * as permissions alone do not tell (root, read-only mounts, quotas). Leaves an existing file as it is.
 *
 * @throws InputError that names the path and the reason.
 */
export function assertWritable(path: string): void {
  try {
    const target = targetOf(path);
    if (target.isDevice) fs.accessSync(target.path, fs.constants.W_OK);
    else probe(dirname(target.path));
  } catch (error) {
    throw new InputError(`cannot write ${path}: ${reasonOf(error, path)}`);
  }
}

/**
 * Writes a file whole or not at all: under a temporary name in the same folder, flushed, then renamed. Devices and
 * pipes (`/dev/stdout`) are written directly.
 *
 * @throws Error when it cannot be written, a full disk included; what stood at `path` before is then unchanged.
 */
export function writeReport(path: string, content: string | Uint8Array): void {
  try {
    const target = targetOf(path);
    if (target.isDevice) fs.writeFileSync(target.path, content);
    else replaceFile(target.path, content);
  } catch (error) {
    throw new Error(`cannot write ${path}: ${reasonOf(error, path)}; nothing of it was left behind`);
  }
}

/** Where a path leads: links are followed, so that a rename replaces the file and not the link. */
function targetOf(path: string): { path: string; isDevice: boolean } {
  const existing = fs.statSync(path, { throwIfNoEntry: false });
  if (existing === undefined) return { path: resolve(path), isDevice: false };
  if (existing.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
  // A device's link is not resolved: /dev/stdout leads to names such as `pipe:[123]` that no path can open.
  return existing.isFile() ? { path: fs.realpathSync(path), isDevice: false } : { path, isDevice: true };
}

function probe(folder: string): void {
  const path = temporaryName(folder);
  fs.closeSync(fs.openSync(path, 'wx'));
  fs.unlinkSync(path);
}

function replaceFile(path: string, content: string | Uint8Array): void {
  const temporary = temporaryName(dirname(path));
  const file = fs.openSync(temporary, 'wx');
  try {
    try {
      fs.writeFileSync(file, content);
      fs.fsyncSync(file);
    } finally {
      fs.closeSync(file);
    }
    fs.renameSync(temporary, path);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

const temporaryName = (folder: string) => join(folder, `.dolphin-${randomUUID()}.tmp`);

const REASONS: Readonly<Record<string, string>> = {
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder, a file name is needed',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  ENAMETOOLONG: 'the name is too long',
};

function reasonOf(error: unknown, path: string): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOENT') return `folder ${dirname(resolve(path))} does not exist (${code})`;
  const reason = REASONS[code];
  return reason === undefined ? (error as Error).message : `${reason} (${code})`;
}
