import { beforeAll, describe, expect, test } from 'vitest';
import { SIGNAL_V50, SIGNAL_V150, SIGNAL_VALUES, SIGNAL_VEL_DIV } from '../../../../src/model/frame.ts';
import { createChampionConfig, createGreenConfig, type StrategyConfig } from '../../../../src/model/strategy.ts';
import { dayFromDate } from '../../../../src/model/time.ts';
import type { EngineRun, Trade } from '../../../../src/model/trade.ts';
import { createSyntheticDay, type SyntheticDayOptions } from '../../../../src/replay/synthetic/synthetic-day.ts';
import { syntheticUniverse } from '../../../../src/replay/synthetic/universe.ts';
import type { DayBlock } from '../../../../src/shm/day-block.ts';
import { DirectReplay } from '../../../../src/workers/direct-replay.ts';

const DAY = dayFromDate('2026-01-05');
const ASSETS = 48;
const WHOLE_DAY: SyntheticDayOptions = { seed: 1, day: DAY, assets: ASSETS, intervalMs: 5000, withBook: false };
const symbols = (count: number) => syntheticUniverse(count).map(({ symbol }) => symbol);

/** A day of minutes: the same code, a twelfth of the rows. */
const minutes = (changes: Partial<SyntheticDayOptions> = {}) =>
  createSyntheticDay({ ...WHOLE_DAY, assets: 6, intervalMs: 60_000, ...changes });

function replay(block: DayBlock, config: StrategyConfig): EngineRun {
  const run = new DirectReplay({
    config,
    universe: symbols(block.assets),
    barIntervalMs: 5000,
    factors: [],
    safety: [],
  });
  run.feed(block, DAY);
  return run.finish();
}

/** PnL at taker fees on both ends (semantics §12, binance-vip0). */
function pnlAtVenueFees({ notional, entry, exit, direction }: Trade): number {
  const qty = notional / entry;
  return direction * (exit / entry - 1) * notional - (notional + qty * exit) * 0.0005;
}

describe('the values of a synthetic day', () => {
  test('are the same for the same seed and date, and others for other ones', () => {
    const bytes = (block: DayBlock) => Buffer.from(block.buffer);
    expect(bytes(minutes()).equals(bytes(minutes()))).toBe(true);
    expect(bytes(minutes({ seed: 2 })).equals(bytes(minutes()))).toBe(false);
    expect(bytes(minutes({ day: DAY + 1 })).equals(bytes(minutes()))).toBe(false);
  });

  test('do not change when order-book snapshots are made beside them', () => {
    const [without, withBook] = [minutes(), minutes({ withBook: true })];
    expect(withBook.prices).toEqual(without.prices);
    expect(withBook.signals).toEqual(without.signals);
    expect(withBook.books).toBe(2880 * 6); // every 30 s, each asset
  });

  test('cover the day in whole bars, the last one an interval before midnight', () => {
    const block = minutes();
    expect(block.rows).toBe(1440);
    expect(block.nsOfDay[0]).toBe(0);
    expect(block.nsOfDay.at(-1)).toBe(86_340e9);
    expect([...block.scanNumbers.subarray(0, 3)]).toEqual([1, 2, 3]);
  });

  test('refuse an interval that leaves a part of the day over', () => {
    expect(() => minutes({ intervalMs: 7000 })).toThrow(RangeError);
  });
});

describe('synthetic prices', () => {
  test('are valid, and whole ticks near the level of their asset', () => {
    const { prices } = minutes();
    for (const [i, price] of prices.entries()) {
      const { level, decimals } = syntheticUniverse(6)[i % 6]!;
      expect(Number(price.toFixed(decimals))).toBe(price);
      expect(price / level).toBeGreaterThan(0.5);
      expect(price / level).toBeLessThan(2);
    }
  });

  test('go on over midnight without a jump, whichever days are made', () => {
    const today = minutes();
    const tomorrow = minutes({ day: DAY + 1 });
    for (let asset = 0; asset < 6; asset++) {
      const last = today.prices[1439 * 6 + asset]!;
      expect(Math.abs(tomorrow.prices[asset]! / last - 1)).toBeLessThan(0.01);
    }
  });

  test('stay at one dollar for the two pegged assets', () => {
    const block = minutes({ assets: ASSETS });
    for (const symbol of ['TUSDUSDT', 'USDCUSDT']) {
      const asset = symbols(ASSETS).indexOf(symbol);
      for (let row = 0; row < block.rows; row++) {
        expect(Math.abs(block.prices[row * ASSETS + asset]! - 1)).toBeLessThan(0.005);
      }
    }
  });
});

test('the divergence is that of the two fast velocities', () => {
  const { signals } = minutes();
  for (let at = 0; at < signals.length; at += SIGNAL_VALUES) {
    expect(signals[at + SIGNAL_VEL_DIV]).toBe(signals[at + SIGNAL_V50]! - signals[at + SIGNAL_V150]!);
  }
});

describe('the universe', () => {
  test('has distinct names, the reference asset first, both pegs among the default 48', () => {
    const names = symbols(400);
    expect(new Set(names).size).toBe(400);
    expect(names[0]).toBe('BTCUSDT');
    expect(names.slice(0, ASSETS)).toEqual(expect.arrayContaining(['TUSDUSDT', 'USDCUSDT']));
    expect(names.every((name) => /^[0-9A-Z]+USDT$/.test(name))).toBe(true);
  });
});

describe('the champion on a synthetic day', () => {
  let run: EngineRun;
  beforeAll(() => {
    run = replay(createSyntheticDay(WHOLE_DAY), createChampionConfig());
  });

  test('passes every gate, and is refused by those that a day can refuse', () => {
    const { funnel } = run.days[0]!;
    for (const [gate, [reached, passed]] of Object.entries(funnel)) {
      expect(reached, gate).toBeGreaterThan(0);
      expect(passed, gate).toBeGreaterThan(0);
    }
    for (const gate of ['warmup', 'signal', 'volatility', 'direction'] as const) {
      expect(funnel[gate][1], gate).toBeLessThan(funnel[gate][0]);
    }
  });

  test('takes profits, reaches the longest hold, and is closed by the end of the day', () => {
    const reasons = new Set(run.trades.map(({ reason }) => reason));
    expect([...reasons].sort()).toEqual(['DAY_END', 'MAX_HOLD', 'TAKE_PROFIT']);
  });

  test('loses money after venue fees', () => {
    expect(run.trades.reduce((sum, trade) => sum + pnlAtVenueFees(trade), 0)).toBeLessThan(0);
  });

  test('finds refusals by the order book and by IRP alignment when there is a book', () => {
    const withBook = replay(createSyntheticDay({ ...WHOLE_DAY, withBook: true }), createChampionConfig());
    const { orderBook, irp } = withBook.days[0]!.funnel;
    expect(orderBook[1]).toBeGreaterThan(0);
    expect(orderBook[1]).toBeLessThan(orderBook[0]);
    expect(irp[0]).toBeGreaterThan(0);
    expect(withBook.trades.length).toBeGreaterThan(10);
    expect(withBook.days[0]!.counters.obMissing).toBe(0);
  });
});

test('there is no edge in either direction: SHORT and LONG both lose over several days, about their fees', () => {
  const pnl = { short: 0, long: 0, notional: 0 };
  for (let seed = 100; seed < 110; seed++) {
    const { trades } = replay(createSyntheticDay({ ...WHOLE_DAY, seed }), createGreenConfig());
    for (const trade of trades) {
      pnl[trade.direction < 0 ? 'short' : 'long'] += pnlAtVenueFees(trade);
      pnl.notional += trade.notional;
    }
  }
  expect(pnl.short).toBeLessThan(0);
  expect(pnl.long).toBeLessThan(0);
  // Fees are 10 bps of the notional; the bid-ask bounce costs a little more, and luck moves the mean by a few.
  const lossBps = (-1e4 * (pnl.short + pnl.long)) / pnl.notional;
  expect(lossBps).toBeGreaterThan(5);
  expect(lossBps).toBeLessThan(20);
});
