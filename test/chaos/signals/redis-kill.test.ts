import { afterEach, describe, expect, it } from 'vitest';
import { NO_POSITIONS } from '../../../src/adapters/redis/position-store.ts';
import { SignalBridge } from '../../../src/adapters/redis/signal-bridge.ts';
import { DEFAULT_STREAM } from '../../../src/adapters/redis/signal-publisher.ts';
import type { Trade } from '../../../src/model/trade.ts';
import { runDirect } from '../../support/direct-report.ts';
import { goldenCases, planOf } from '../../support/golden-case.ts';
import { hasRedis, RedisServer } from '../../support/redis-server.ts';
import { connect, publishPlan, signalRun } from '../../support/signal-run.ts';

/** Messages behind which the server is killed. */
const KILL_AFTER = [700, 1900, 3100, 4300, 5500];

describe.skipIf(!hasRedis())('redis-server dies while signals travel', () => {
  let server: RedisServer | null = null;
  afterEach(async () => await server?.remove());

  it('killed with -9 and started again five times under load: no decision is lost, none is doubled', async () => {
    server = await RedisServer.start();
    const running = server;
    // The set with the most decisions: five days, 338 trades.
    const golden = goldenCases().find(({ name }) => name === 'regimes/quick-exits-cut')!;
    const plan = await planOf(golden);
    const outages: Promise<number>[] = [];
    const run = signalRun(server.url, plan, golden.config);
    const engineEnded = run.run();
    const published = await publishPlan(server.url, plan, golden.config, (count) => {
      if (KILL_AFTER.includes(count)) outages.push(outage(running));
    });
    const { engine, feed } = await engineEnded;
    if (feed?.source !== 'stream') throw new Error('the run was fed by no stream');
    const awayMs = await Promise.all(outages);
    const expected = (await runDirect(plan, golden.config)).trades;

    const watcher = connect(server.url);
    const entries = await watcher.xlen(DEFAULT_STREAM);
    watcher.disconnect();

    const told = tally(engine.run.trades, expected);
    const messages = published.added + published.alreadyThere;
    console.log(
      `redis-server killed -9 ${awayMs.length} times under load (away ${awayMs.map((ms) => Math.round(ms)).join(', ')} ms): ` +
        `${messages} signals published, ${published.alreadyThere} sent again and refused by the server, ${feed.taken} taken, ` +
        `${feed.duplicates} duplicates dropped; decisions ${told.decided} of ${told.expected}, lost ${told.lost}, doubled ${told.doubled}`,
    );
    expect(awayMs).toHaveLength(KILL_AFTER.length);
    expect(entries).toBe(messages); // what was sent again is not there twice
    expect(told).toEqual({ decided: 676, expected: 676, lost: 0, doubled: 0 });
    expect(engine.run.trades).toEqual(expected);
    expect(feed).toMatchObject({ taken: messages - 1, late: 0, parked: 0, gaps: 0 });
  });

  it('frozen instead: the reader drops the silent connection, dials anew and goes on where it was', async () => {
    server = await RedisServer.start();
    const running = server;
    const golden = goldenCases().find(({ name }) => name === 'scanner/scanner')!;
    const plan = await planOf(golden);
    const connections = { reader: connect(server.url), commands: connect(server.url) };
    let drops = 0;
    connections.reader.on('close', () => {
      drops++;
      running.thaw();
    });
    const taken: string[] = [];
    const bridge = new SignalBridge(
      connections,
      {
        stream: DEFAULT_STREAM,
        positions: NO_POSITIONS,
        from: 'start',
        freshnessLimitMs: null,
        nowMs: Date.now,
        endsAtEnd: true,
      },
      { take: ({ id }) => taken.push(`${id.unixNs}-${id.ordinal}`) },
    );
    const ended = bridge.run();
    const published = await publishPlan(server.url, plan, golden.config, (count) => {
      if (count === 500) running.freeze();
    });
    expect(await ended).toBe(true);
    expect(drops).toBeGreaterThan(0);
    expect(taken).toHaveLength(published.added + published.alreadyThere);
    expect(new Set(taken).size).toBe(taken.length);
    connections.reader.disconnect();
    connections.commands.disconnect();
  });
});

/** Kills the server and starts it again; ms without one that answers. */
async function outage(server: RedisServer): Promise<number> {
  const begunMs = performance.now();
  await server.kill();
  await server.restart();
  return performance.now() - begunMs;
}

/** Entries and exits of both runs, each told by asset, side and lifetime bar. */
function tally(found: readonly Trade[], expected: readonly Trade[]) {
  const decisions = (trades: readonly Trade[]) =>
    trades.flatMap((t) => [
      `enter ${t.asset} ${t.direction} ${t.entryBar}`,
      `exit ${t.asset} ${t.reason} ${t.exitBar}`,
    ]);
  const [got, wanted] = [decisions(found), decisions(expected)];
  return {
    decided: got.length,
    expected: wanted.length,
    lost: wanted.filter((decision) => !got.includes(decision)).length,
    doubled: got.length - new Set(got).size,
  };
}
