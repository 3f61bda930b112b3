import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dayFromDate, unixNsFrom } from '../../../src/model/time.ts';
import { hasRedis, RedisServer } from '../../support/redis-server.ts';
import { runDolphin } from '../../support/run-dolphin.ts';
import { CUT_OFF, killedLife, SMALL_SEGMENTS } from '../killed-life.ts';
import { makeDays, STRATEGY_FLAGS } from '../recorded-run.ts';

const IS_NIGHTLY = process.env['DOLPHIN_NIGHTLY'] === '1';
const ROUNDS = IS_NIGHTLY ? 40 : 5;
const TIMEOUT_MS = IS_NIGHTLY ? 3_600_000 : 600_000;
const FILLS = ['analytic', 'routed'] as const;
type Fill = (typeof FILLS)[number];

interface Hashes {
  readonly decisionHash: string;
  readonly stateHash: string;
  /** Undefined with analytic fills. */
  readonly orderLogHash: string | undefined;
}

/** Every four hours of both days and one behind them, which no run comes to. */
function fundingOf(universe: readonly string[]): string {
  const hours = Array.from({ length: 13 }, (_, i) => 4 * i);
  const firstNs = unixNsFrom(dayFromDate('2026-01-05'), 0);
  const rows = hours.flatMap((hour) =>
    universe.map((symbol) => `${firstNs + BigInt(hour) * 3_600_000_000_000n},${symbol},0.0003,`),
  );
  return `timestamp,symbol,rate,mark_price\n${rows.join('\n')}\n`;
}

/** A recorded run on a stream: the file replay's settings, the interval named instead of measured. */
describe.skipIf(!hasRedis())('kill -9 of a recorded run on signals', () => {
  const root = mkdtempSync(join(tmpdir(), 'dolphin-kill-signals-'));
  const data = join(root, 'data');
  const wanted = new Map<Fill, Hashes>();
  let server: RedisServer;

  beforeAll(async () => {
    const { universe } = await makeDays(data);
    // Ticks of the venue: a stream has no day of prices that they could be assumed from.
    const lines = universe.map((symbol) => `${symbol},0.01,0.001,5,1`);
    writeFileSync(join(data, 'instruments.csv'), `symbol,tick,lot,min_notional,half_spread_bps\n${lines.join('\n')}\n`);
    writeFileSync(join(data, 'funding.csv'), fundingOf(universe));
    for (const fill of FILLS) {
      wanted.set(fill, await hashesOf(['replay', '--data', data, '--fill', fill, ...STRATEGY_FLAGS]));
    }
    server = await RedisServer.start();
    await publish('--no-end'); // so that no life ends by itself
  }, TIMEOUT_MS);
  afterAll(async () => {
    await server?.remove();
    rmSync(root, { recursive: true, force: true });
  });

  async function publish(...flags: string[]): Promise<void> {
    const { code, stderr } = await runDolphin([
      ...['signal', 'publish', '--redis', server.url, '--data', data, ...STRATEGY_FLAGS, ...flags],
    ]);
    expect([code, stderr]).toEqual([0, '']);
  }

  function signalRun(dir: string, fill: Fill, ...flags: string[]): string[] {
    const [interval, ...settings] = [...STRATEGY_FLAGS].reverse();
    expect(interval).toBe('auto'); // which a stream cannot measure
    const run = ['signal', 'run', '--redis', server.url, '--rules', 'replay', '--tables', data, '--fill', fill];
    return [...run, ...settings.reverse(), '40000', '--record', dir, ...SMALL_SEGMENTS, ...flags];
  }

  async function hashesOf(args: readonly string[]): Promise<Hashes> {
    const json = join(root, 'report.json');
    const { code, stderr } = await runDolphin([...args, '--json', json]);
    expect([code, stderr.replaceAll(CUT_OFF, '')]).toEqual([0, '']);
    const { decisionHash, stateHash, orderLogHash } = JSON.parse(readFileSync(json, 'utf8'));
    return { decisionHash, stateHash, orderLogHash };
  }

  /** Written by the lives of a round before they are killed; a whole run has 2.4 MB. */
  function bytesBeforeKill(round: number): number[] {
    const first = round === 0 ? 0 : 30_000 + ((round * 497_017) % 1_900_000);
    return round % 2 === 1 ? [first, 0] : [first];
  }

  test.each(FILLS)(
    'fills %s: read on behind what the journal holds, it ends as the file replay, and its journal replays alone',
    async (fill) => {
      const dirs: string[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const dir = join(root, `${fill}-${round}`);
        dirs.push(dir);
        for (const [life, bytes] of bytesBeforeKill(round).entries()) {
          await killedLife(signalRun(dir, fill, ...(life === 0 ? [] : ['--resume'])), dir, bytes);
        }
      }
      // The last lives read a copy of the stream that has an end: those of the other fills must not come to one.
      const stream = `${fill}-with-end`;
      await publish('--stream', stream);
      for (const dir of dirs) {
        const last = signalRun(dir, fill, '--stream', stream, '--resume');
        expect([dir, await hashesOf(last)]).toEqual([dir, wanted.get(fill)]);
      }
      console.log(`kill -9 on signals, fills ${fill}: ${ROUNDS} rounds, each ended as the file replay`);
      expect(await hashesOf(['replay', '--journal', dirs.at(-1) as string])).toEqual(wanted.get(fill));
    },
    TIMEOUT_MS,
  );
});
