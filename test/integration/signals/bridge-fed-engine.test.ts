import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { planReplay } from '../../../src/adapters/day-folder/plan.ts';
import { loadStrategy } from '../../../src/main/config/load-config.ts';
import { createSyntheticDay } from '../../../src/replay/synthetic/synthetic-day.ts';
import { syntheticUniverse } from '../../../src/replay/synthetic/universe.ts';
import { decisionHash } from '../../../src/report/decision-hash.ts';
import { runDirect } from '../../support/direct-report.ts';
import { goldenCases, planOf } from '../../support/golden-case.ts';
import { writeScanFolder } from '../../support/json-days.ts';
import { hasRedis, RedisServer } from '../../support/redis-server.ts';
import { daysOf, replayThroughRing } from '../../support/replay-through-ring.ts';
import { publishPlan, signalRun } from '../../support/signal-run.ts';

const DAY = 20_458; // 2026-01-05

describe.skipIf(!hasRedis())('an engine fed by the bridge', () => {
  let server: RedisServer | null = null;
  afterEach(async () => await server?.remove());

  it.each(['edges/champion', 'regimes/champion', 'scanner/scanner'])(
    'decides %s as the engine that reads the files, and as the golden set says',
    async (name) => {
      server = await RedisServer.start();
      const golden = goldenCases().find((found) => found.name === name)!;
      const plan = await planOf(golden);
      const files = await runDirect(plan, golden.config);
      const published = await publishPlan(server.url, plan, golden.config);
      const run = signalRun(server.url, plan, golden.config);
      const { engine, feed } = await run.run();
      expect(decisionHash(engine.run.trades)).toBe(golden.expected.decisionHash);
      expect(engine.run.trades).toEqual(files.trades);
      expect(engine.run.days).toEqual(files.days);
      expect(engine.run.capital).toBe(files.capital);
      const nothingOdd = { duplicates: 0, late: 0, stale: 0, parked: 0, gaps: 0 };
      expect(feed).toEqual({ source: 'stream', taken: published.added - 1, ...nothingOdd });
    },
  );

  it('decides days of JSON scans with a divergence per asset as the ring that reads the files', async () => {
    server = await RedisServer.start();
    const dir = mkdtempSync(join(tmpdir(), 'dolphin-json-fed-'));
    try {
      const universe = syntheticUniverse(6).map(({ symbol }) => symbol);
      const block = createSyntheticDay({ seed: 3, day: DAY, assets: 6, intervalMs: 60_000, withBook: false });
      // Every asset has a divergence of its own here: every second one none that passes.
      writeScanFolder(dir, block, DAY, universe, 'assets', (velDiv, a) => (a % 2 === 0 ? velDiv : Math.abs(velDiv)));
      const strategy = loadStrategy(null, []);
      const source = await daysOf(strategy, { data: dir, barInterval: 'auto' });
      const { outcome } = await replayThroughRing(source);
      const plan = await planReplay({ dir, barInterval: 'auto', configBarIntervalMs: 5000, referenceAsset: 'BTCUSDT' });
      await publishPlan(server.url, plan, strategy.config);
      const { engine } = await signalRun(server.url, plan, strategy.config).run();
      expect(engine.run.trades.length).toBeGreaterThan(0);
      expect(engine.run.trades.every(({ assetIndex }) => assetIndex % 2 === 0)).toBe(true);
      expect(engine.run).toEqual(outcome.engine.run);
      expect(engine.stateHash).toBe(outcome.engine.stateHash);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
