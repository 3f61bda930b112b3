import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { REPOSITORY } from './run-dolphin.ts';

const SCRIPT = '/usr/bin/script';
const DEADLINE_MS = 60_000;

/** True when a pseudo-terminal can be had (bsdutils' `script`). */
export function hasTerminal(): boolean {
  if (existsSync(SCRIPT)) return true;
  console.warn(`SKIPPED: needs a pseudo-terminal by ${SCRIPT}, which is not there (apt-get install bsdutils)`);
  return false;
}

export interface TerminalSession {
  /** Everything that the screen has seen so far. */
  readonly screen: () => string;
  /** Types keys, e.g. Ctrl-C as \x03. */
  readonly type: (keys: string) => void;
  /** Process id of dolphin itself. */
  readonly pid: () => number;
}

/**
 * Runs dolphin on a pseudo-terminal, as a person would, and hands each new piece of output to `onOutput`.
 * @returns exit code and the whole screen.
 */
export function runInTerminal(
  args: readonly string[],
  onOutput: (session: TerminalSession) => void,
): Promise<{ code: number | null; screen: string }> {
  const command = `exec ${REPOSITORY}node_modules/.bin/node ${REPOSITORY}bin/dolphin.mjs ${args.join(' ')}`;
  const child = spawn(SCRIPT, ['--quiet', '--return', '--command', command, '/dev/null'], { cwd: REPOSITORY });
  let screen = '';
  const session: TerminalSession = {
    screen: () => screen,
    type: (keys) => child.stdin.write(keys),
    pid: () => Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ')[0]),
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen += text;
    onOutput(session);
  });
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      reject(
        new Error(`dolphin ${args.join(' ')} did not end within ${DEADLINE_MS} ms; the screen showed:\n${screen}`),
      );
    }, DEADLINE_MS);
    child.on('close', (code) => {
      clearTimeout(deadline);
      resolve({ code, screen });
    });
  });
}
