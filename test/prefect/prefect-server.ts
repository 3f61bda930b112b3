import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../support/redis-server.ts';
import { REPOSITORY } from '../support/run-dolphin.ts';

const NODE = join(REPOSITORY, 'node_modules/.bin/node');
const SCRIPT = join(REPOSITORY, 'scripts/prefect-server.mjs');

/** True when a real server can be run here, which is installed by the way; else a visible line. For `describe.skipIf`. */
export function hasPrefect(): boolean {
  const { status, stderr } = spawnSync(NODE, [SCRIPT, '--install-only'], { encoding: 'utf8' });
  if (status === 0) return true;
  console.warn(`SKIPPED: needs a Prefect server (python3, pip and PyPI): ${stderr.trim()}`);
  return false;
}

/** A flow run or task run as far as the tests look. */
export interface ServerRun {
  readonly id: string;
  readonly name: string;
  readonly run_count: number;
  readonly tags: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly state: { readonly type: string; readonly name: string; readonly message: string | null };
}

export interface ServerLog {
  readonly message: string;
  readonly level: number;
  readonly timestamp: string;
}

/** A real Prefect server of a test, with a database of its own, and what its API says. */
export class PrefectServer {
  readonly api: string;
  readonly #pid: number;
  readonly #script: ChildProcess;
  readonly #ended: Promise<void>;

  private constructor(script: ChildProcess, ready: { pid: number; port: number }, ended: Promise<void>) {
    this.#script = script;
    this.#pid = ready.pid;
    this.api = `http://127.0.0.1:${ready.port}/api`;
    this.#ended = ended;
  }

  /** @param userAndPassword - `user:password` that each request has to show; default none. */
  static async start(userAndPassword?: string): Promise<PrefectServer> {
    const auth = userAndPassword === undefined ? {} : { PREFECT_SERVER_API_AUTH_STRING: userAndPassword };
    const script = spawn(NODE, [SCRIPT, '--port', String(await freePort()), '--until-stdin-ends'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...auth },
    });
    const ended = new Promise<void>((resolve) => script.once('exit', () => resolve()));
    let errors = '';
    script.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    const ready = await new Promise<{ pid: number; port: number }>((resolve, reject) => {
      script.stdout.setEncoding('utf8').on('data', (line: string) => resolve(JSON.parse(line)));
      void ended.then(() => reject(new Error(`the Prefect server did not start: ${errors}`)));
    });
    return new PrefectServer(script, ready, ended);
  }

  /** Freezes it: connections stay, nothing is answered. */
  freeze(): void {
    process.kill(this.#pid, 'SIGSTOP');
  }

  thaw(): void {
    process.kill(this.#pid, 'SIGCONT');
  }

  /** SIGKILL; its database goes with it. */
  async kill(): Promise<void> {
    if (this.#script.exitCode === null) process.kill(this.#pid, 'SIGKILL');
    await this.#ended;
  }

  /** Flow runs in the order in which they were made. */
  flowRuns(userAndPassword?: string): Promise<ServerRun[]> {
    return this.#post('/flow_runs/filter', { sort: 'EXPECTED_START_TIME_ASC' }, userAndPassword);
  }

  taskRuns(flowRunId: string): Promise<ServerRun[]> {
    const flowRuns = { id: { any_: [flowRunId] } };
    return this.#post('/task_runs/filter', { flow_runs: flowRuns, sort: 'EXPECTED_START_TIME_ASC' });
  }

  logs(flowRunId: string): Promise<ServerLog[]> {
    return this.#post('/logs/filter', { logs: { flow_run_id: { any_: [flowRunId] } }, sort: 'TIMESTAMP_ASC' });
  }

  /** Names of the states that a run has had, in order. */
  async states(kind: 'flow' | 'task', id: string): Promise<string[]> {
    const answer = await fetch(`${this.api}/${kind}_run_states/?${kind}_run_id=${id}`);
    const states = (await answer.json()) as { readonly name: string; readonly timestamp: string }[];
    return states.sort((a, b) => a.timestamp.localeCompare(b.timestamp)).map(({ name }) => name);
  }

  async #post<T>(path: string, body: unknown, userAndPassword?: string): Promise<T> {
    const authorization = `Basic ${Buffer.from(userAndPassword ?? '').toString('base64')}`;
    const answer = await fetch(`${this.api}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(userAndPassword === undefined ? {} : { authorization }) },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
