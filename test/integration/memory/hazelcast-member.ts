import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY } from '../../support/run-dolphin.ts';

export { freePort } from '../../support/free-port.ts';

const NODE = join(REPOSITORY, 'node_modules/.bin/node');
const SCRIPTS = join(REPOSITORY, 'scripts');

/** The newest open-source member (no CP) and the last one with CP. */
export const NEWEST = '5.7.0';
export const LAST_WITH_CP = '5.4.0';

/** Null when members of this version can be run, else a reason that has been printed. */
export function membersMissing(version: string): string | null {
  const found = spawnSync(NODE, [join(SCRIPTS, 'hazelcast-jar.mjs'), version], { encoding: 'utf8' });
  if (found.status === 0) return null;
  const reason = `Hazelcast ${version} left out: ${found.stderr.trim()}`;
  console.warn(`SKIPPED: ${reason}`);
  return reason;
}

export interface MemberOptions {
  readonly version: string;
  readonly cluster: string;
  readonly port: number;
  /** Ports of all members of the cluster; default its own. */
  readonly seeds?: readonly number[];
  /** Members of CP, 3 or more; default none: unsafe mode where the version has CP. */
  readonly cpMembers?: number;
}

/** A real member, ended by its process id at the latest when this process ends. */
export class Member {
  readonly port: number;
  readonly pid: number;
  readonly #script: ChildProcess;
  readonly #ended: Promise<void>;

  private constructor(script: ChildProcess, ready: { pid: number; port: number }, ended: Promise<void>) {
    this.#script = script;
    this.pid = ready.pid;
    this.port = ready.port;
    this.#ended = ended;
  }

  static async start({ version, cluster, port, seeds = [port], cpMembers = 0 }: MemberOptions): Promise<Member> {
    const args = ['--version', version, '--cluster', cluster, '--port', String(port), '--seeds', seeds.join(',')];
    const cp = ['--cp-members', String(cpMembers)];
    const script = spawn(NODE, [join(SCRIPTS, 'hazelcast-member.mjs'), ...args, ...cp, '--until-stdin-ends'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const ended = new Promise<void>((resolve) => script.once('exit', () => resolve()));
    let errors = '';
    script.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    const ready = await new Promise<{ pid: number; port: number }>((resolve, reject) => {
      script.stdout?.setEncoding('utf8').on('data', (line: string) => resolve(JSON.parse(line)));
      void ended.then(() => reject(new Error(`member on port ${port} did not start: ${errors}`)));
    });
    return new Member(script, ready, ended);
  }

  /** SIGKILL, as a machine that loses its power; nothing of its data survives. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.#ended;
  }

  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    if (this.#script.exitCode === null) process.kill(this.pid, signal);
  }
}
