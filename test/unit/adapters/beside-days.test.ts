import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFunding } from '../../../src/adapters/day-folder/funding.ts';
import { loadInstruments } from '../../../src/adapters/day-folder/instruments.ts';
import { listDayFiles } from '../../../src/adapters/day-folder/list.ts';
import { listTickFiles } from '../../../src/adapters/day-folder/ticks.ts';
import { writeParquet } from '../../../src/adapters/parquet/write-parquet.ts';
import { TICK_DEPTH, TICK_QUOTE, TICK_TRADE } from '../../../src/model/tick.ts';
import { DATE, DAY, dayColumns, stampNs, temporaryFolder, withColumns, writeDay } from '../../support/parquet-days.ts';
import { depthColumns, quoteColumns, tradeColumns, writeTicks } from '../../support/tick-files.ts';

/** What routed replay reads beside the days. */

const UNIVERSE = ['BTCUSDT', 'ETHUSDT'];

describe('instruments', () => {
  it('come of the table, and where it is silent of the prices', async () => {
    const dir = temporaryFolder();
    const columns = withColumns(dayColumns(), {
      BTCUSDT: { data: [60_000.5, 60_001, 60_002, 60_003, 60_004, 60_005], type: 'DOUBLE' },
      ETHUSDT: { data: [3000.25, 3000, 3000, 3000, 3000, 3000], type: 'DOUBLE' },
    });
    await writeDay(dir, columns);
    writeFileSync(
      join(dir, 'instruments.csv'),
      'symbol,tick,lot,min_notional,half_spread_bps\nETHUSDT,,0.001,20,\nXRPUSDT,1,1,1,1\n',
    );
    expect(loadInstruments(dir, UNIVERSE, listDayFiles({ dir }))).toEqual([
      {
        symbol: 'BTCUSDT',
        tickPx: 0.1,
        lotQty: 0,
        minNotional: 5,
        halfSpreadBps: 0.5,
        assumed: ['tick', 'lot', 'min_notional', 'half_spread_bps'],
      },
      {
        symbol: 'ETHUSDT',
        tickPx: 0.01,
        lotQty: 0.001,
        minNotional: 20,
        halfSpreadBps: 0.5,
        assumed: ['tick', 'half_spread_bps'],
      },
    ]);
  });

  it('take a tick from the first day on which the asset has a price', async () => {
    const dir = temporaryFolder();
    const absent = { data: [null, null, null, null, null, null], type: 'DOUBLE' } as const;
    await writeDay(dir, withColumns(dayColumns(), { ETHUSDT: absent as never }));
    const next = dayColumns(6, 5, '2026-01-06');
    const later = withColumns(next, { ETHUSDT: { data: [3.125, 3, 3, 3, 3, 3], type: 'DOUBLE' } });
    await writeParquet(join(dir, '2026-01-06.parquet'), later);
    expect(loadInstruments(dir, UNIVERSE, listDayFiles({ dir })).map(({ tickPx }) => tickPx)).toEqual([1, 0.001]);
  });
});

describe('files of ticks', () => {
  it('are found by date and symbol; best levels only where they are, excluded assets never', async () => {
    const dir = temporaryFolder();
    await writeDay(dir, dayColumns());
    await writeTicks(dir, 'BTCUSDT_trades', tradeColumns([[1, 1, 1, true]]));
    await writeTicks(dir, 'BTCUSDT_l2', depthColumns([[1, 100]]));
    await writeTicks(dir, 'BTCUSDT_book_ticker', quoteColumns([[1, 1, 1, 2, 1]]));
    await writeTicks(dir, 'ETHUSDT_trades', tradeColumns([[1, 1, 1, true]]));
    const files = listTickFiles(listDayFiles({ dir }), UNIVERSE, [0, 1]);
    expect(files.map(({ name, kind, assetIndex, day }) => [name, kind, assetIndex, day])).toEqual([
      [`ticks/${DATE}/BTCUSDT_trades.parquet`, TICK_TRADE, 0, DAY],
      [`ticks/${DATE}/BTCUSDT_l2.parquet`, TICK_DEPTH, 0, DAY],
      [`ticks/${DATE}/BTCUSDT_book_ticker.parquet`, TICK_QUOTE, 0, DAY],
    ]);
    expect(() => listTickFiles(listDayFiles({ dir }), UNIVERSE, [])).toThrow(
      `${dir}: ticks/${DATE}/ETHUSDT_l2.parquet is missing, --venue book needs trades and books (l2) of every asset that ` +
        'may be traded and every day of the run; --venue bars needs none',
    );
  });

  it('are all named at once when they are missing, and their columns are looked at', async () => {
    const dir = temporaryFolder();
    await writeDay(dir, dayColumns());
    const list = () => listTickFiles(listDayFiles({ dir }), UNIVERSE, [0, 1]);
    expect(list).toThrow(`ticks/${DATE}/BTCUSDT_trades.parquet, ticks/${DATE}/BTCUSDT_l2.parquet are missing`);
    await writeTicks(dir, 'BTCUSDT_trades', tradeColumns([[1, 1, 1, true]]));
    await writeTicks(dir, 'BTCUSDT_l2', withColumns(depthColumns([[1, 100]]), { ask_px_19: null }));
    expect(list).toThrow(/BTCUSDT_l2\.parquet: column ask_px_19 is missing/);
  });
});

describe('funding', () => {
  const [first, second] = [stampNs(3600), stampNs(7200)];

  it('is read by symbol and time; another symbol says nothing, and without the file there is none', () => {
    const dir = temporaryFolder();
    expect(loadFunding(dir, UNIVERSE)).toEqual([]);
    writeFileSync(
      join(dir, 'funding.csv'),
      `timestamp,symbol,rate,mark_price\n${second},BTCUSDT,-0.0001,60000\n${first},ETHUSDT,0.0002,\n${first},XRPUSDT,1,1\n`,
    );
    expect(loadFunding(dir, UNIVERSE)).toEqual([
      { day: DAY, nsOfDay: 3600e9, assetIndex: 1, rate: 0.0002, markPx: Number.NaN },
      { day: DAY, nsOfDay: 7200e9, assetIndex: 0, rate: -0.0001, markPx: 60_000 },
    ]);
  });

  it.each([
    ['2026-01-05T08:00:00Z,BTCUSDT,0.1,', /line 2, column timestamp: .* must be whole nanoseconds since 1970/],
    [`${first},BTCUSDT,,`, /line 2, column rate: "" must be a number/],
    [`${first},BTCUSDT,0.1,0`, /line 2, column mark_price: "0" must be greater than 0/],
    [
      `${first},BTCUSDT,0.1,\n${first},BTCUSDT,0.1,`,
      /line 3, column timestamp: .* is there twice for BTCUSDT \(first on line 2\)/,
    ],
  ])('refuses %j', (lines, message) => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'funding.csv'), `timestamp,symbol,rate,mark_price\n${lines}\n`);
    expect(() => loadFunding(dir, UNIVERSE)).toThrow(message);
  });
});
