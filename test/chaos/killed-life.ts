import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../support/run-dolphin.ts';

/** Small segments, so that the shadow's snapshots come in on the way; as the command line takes them. */
export const SMALL_SEGMENTS = ['--segment-mib', '1'];
const SEGMENT_BYTES = 1 << 20;

/** What a resumed run says of a torn tail. */
export const CUT_OFF = /^dolphin: journal: .*: cut off the torn record .*\n/gm;

/**
 * Runs a command that records into `dir` and kills it with -9 as soon as it has written this much; 0: as soon as it has made
 * its first segment.
 * @param args - of `dolphin`, {@link SMALL_SEGMENTS} among them. @throws Error when it ends by itself.
 */
export async function killedLife(args: readonly string[], dir: string, bytes: number): Promise<void> {
  const before = lastSegment(dir);
  const child = spawn(join(REPOSITORY, 'node_modules/.bin/node'), [join(REPOSITORY, 'bin/dolphin.mjs'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve();
      else reject(new Error(`${dir}: a life ended by itself with code ${code}: ${errors}`));
    });
  });
  const watch = setInterval(() => {
    if (writtenBytes(dir, before) >= bytes) child.kill('SIGKILL');
  }, 1);
  await ended.finally(() => clearInterval(watch));
}

interface LastSegment {
  readonly number: number;
  readonly bytes: number;
}

/** The engine's newest segment; while one is compressed it lies there twice. */
function lastSegment(dir: string): LastSegment {
  const names = existsSync(dir) ? readdirSync(dir) : [];
  const number = Math.max(-1, ...names.map((name) => Number(/^engine-(\d+)\.dj/.exec(name)?.[1] ?? -1)));
  const file = join(dir, `engine-${String(number).padStart(6, '0')}.dj`);
  return { number, bytes: statSync(file, { throwIfNoEntry: false })?.size ?? 0 };
}

/** Bytes written behind where a life began, about; -1 before there are any. A segment whose start was torn is made again. */
function writtenBytes(dir: string, before: LastSegment): number {
  const { number, bytes } = lastSegment(dir);
  if (number > before.number) return (number - before.number - 1) * SEGMENT_BYTES + bytes;
  return bytes > before.bytes ? bytes : -1;
}
