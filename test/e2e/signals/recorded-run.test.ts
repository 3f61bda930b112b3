import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openMemory } from '../../../src/adapters/memory/open-memory.ts';
import { SystemMemory } from '../../../src/adapters/memory/system-memory.ts';
import { killedLife, SMALL_SEGMENTS } from '../../chaos/killed-life.ts';
import { goldenCases } from '../../support/golden-case.ts';
import { hasRedis, RedisServer } from '../../support/redis-server.ts';
import { runDolphin } from '../../support/run-dolphin.ts';

const CAPITAL = 31_000;
const TIMEOUT_MS = 180_000;

describe.skipIf(!hasRedis())('dolphin signal run with journal, routed fills and a memory', () => {
  const root = mkdtempSync(join(tmpdir(), 'dolphin-signal-recorded-'));
  const golden = goldenCases().find(({ name }) => name === 'plain/champion')!;
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(async () => {
    await server?.remove();
    rmSync(root, { recursive: true, force: true });
  });

  const publish = (...flags: string[]) =>
    runDolphin(['signal', 'publish', '--redis', server.url, '--data', golden.dataDir, ...flags]);

  /** A memory in which a day before has left this capital. */
  async function memoryOf(name: string) {
    const path = join(root, `${name}.db`);
    const store = openMemory({ kind: 'embedded', path });
    await store.put('DOLPHIN_STATE_BLUE', 'latest', JSON.stringify({ capital: CAPITAL, date: '2026-01-04' }));
    await store.close();
    return { path, flag: `embedded:${path}` };
  }

  async function storedIn(path: string) {
    const memory = new SystemMemory(openMemory({ kind: 'embedded', path }), 'blue');
    try {
      const days = await Promise.all(['2026-01-05', '2026-01-06'].map((date) => memory.paper.readPnl(date)));
      const capital = (reading: (typeof days)[number]) =>
        reading.kind === 'ok' ? reading.value.paper?.capital : reading;
      return { days: days.map(capital), state: await memory.paper.readState() };
    } finally {
      await memory.close();
    }
  }

  test(
    'begins with the capital of its memory, also when it goes on after kill -9, and stores what a replay stores',
    async () => {
      const wanted = await memoryOf('wanted');
      const fill = ['--fill', 'routed', '--venue', 'bars'];
      const whole = ['signal', 'run', '--redis', server.url, '--rules', 'replay', ...fill];
      await publish('--no-end');
      const dir = join(root, 'journal');
      const mine = await memoryOf('mine');
      const recorded = [...whole, '--record', dir, ...SMALL_SEGMENTS, '--memory', mine.flag];
      await killedLife(recorded, dir, 300_000);
      await publish();
      const json = join(root, 'report.json');
      expect(await runDolphin([...recorded, '--resume', '--json', json])).toMatchObject({ code: 0, stderr: '' });
      const report = JSON.parse(readFileSync(json, 'utf8'));

      const once = await runDolphin([...whole, '--memory', wanted.flag, '--json', '-']);
      expect(once).toMatchObject({ code: 0, stderr: '' });
      const { orderLogHash, decisionHash, stateHash, days } = JSON.parse(once.stdout);
      expect(report).toMatchObject({ orderLogHash, decisionHash, stateHash, complete: true, fill: 'routed' });
      expect(report.config.initial_capital).toBe(CAPITAL);
      expect(report.journal).toMatchObject({ isResumed: true, shadow: { mismatch: null, failures: [] } });
      const stored = await storedIn(mine.path);
      expect(stored.days).toEqual(days.map(({ capital }: { capital: number }) => capital));
      expect(stored.state).toMatchObject({ kind: 'ok', value: { date: '2026-01-06' } });
      expect((await storedIn(wanted.path)).days).toEqual(stored.days);
    },
    TIMEOUT_MS,
  );
});
