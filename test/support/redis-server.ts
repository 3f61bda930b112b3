import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.ts';

export { freePort };

const DEADLINE_MS = 20_000;

/** True when redis-server is there; else a visible line. For `describe.skipIf`. */
export function hasRedis(): boolean {
  if (spawnSync('redis-server', ['--version']).status === 0) return true;
  console.warn('SKIPPED: needs redis-server in PATH, which is not there (apt-get install redis-server)');
  return false;
}

/** A real server of a test, with its data in a folder of its own; every write is on disk before it is answered. */
export class RedisServer {
  readonly port: number;
  readonly url: string;
  readonly #dir: string;
  readonly #args: readonly string[];
  #process: ChildProcess | null = null;

  private constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.#args = args;
    this.#dir = mkdtempSync(join(tmpdir(), 'dolphin-redis-'));
  }

  /** @param args - further settings of the server, such as `--requirepass`. */
  static async start(args: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), args);
    await server.restart();
    return server;
  }

  /** Starts it again on what it had on disk, and waits until it answers. */
  async restart(): Promise<void> {
    const fixed = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
    this.#process = spawn('redis-server', ['--port', String(this.port), '--dir', this.#dir, ...fixed, ...this.#args], {
      stdio: 'ignore',
    });
    await this.#untilAnswering();
  }

  /** Starts it again without what it had. */
  async restartEmpty(): Promise<void> {
    rmSync(join(this.#dir, 'appendonlydir'), { recursive: true, force: true });
    await this.restart();
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const running = this.#process;
    if (running === null) return;
    this.#process = null;
    running.kill('SIGCONT');
    running.kill('SIGKILL');
    if (running.exitCode === null && running.signalCode === null) await once(running, 'exit');
  }

  /** Freezes it: connections stay, nothing is answered. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Ends it and removes its data. */
  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  async #untilAnswering(): Promise<void> {
    const probe = new Redis({
      port: this.port,
      maxRetriesPerRequest: null,
      retryStrategy: () => 20,
      enableReadyCheck: true,
    });
    probe.on('error', () => undefined);
    const deadline = setTimeout(() => probe.disconnect(), DEADLINE_MS);
    try {
      await probe.ping().catch((error: Error) => {
        if (!/NOAUTH/.test(error.message)) throw error; // it answers: that is all that is asked
      });
    } finally {
      clearTimeout(deadline);
      probe.disconnect();
    }
  }
}
