import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goldenCases } from '../../support/golden-case.ts';
import { hasRedis, RedisServer } from '../../support/redis-server.ts';
import { runDolphin } from '../../support/run-dolphin.ts';

const PASSWORD = 'no-line-may-show-this';

describe.skipIf(!hasRedis())('dolphin signal', () => {
  const dir = mkdtempSync(join(tmpdir(), 'dolphin-signal-'));
  const passwordFile = join(dir, 'password');
  const env = { DOLPHIN_REDIS_PASSWORD_FILE: passwordFile };
  const golden = goldenCases().find(({ name }) => name === 'plain/champion')!;
  let server: RedisServer;
  beforeAll(async () => {
    writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 });
    server = await RedisServer.start(['--requirepass', PASSWORD]);
  });
  afterAll(async () => {
    await server?.remove();
    rmSync(dir, { recursive: true, force: true });
  });

  const signal = (command: string, ...args: string[]) =>
    runDolphin(['signal', command, '--redis', server.url, ...args], { env });

  it('publishes days, again without effect, trades on them as a replay does, and shows them; no secret is shown', async () => {
    const publish = ['publish', '--data', golden.dataDir] as const;
    const first = await signal(...publish);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/dolphin:signals: 5,200 scans and the end added\n$/);
    const again = await signal(...publish);
    expect(again.stdout).toMatch(/: 5,200 scans and the end were there already\n$/);

    const run = await signal('run', '--rules', 'replay', '--json', '-');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const result = JSON.parse(run.stdout);
    expect(result).toMatchObject({ complete: true, decisionHash: golden.expected.decisionHash, strategy: 'champion' });
    const nothingOdd = { duplicates: 0, late: 0, stale: 0, parked: 0, gaps: 0 };
    expect(result.feed).toEqual({ source: 'stream', taken: 5200, ...nothingOdd });
    expect(result.source).toMatchObject({ from: '2026-01-05', to: '2026-01-06', files: [] });

    const position = join(dir, 'position.json');
    const tail = await signal('tail', '--start', '--until-end', '--position', position);
    expect(tail.code).toBe(0);
    const lines = tail.stdout.trim().split('\n');
    expect(lines).toHaveLength(5201);
    expect(JSON.parse(lines[0]!)).toMatchObject({ kind: 'scan', scan_number: 1000, stale: true });
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ kind: 'end' });
    expect(statSync(position).mode & 0o777).toBe(0o600);

    for (const { stdout, stderr } of [first, again, run, tail]) expect(stdout + stderr).not.toContain(PASSWORD);
  });

  it('under live rules enters nothing on signals of yesterday', async () => {
    const journal = join(dir, 'live-journal');
    const run = await signal('run', '--rules', 'live', '--json', '-', '--record', journal);
    const report = JSON.parse(run.stdout);
    expect(report).toMatchObject({ trades: [], feed: { taken: 5200, stale: 5200, freshnessMs: 10_000 } });
    expect(report.days).toMatchObject([
      { bars: 2600, counters: { staleScans: 2600, missingSignals: 0 } },
      { bars: 2600, counters: { staleScans: 2600, missingSignals: 0 } },
    ]);
    // Its journal is one of live rules, and is replayed by them.
    const replayed = await runDolphin(['replay', '--journal', journal, '--json', '-']);
    expect(JSON.parse(replayed.stdout)).toMatchObject({ stateHash: report.stateHash, complete: true });
  });

  it('says no to a wrong password, to a URL with one, and to a file that others may read', async () => {
    const wrong = await runDolphin(['signal', 'tail', '--redis', `redis://:${PASSWORD}@127.0.0.1`], {});
    expect(wrong).toMatchObject({ code: 2 });
    expect(wrong.stderr).toMatch(/must hold no user and no password/);
    expect(wrong.stderr).not.toContain(PASSWORD);
    const open = join(dir, 'open');
    writeFileSync(open, PASSWORD, { mode: 0o644 });
    const readable = await runDolphin(['signal', 'tail', '--redis', server.url], {
      env: { DOLPHIN_REDIS_PASSWORD_FILE: open },
    });
    expect(readable).toMatchObject({ code: 2 });
    expect(readable.stderr).toMatch(/must be readable by its owner only \(chmod 600\), its mode is 644/);
    const denied = await runDolphin(['signal', 'publish', '--redis', server.url, '--data', golden.dataDir], {
      env: { DOLPHIN_REDIS_PASSWORD: 'another' },
    });
    expect(denied.code).not.toBe(0);
    expect(denied.stderr).toMatch(/password/i);
  });
});
