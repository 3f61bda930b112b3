import { type ChildProcess, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMemory } from '../../../src/adapters/memory/open-memory.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { FIRST_DATE, makePriceDays, replayWhole } from '../../integration/flows/flow-fixtures.ts';
import { freePort, Member, membersMissing, NEWEST } from '../../integration/memory/hazelcast-member.ts';
import { hasRedis, RedisServer } from '../../support/redis-server.ts';
import { type Outcome, runDolphin } from '../../support/run-dolphin.ts';
import { Authority, hasOpenssl, TlsFront } from '../../support/tls-front.ts';

const AUTO = ['--bar-interval', 'auto'];
const SECRET = 'Qx7-no-byte-may-hold-this';
/** The memory is waited for 10 s; the rest is for the program's start. */
const DEADLINE_MS = 30_000;

describe.skipIf(!hasOpenssl())('flows over TLS', () => {
  const root = mkdtempSync(join(tmpdir(), 'dolphin-flow-tls-'));
  const data = join(root, 'data');
  const state = join(root, 'state');
  const [trusted, other] = [new Authority(root, 'trusted'), new Authority(root, 'other')];
  const outcomes: Outcome[] = [];

  beforeAll(() => makePriceDays(data, 2, true));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  async function dolphin(args: readonly string[], env: NodeJS.ProcessEnv, onStart?: (child: ChildProcess) => void) {
    const options = onStart === undefined ? { env } : { env, onStart };
    const outcome = await runDolphin(args, options);
    outcomes.push(outcome);
    return outcome;
  }

  const day = (date: string, ...flags: string[]) => [
    ...['run', 'paper', '--data', data, '--state', state, ...AUTO, '--date', date],
    ...flags,
  ];

  /** What was printed, and every file that was written: run table, logs, journals, reports. */
  function expectNoSecret(): void {
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .map((name) => join(root, name))
      .filter((path) => statSync(path).isFile());
    expect(files.map((path) => path.split('/').at(-1))).toContain('flows.db');
    const texts = [
      ...outcomes.map(({ stdout, stderr }) => stdout + stderr),
      ...files.map((path) => readFileSync(path, 'latin1')),
    ];
    expect(texts.filter((text) => text.includes(SECRET))).toEqual([]);
  }

  describe.skipIf(membersMissing(NEWEST) !== null)('a Hazelcast member behind an endpoint that speaks TLS', () => {
    let member: Member;
    let front: TlsFront;
    let cluster: string;

    beforeAll(async () => {
      const port = await freePort();
      cluster = `flow-tls-${process.pid}-${port}`;
      member = await Member.start({ version: NEWEST, cluster, port });
      front = await TlsFront.start(trusted.sign('IP:127.0.0.1'), port);
    });
    afterAll(async () => {
      await front?.close();
      await member?.kill();
    });

    const url = (ca: string) => `hazelcast://127.0.0.1:${front.port}?cluster=${cluster}&tls=true&ca=${ca}`;

    test('a day is traded and its capital is there; a replay goes on with it', async () => {
      const listeners = new Set<string>();
      let looks = 0;
      const run = await dolphin(['flow', ...day(FIRST_DATE, '--memory', url(trusted.ca))], {}, (child) => {
        const looking = setInterval(() => {
          looks += 1;
          for (const address of listenersOf(child.pid as number)) listeners.add(address);
        }, 50);
        child.once('exit', () => clearInterval(looking));
      });
      expect(run).toMatchObject({ code: 0, stderr: expect.not.stringMatching(/out of reach|lost/) });
      expect([looks > 0, ...listeners]).toEqual([true]); // it dials, and lets nobody in
      const replay = ['replay', '--data', data, ...AUTO, '--memory', url(trusted.ca)];
      const replayed = await dolphin([...replay, '--from', '2026-01-06', '--to', '2026-01-06'], {});
      expect(replayed.code).toBe(0);
      const [, second] = await replayWhole(data);
      const config = { kind: 'hazelcast', clusterName: cluster, members: [`127.0.0.1:${member.port}`], tls: null };
      const memory = new SystemMemory(openMemory(config as Parameters<typeof openMemory>[0], {}), 'blue');
      expect(await memory.ready(10_000)).toBe(true);
      const value = { date: '2026-01-06', capital: second!.capital };
      expect(await memory.paper.readState()).toMatchObject({ kind: 'ok', value });
      await memory.close();
      expect(front.accepted).toBeGreaterThan(1);
    });

    test.each([
      ['an authority that did not sign it', () => other.ca, {}, /cannot be used: .*certificate/],
      [
        'a login that is refused',
        () => trusted.ca,
        { DOLPHIN_HAZELCAST_USERNAME: 'me', DOLPHIN_HAZELCAST_PASSWORD: SECRET },
        /cannot be used: .*could not be authenticated/,
      ],
    ])('%s ends the run with one error, within its deadline', async (_situation, ca, env, words) => {
      const startMs = performance.now();
      const run = await dolphin(['flow', ...day(FIRST_DATE, '--memory', url(ca()))], env);
      expect(performance.now() - startMs).toBeLessThan(DEADLINE_MS);
      expect([run.code, run.stdout]).toEqual([2, '']);
      expect(run.stderr.trim().split('\n')).toEqual([expect.stringMatching(words)]);
      const replay = await dolphin(['replay', '--data', data, ...AUTO, '--memory', url(ca())], env);
      expect([replay.code, replay.stdout]).toEqual([2, '']);
      expect(replay.stderr.trim().split('\n')).toEqual([expect.stringMatching(words)]);
      expectNoSecret();
    });
  });

  describe.skipIf(!hasRedis())('a Redis server with TLS and a password', () => {
    let server: RedisServer;
    let url: string;
    const right = { DOLPHIN_REDIS_PASSWORD: SECRET, DOLPHIN_REDIS_CA_FILE: trusted.ca };

    beforeAll(async () => {
      const { cert, key } = trusted.sign('IP:127.0.0.1');
      const port = await freePort();
      const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', trusted.ca];
      const tls = ['--tls-port', String(port), ...files, '--tls-auth-clients', 'no'];
      server = await RedisServer.start([...tls, '--requirepass', SECRET]);
      url = `rediss://127.0.0.1:${port}`;
    });
    afterAll(() => server?.remove());

    test('signals are published and traded on, a day goes through the queue, and no byte holds the secret', async () => {
      const publish = await dolphin(['signal', 'publish', '--redis', url, '--data', data, ...AUTO], right);
      expect(publish).toMatchObject({ code: 0, stderr: '' });
      const kept = ['--record', join(root, 'recording'), '--json', join(root, 'report.json')];
      const flags = ['--redis', url, '--rules', 'replay', '--bar-interval', '60000', ...kept];
      const run = await dolphin(['signal', 'run', ...flags], right);
      expect(run.code).toBe(0);
      expect(JSON.parse(readFileSync(join(root, 'report.json'), 'utf8'))).toMatchObject({ complete: true });
      expect(readdirSync(join(root, 'recording'))).not.toEqual([]);

      const served = Promise.withResolvers<ChildProcess>();
      const serving = dolphin(['flow', 'serve', '--state', join(root, 'serve'), '--queue', url], right, (child) => {
        child.stdout?.on('data', (text: string) => {
          if (text.includes('takes days from the queue')) served.resolve(child);
        });
      });
      const machine = await served.promise;
      expect(listenersOf(machine.pid as number)).toEqual([]);
      const traded = await dolphin(['flow', ...day(FIRST_DATE, '--queue', url)], right);
      expect(traded).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/^dolphin: offered to rediss:[^\n]*\n$/),
        stdout: expect.stringContaining('completed'),
      });
      machine.kill('SIGTERM');
      expect(await serving).toMatchObject({ code: 0, stderr: '' });
      expectNoSecret();
    });

    test.each([
      ['another authority', { ...right, DOLPHIN_REDIS_CA_FILE: other.ca }, /no trusted TLS connection \(.*CERT.*\)/],
      ['a wrong password', { ...right, DOLPHIN_REDIS_PASSWORD: `${SECRET}-not` }, /login was refused \(WRONGPASS\)/],
    ])('%s ends signals and queue alike, with one error', async (_situation, env, words) => {
      const commands = [
        ['signal', 'publish', '--redis', url, '--data', data, ...AUTO],
        ['signal', 'run', '--redis', url],
        ['flow', ...day(FIRST_DATE, '--queue', url)],
        ['flow', 'serve', '--state', state, '--queue', url],
      ];
      for (const command of commands) {
        const { code, stdout, stderr } = await dolphin(command, env);
        expect([command[1], code, stdout]).toEqual([command[1], 2, '']);
        expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(words)]);
      }
      expectNoSecret();
    });
  });
});

/** Local addresses on which a process of this machine listens; none where /proc does not tell. */
function listenersOf(pid: number): string[] {
  if (!existsSync(`/proc/${pid}/fd`)) return [];
  const links = spawnSync('ls', ['-l', `/proc/${pid}/fd`], { encoding: 'utf8' }).stdout;
  const inodes = new Set(Array.from(links.matchAll(/socket:\[(\d+)/g), ([, inode]) => inode));
  const tables = ['tcp', 'tcp6'].flatMap((name) => readFileSync(`/proc/net/${name}`, 'utf8').split('\n').slice(1));
  const LISTENING = '0A';
  return tables
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === LISTENING && inodes.has(columns[9] as string))
    .map((columns) => columns[1] as string);
}
