import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ROOT } from './conditions.ts';

const SCRIPTS = join(ROOT, 'scripts');

/** Null when a member can be run here, else why not. */
export function memberMissing(): string | null {
  const found = spawnSync(process.execPath, [join(SCRIPTS, 'hazelcast-jar.mjs')], { encoding: 'utf8' });
  return found.status === 0 ? null : found.stderr.trim();
}

/** A real member on loopback in a process of its own. */
export interface BenchMember {
  readonly address: string;
  readonly clusterName: string;
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Ends it, frozen or not. */
  end(): Promise<void>;
}

/** @throws Error when it does not start. */
export async function startMember(): Promise<BenchMember> {
  const port = await freePort();
  const clusterName = `bench-${process.pid}-${port}`;
  const args = ['--cluster', clusterName, '--port', String(port), '--until-stdin-ends'];
  const script = spawn(process.execPath, [join(SCRIPTS, 'hazelcast-member.mjs'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => script.once('exit', () => resolve()));
  const pid = await readyPid(script, ended);
  const signal: BenchMember['signal'] = (name) => {
    if (script.exitCode === null) process.kill(pid, name);
  };
  return {
    address: `127.0.0.1:${port}`,
    clusterName,
    signal,
    end: async () => {
      signal('SIGKILL');
      await ended;
    },
  };
}

function readyPid(script: ChildProcess, ended: Promise<void>): Promise<number> {
  return new Promise((resolve, reject) => {
    script.stdout
      ?.setEncoding('utf8')
      .once('data', (line: string) => resolve((JSON.parse(line) as { pid: number }).pid));
    void ended.then(() => reject(new Error('the member did not start')));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
