import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const NODE = `${REPOSITORY}node_modules/.bin/node`;
const BIN = `${REPOSITORY}bin/dolphin.mjs`;
const DEADLINE_MS = 120_000;

export interface Outcome {
  /** Exit code, or null when a signal ended the process. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Cores that the process may use, as taskset takes them (`0`, `0,1`); default all. */
  readonly cores?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Called with the running process, to signal it or to watch its output. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs the command line as a user does, in a session of its own, and waits for its end. */
export function runDolphin(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const command = options.cores === undefined ? [NODE] : ['taskset', '-c', options.cores, NODE];
  const child = spawn(command[0] as string, [...command.slice(1), BIN, ...args], {
    cwd: options.cwd ?? REPOSITORY,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  options.onStart?.(child);
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`dolphin ${args.join(' ')} did not end within ${DEADLINE_MS} ms\n${stdout}\n${stderr}`));
    }, DEADLINE_MS);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(deadline);
      resolve({ code, stdout, stderr });
    });
  });
}

/** True when taskset is there, so that a test can choose its cores. */
export function hasTaskset(): boolean {
  if (existsSync('/usr/bin/taskset') || existsSync('/bin/taskset')) return true;
  console.warn('SKIPPED: needs taskset, which is not there (apt-get install util-linux)');
  return false;
}
