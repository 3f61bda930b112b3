import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { REPOSITORY } from './run-dolphin.ts';

/** A Node of this machine that is not one the program runs on by itself, or null with a line that says so. */
export function foreignNode(): string | null {
  const candidates = (process.env['PATH'] ?? '').split(delimiter).map((dir) => join(dir, 'node'));
  for (const path of candidates.filter((candidate) => existsSync(candidate))) {
    if (realpathSync(path).startsWith(REPOSITORY)) continue;
    const version = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.trim();
    if (version !== '' && !version.startsWith('v22.')) return path;
  }
  console.warn('SKIPPED: needs a Node other than 22 on the PATH, to start the pinned one from it');
  return null;
}
