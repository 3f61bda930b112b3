import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, Member, membersMissing, NEWEST } from '../../integration/memory/hazelcast-member.ts';
import { hasRedis, RedisServer } from '../../support/redis-server.ts';
import { type Outcome, REPOSITORY, runDolphin } from '../../support/run-dolphin.ts';

const SECRET = 'Zk9-no-output-may-hold-this';
const DAYS = join(REPOSITORY, 'test/golden/plain/data');
const root = mkdtempSync(join(tmpdir(), 'dolphin-secrets-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Every byte that a command left behind: what it printed, stacks included, and every file of its folders. */
function everythingOf({ stdout, stderr }: Outcome): string {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, name))
    .filter((path) => statSync(path).isFile());
  return [stdout, stderr, ...files.map((path) => readFileSync(path, 'latin1'))].join('\n');
}

/** Runs a command with the secret in its environment until it ends or has said what is looked for. */
async function run(args: readonly string[], env: NodeJS.ProcessEnv, endAt?: RegExp): Promise<Outcome> {
  let shown = '';
  return runDolphin(args, {
    env: { ...env, DOLPHIN_DEBUG: '1' },
    onStart: (child) => {
      const look = (text: string) => {
        shown += text;
        // Its whole session at once: a command that waits for a server need not end by itself.
        if (endAt?.test(shown) === true && child.exitCode === null) process.kill(-(child.pid as number), 'SIGKILL');
      };
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
    },
  });
}

describe.skipIf(!hasRedis())('a Redis server that quotes the login it does not know', () => {
  const env = { DOLPHIN_REDIS_PASSWORD: SECRET };
  let server: RedisServer;
  beforeAll(async () => {
    // Older servers and proxies have no HELLO, some no AUTH: they answer with what they were sent.
    server = await RedisServer.start(['--rename-command', 'HELLO', '', '--rename-command', 'AUTH', '']);
  });
  afterAll(() => server?.remove());

  test.each([
    ['signal tail', ['signal', 'tail']],
    ['signal run', ['signal', 'run']],
    ['signal publish', ['signal', 'publish', '--data', DAYS]],
  ])('%s tells of the refusal, not of the secret', async (_name, args) => {
    const outcome = await run([...args, '--redis', server.url], env);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain("unknown command 'auth', with args beginning with: '(hidden)'");
    expect(everythingOf(outcome)).not.toContain(SECRET);
  });

  test.each([
    ['flow run', ['flow', 'run', 'paper', '--date', '2026-01-05', '--data', DAYS, '--state', join(root, 'run')]],
    ['flow serve', ['flow', 'serve', '--state', join(root, 'serve')]],
  ])('%s with a queue there tells of the refusal, not of the secret', async (_name, args) => {
    const outcome = await run([...args, '--queue', server.url], env);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain(
      "login was refused (ERR unknown command 'auth', with args beginning with: '(hidden)'",
    );
    expect(everythingOf(outcome)).not.toContain(SECRET);
  });
});

describe.skipIf(membersMissing(NEWEST) !== null)('a Hazelcast member that refuses the login', () => {
  const env = { DOLPHIN_HAZELCAST_USERNAME: 'me', DOLPHIN_HAZELCAST_PASSWORD: SECRET };
  let member: Member;
  let url = '';
  beforeAll(async () => {
    const port = await freePort();
    const cluster = `secrets-${process.pid}-${port}`;
    member = await Member.start({ version: NEWEST, cluster, port });
    url = `hazelcast://127.0.0.1:${port}?cluster=${cluster}`;
  });
  afterAll(() => member?.kill());

  test('looking and publishing tell of the refusal, not of the secret', async () => {
    const outcomes = await Promise.all([
      run(['memory', 'ls', '--memory', url], env),
      run(['memory', 'publish-scan', '--data', DAYS, '--speed', '1x', '--memory', url], env, /does not answer.*\n/),
    ]);
    for (const outcome of outcomes) {
      expect(outcome.stderr).toMatch(/Not connected: .*(authent|credential)/i);
      expect(outcome.stderr).toContain('The password goes over the network as it is');
      expect(everythingOf(outcome)).not.toContain(SECRET);
    }
  });
});

// Every user of a machine sees the arguments of its processes: they are refused there, and not repeated.
test.each([
  ['memory', 'ls', '--memory', `hazelcast://me:${SECRET}@127.0.0.1:5701`],
  ['memory', 'ls', '--memory', `hazelcast://me:${SECRET}`],
  ['memory', 'ls', '--memory', `redis://me:${SECRET}@127.0.0.1`],
  ['signal', 'tail', '--redis', `redis://:${SECRET}@127.0.0.1`],
  ['signal', 'tail', '--redis', `redis://:${SECRET}@127.0.0.1:99999`],
])('%s %s %s refuses a URL with a secret and does not show it (%#)', async (...args) => {
  const outcome = await run(args, {});
  expect(outcome.code).toBe(2);
  expect(outcome.stdout + outcome.stderr).not.toContain(SECRET);
});
