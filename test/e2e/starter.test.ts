import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { foreignNode } from '../support/foreign-node.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { REPOSITORY } from '../support/run-dolphin.ts';

const PLAIN = join(REPOSITORY, 'test/golden/plain/data');
/** A day of 2,600 bars takes 65 s: the replay does not end by itself before the stop. */
const SLOW_REPLAY = ['replay', '--data', PLAIN, '--speed', '200x', '--json'];
const DEADLINE_MS = 30_000;
/** Node has seven threads by itself (V8 brings five of them) and here one of libuv; a replay adds four. */
const THREADS_WHEN_RUNNING = 10;

const node = foreignNode();

/** Dolphin started by a Node that has to start the pinned one, in a process group of its own. */
function start(args: readonly string[]): ChildProcess {
  const bin = join(REPOSITORY, 'bin/dolphin.mjs');
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  const child = spawn(node as string, [bin, ...args], { stdio: ['ignore', 'ignore', 'pipe'], detached: true, env });
  started.push(child.pid as number);
  return child;
}

/** Process groups of this test; whatever is left of them when it has failed is ended. */
const started: number[] = [];
afterEach(() => {
  for (const group of started.splice(0)) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // nobody of it is left
    }
  }
});

async function until<Value>(look: () => Value | undefined): Promise<Value> {
  const startMs = performance.now();
  for (;;) {
    const value = look();
    if (value !== undefined) return value;
    if (performance.now() - startMs > DEADLINE_MS) throw new Error(`not true within ${DEADLINE_MS} ms: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Process id of the pinned runtime, once the worker threads of its replay run. */
async function runningReplay(starter: ChildProcess): Promise<number> {
  const pid = await until(() => childOf(starter.pid as number));
  await until(() => (readdirSync(`/proc/${pid}/task`).length >= THREADS_WHEN_RUNNING ? true : undefined));
  return pid;
}

function childOf(pid: number): number | undefined {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? undefined : Number(children.split(' ')[0]);
}

/** Gone, or waiting for whoever inherited it to take note. */
function hasEnded(pid: number): boolean {
  return !existsSync(`/proc/${pid}`) || / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

const exitCode = (child: ChildProcess) => new Promise((resolve) => child.on('exit', (code) => resolve(code)));
const isComplete = (json: string) => JSON.parse(readFileSync(json, 'utf8')).complete;

describe.skipIf(node === null || !existsSync('/proc/self/task'))('started by another Node than the pinned one', () => {
  test('Ctrl-C, which the terminal sends to both and the starter passes on, is one stop: report, exit 130', async () => {
    const json = join(temporaryFolder(), 'report.json');
    const starter = start([...SLOW_REPLAY, json]);
    const code = exitCode(starter);
    await runningReplay(starter);
    process.kill(-(starter.pid as number), 'SIGINT');
    expect(await code).toBe(130);
    expect(isComplete(json)).toBe(false);
  });

  test('SIGTERM to the starter alone is passed on: report, exit 143', async () => {
    const json = join(temporaryFolder(), 'report.json');
    const starter = start([...SLOW_REPLAY, json]);
    const code = exitCode(starter);
    await runningReplay(starter);
    starter.kill('SIGTERM');
    expect(await code).toBe(143);
    expect(isComplete(json)).toBe(false);
  });

  test('a starter that is killed leaves no orphan: the replay stops and writes its report', async () => {
    const json = join(temporaryFolder(), 'report.json');
    const starter = start([...SLOW_REPLAY, json]);
    const pid = await runningReplay(starter);
    starter.kill('SIGKILL');
    await until(() => (hasEnded(pid) ? true : undefined));
    expect(isComplete(json)).toBe(false);
  });

  test.each([
    ['SIGKILL', 137],
    ['SIGHUP', 129],
  ] as const)('a runtime that ends by %s is exit %i', async (signal, expected) => {
    const starter = start(['replay', '--data', PLAIN, '--speed', 'real']);
    const code = exitCode(starter);
    process.kill(await runningReplay(starter), signal);
    expect(await code).toBe(expected);
  });

  test('exit codes and messages of errors come through', async () => {
    const starter = start(['replay', '--data', '/nowhere']);
    let stderr = '';
    starter.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    expect(await exitCode(starter)).toBe(2);
    expect(stderr).toContain('/nowhere');
  });
});
