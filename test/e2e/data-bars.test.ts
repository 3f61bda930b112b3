import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bytesSource } from '../../src/adapters/parquet/byte-source.ts';
import { readDoublesInto, readIntegers } from '../../src/adapters/parquet/columns.ts';
import { openParquet } from '../../src/adapters/parquet/parquet-file.ts';
import { writeParquet } from '../../src/adapters/parquet/write-parquet.ts';
import { DAY, stampNs, temporaryFolder } from '../support/parquet-days.ts';
import { runDolphin } from '../support/run-dolphin.ts';

/** Trades `[second of the day, id, price]` on the event clock; received half a second later. */
async function writeTrades(dir: string, name: string, trades: readonly (readonly [number, number, number])[]) {
  const path = join(dir, name);
  await writeParquet(path, [
    { name: 'recv_ns', data: trades.map(([second]) => stampNs(second + 0.5)), type: 'INT64' },
    { name: 'exch_ms', data: trades.map(([second]) => stampNs(second) / 1_000_000n), type: 'INT64' },
    { name: 'trade_id', data: trades.map(([, id]) => BigInt(id)), type: 'INT64' },
    { name: 'price', data: trades.map(([, , price]) => price), type: 'DOUBLE' },
    { name: 'qty', data: trades.map(() => 0.5), type: 'DOUBLE' },
  ]);
  return path;
}

function column(path: string, name: string): number[] {
  const file = openParquet(path, bytesSource(readFileSync(path)));
  const found = file.columns.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`${path} has no column ${name}`);
  if (found.element.type === 'INT64') return Array.from(readIntegers(file, found), Number);
  const values = new Float64Array(file.rows);
  readDoublesInto(values, file, found);
  return [...values];
}

const LAST_SECONDS = 86_400 - 7;
const BTC = [
  [LAST_SECONDS, 1, 100],
  [LAST_SECONDS + 2, 2, 101], // exactly on the edge 23:59:55
  [LAST_SECONDS + 2, 2, 101], // again
  [86_400 + 1, 3, 102],
  [86_400 + 11, 4, 103],
] as const;
const ETH = [[86_400 + 2, 9, 50]] as const;

describe('dolphin data bars', () => {
  test('writes days that a replay takes: prices, trades and volumes, over midnight, and tells what it met', async () => {
    const dir = temporaryFolder();
    const out = join(dir, 'days');
    const btc = await writeTrades(dir, 'usdm_BTCUSDT_trades.parquet', BTC);
    const eth = await writeTrades(dir, 'other.parquet', ETH);
    const args = ['data', 'bars', '--trades', btc, `ETHUSDT=${eth}`, '--out', out];
    const { code, stdout, stderr } = await runDolphin(args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('2 days, 4 bars of 5s, 2 assets, event clock, closed edge');
    expect(stdout).toContain('1 trade dropped: the same id came before');
    expect(readdirSync(out)).toEqual(['2026-01-05.parquet', '2026-01-06.parquet']);
    const [first, second] = [join(out, '2026-01-05.parquet'), join(out, '2026-01-06.parquet')];
    expect(column(first, 'scan_number')).toEqual([17_280]); // 23:59:55
    expect([column(first, 'BTCUSDT'), column(first, 'BTCUSDT_trades')]).toEqual([[101], [2]]);
    expect(column(second, 'timestamp').map((ns) => ns / 1e9 - (DAY + 1) * 86_400)).toEqual([0, 5, 10]);
    expect(column(second, 'BTCUSDT')).toEqual([101, 102, 102]);
    expect(column(second, 'ETHUSDT')).toEqual([Number.NaN, 50, 50]);
    expect(column(second, 'BTCUSDT_volume')).toEqual([0, 0.5, 0]);
    const check = await runDolphin(['data', 'check', '--data', out]);
    expect(check.stdout).toContain('No errors');

    const again = await runDolphin(args);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('holds 2 day files already');
  });

  test('on the other clock, with the other edge', async () => {
    const dir = temporaryFolder();
    const btc = await writeTrades(dir, 'usdm_BTCUSDT_trades.parquet', BTC);
    const trades = async (...flags: string[]) => {
      const out = join(dir, flags.join(''));
      await runDolphin(['data', 'bars', '--trades', btc, '--out', out, ...flags]);
      return column(join(out, '2026-01-05.parquet'), 'BTCUSDT_trades');
    };
    expect(await trades('--edge', 'open')).toEqual([1]);
    expect(await trades('--clock', 'recv')).toEqual([1]);
  });

  test.each([
    ['a name without a symbol', 'trades.parquet', 'tells no symbol'],
    ['a symbol that is no column', 'cm_BTCUSD_PERP_trades.parquet', 'must end in USDT'],
  ])('%s: exit 2, nothing written', async (_, name, message) => {
    const dir = temporaryFolder();
    const path = await writeTrades(dir, name, BTC);
    const { code, stderr } = await runDolphin(['data', 'bars', '--trades', path, '--out', join(dir, 'days')]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(join(dir, 'days'))).toBe(false);
  });
});
