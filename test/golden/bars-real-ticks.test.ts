import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bytesSource } from '../../src/adapters/parquet/byte-source.ts';
import { readDoublesInto, readIntegers } from '../../src/adapters/parquet/columns.ts';
import { openParquet } from '../../src/adapters/parquet/parquet-file.ts';
import { readTradeFile } from '../../src/adapters/parquet/read-trades.ts';
import { createFrame, FRAME_BAR, FRAME_SCAN } from '../../src/model/frame.ts';
import { dayOfUnixNs, nsOfDayOfUnixNs, unixNsFrom } from '../../src/model/time.ts';
import { DEFAULT_BARS } from '../../src/replay/bars/bar-config.ts';
import { BarBuilder } from '../../src/replay/bars/bar-builder.ts';
import { MergedTrades, type TradeColumns } from '../../src/replay/bars/merge-trades.ts';
import { createTradeEvent } from '../../src/replay/bars/trade-event.ts';
import { sharedDataOrSkip } from '../support/shared-data.ts';

/** Bars of real trades against those that ship with them, made by another program. Both follow the receive clock. */

const TICKS = sharedDataOrSkip('data/ticks');

interface Row {
  readonly prices: number[];
  readonly trades: number[];
  readonly volumes: number[];
}
type Rows = Map<bigint, Row>;

/** Bars and scans of one pass, by stamp. */
function build(sources: readonly TradeColumns[]): { bars: Rows; scans: Rows } {
  const assets = sources.length;
  const bars: Rows = new Map();
  const scans: Rows = new Map();
  const frame = createFrame(assets);
  const builder = new BarBuilder(
    { ...DEFAULT_BARS, assets },
    {
      frame,
      publish({ trades, volumes }) {
        expect([FRAME_BAR, FRAME_SCAN]).toContain(frame.kind);
        const rows = frame.kind === FRAME_BAR ? bars : scans;
        const prices = [...frame.payload.subarray(0, assets)];
        const stamp = unixNsFrom(frame.tsEventDay, frame.tsEventNsOfDay);
        rows.set(stamp, { prices, trades: [...trades], volumes: [...volumes] });
      },
    },
  );
  const event = createTradeEvent();
  const merged = new MergedTrades(sources);
  while (merged.next(event)) builder.add(event);
  builder.drain();
  return { bars, scans };
}

/** The shipped file's rows, by stamp. */
function shipped(path: string, symbols: readonly string[]): Rows {
  const file = openParquet(path, bytesSource(readFileSync(path)));
  const column = (name: string) => {
    const found = file.columns.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`${path} has no column ${name}`);
    return found;
  };
  const doubles = (name: string) => {
    const values = new Float64Array(file.rows);
    readDoublesInto(values, file, column(name));
    return values;
  };
  const stamps = readIntegers(file, column('timestamp'));
  const prices = symbols.map((symbol) => doubles(symbol));
  const volumes = symbols.map((symbol) => doubles(`${symbol}_volume`));
  const trades = symbols.map((symbol) => readIntegers(file, column(`${symbol}_trades`)));
  const at = (row: number): Row => ({
    prices: prices.map((values) => values[row] as number),
    trades: trades.map((values) => Number(values[row])),
    volumes: volumes.map((values) => values[row] as number),
  });
  return new Map(Array.from(stamps, (stamp, row) => [stamp, at(row)]));
}

/** Every shipped row: prices and trades exactly, volumes but for the rounding of their running sum. */
function expectEqual(found: Rows, expected: Rows): void {
  expect(expected.size).toBeGreaterThan(60);
  let worst = 0;
  for (const [stamp, { prices, trades, volumes }] of expected) {
    const row = found.get(stamp);
    expect(row?.prices, `prices at ${stamp}`).toEqual(prices);
    expect(row?.trades, `trades at ${stamp}`).toEqual(trades);
    for (const [i, volume] of volumes.entries()) {
      worst = Math.max(worst, Math.abs(volume - (row?.volumes[i] ?? Number.NaN)));
    }
  }
  // The shipped ones are differences of a running sum, whose rounding they carry; ours are sums of their own bar.
  expect(worst).toBeLessThan(1e-10);
}

/** The sample of 2020: exchange,symbol,timestamp,local_timestamp,id,side,price,amount; times in µs. */
function readSampleOf2020(path: string): TradeColumns {
  const rows = readFileSync(path, 'utf8').trim().split('\n').slice(1);
  const fields = rows.map((row) => row.split(','));
  const stampsNs = fields.map((row) => BigInt(row[3] as string) * 1000n);
  const numbers = (index: number) => Float64Array.from(fields, (row) => Number(row[index]));
  return {
    days: Float64Array.from(stampsNs, dayOfUnixNs),
    nsOfDay: Float64Array.from(stampsNs, nsOfDayOfUnixNs),
    prices: numbers(6),
    qtys: numbers(7),
    ids: numbers(4),
  };
}

describe.skipIf(TICKS === null)('bars of real ticks', () => {
  test.each([
    ['usdm', ['BTCUSDT', 'ETHUSDT']],
    ['spot', ['BTCUSDT', 'ETHUSDT']],
    ['cm', ['BTCUSD_PERP', 'ETHUSD_PERP']],
  ] as const)('%s: 0.1 s bars and 5 s scans equal the shipped ones', (market, symbols) => {
    const sources = symbols.map((symbol) => readTradeFile(`${TICKS}/${market}_${symbol}_trades.parquet`, 'recv'));
    const { bars, scans } = build(sources);
    expectEqual(bars, shipped(`${TICKS}/${market}_bars_100ms.parquet`, symbols));
    expectEqual(scans, shipped(`${TICKS}/${market}_bars_5s.parquet`, symbols));
  });

  test('two hours of 2020: bars and scans equal the shipped ones, stamp for stamp', () => {
    const { bars, scans } = build([readSampleOf2020(`${TICKS}/usdm_BTCUSDT_trades_2020-02-22.csv`)]);
    for (const [found, interval] of [
      [bars, '100ms'],
      [scans, '5s'],
    ] as const) {
      const expected = shipped(`${TICKS}/usdm_BTCUSDT_2020-02-22_bars_${interval}.parquet`, ['BTCUSDT']);
      expectEqual(found, expected);
      expect([...found.keys()]).toEqual([...expected.keys()]);
    }
  });
});
