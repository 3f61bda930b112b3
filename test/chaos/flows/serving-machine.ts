import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { RunTable } from '../../../src/adapters/run-table/run-table.ts';
import { REPOSITORY } from '../../support/run-dolphin.ts';

const DEADLINE_MS = 90_000;
export const TAKES_DAYS = 'takes days from the queue';

/** A machine of its own that serves a queue: `dolphin flow serve --queue` as a user runs it. */
export class ServingMachine {
  readonly state: string;
  readonly table: RunTable;
  readonly process: ChildProcess;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<string>;
  stdout = '';
  stderr = '';

  constructor(url: string, state: string, env: NodeJS.ProcessEnv = {}) {
    this.state = state;
    this.table = new RunTable(join(state, 'flows.db'));
    const node = join(REPOSITORY, 'node_modules/.bin/node');
    const command = [join(REPOSITORY, 'bin/dolphin.mjs'), 'flow', 'serve', '--state', state, '--queue', url];
    this.process = spawn(node, command, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve) => this.process.on('close', (code, signal) => resolve(signal ?? String(code))));
  }

  /** True while its engine runs this date. */
  isTrading(date: string): boolean {
    const run = this.table.recent(20).find((one) => one.date === date && one.state === 'running');
    return (
      run !== undefined &&
      this.table.tasks(run.id).some(({ name, state }) => name === 'run_engine_day' && state === 'running')
    );
  }

  /** Resolves once it has said this, on either stream; rejects with all it said. */
  says(words: string): Promise<void> {
    return this.reaches(() => (this.stdout + this.stderr).includes(words), `"${words}"`);
  }

  /** Resolves when it is true, looked at between two events. */
  async reaches(isTrue: () => boolean, what: string): Promise<void> {
    const startMs = performance.now();
    while (!isTrue()) {
      if (performance.now() - startMs > DEADLINE_MS) {
        throw new Error(`not within ${DEADLINE_MS} ms: ${what}\n${this.stdout}\n${this.stderr}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  /** SIGTERM; answers how it ended, and after how many ms. */
  async stop(): Promise<{ readonly ended: string; readonly afterMs: number }> {
    const startMs = performance.now();
    this.process.kill('SIGTERM');
    const ended = await this.ended;
    return { ended, afterMs: performance.now() - startMs };
  }
}
