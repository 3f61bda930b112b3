import { describe, expect, test } from 'vitest';
import { SHORT } from '../../../src/model/direction.ts';
import { MAX_HOLD } from '../../../src/model/exit-reason.ts';
import { NextBarPrices } from '../../../src/portfolio/next-bar-prices.ts';
import { OpenPosition } from '../../../src/portfolio/open-position.ts';
import { TradeLog } from '../../../src/portfolio/trade-log.ts';

const UNIVERSE = ['A', 'B'];
const NONE = Number.NaN;

/** A log with its watcher; entries at 100 and exits at 90 unless said. */
function desk() {
  const log = new TradeLog();
  const watcher = new NextBarPrices(UNIVERSE.length, log);
  const position = new OpenPosition();
  return {
    bar: (...prices: number[]) => watcher.onBar(Float64Array.from(prices)),
    beginDay: () => watcher.beginDay(),
    enter(asset: number) {
      position.direction = SHORT;
      position.assetIndex = asset;
      position.entryPrice = 100;
      position.tradeIndex = log.open();
      watcher.onEntry(position.tradeIndex, asset);
    },
    exit() {
      const close = { day: 1, nsOfDay: 0, lifetimeBar: 9, reason: MAX_HOLD, price: 90 };
      log.close(position, { ...close, fees: 0, feesExpected: 0, pnl: 0, capital: 0 });
      watcher.onExit(position.tradeIndex, position.assetIndex);
    },
    prices: () => log.records(UNIVERSE).map((trade) => [trade.entryNextBar, trade.exitNextBar]),
  };
}

describe('the first valid price after a decision, on the same day,', () => {
  test('is that of the next bar, and later bars do not change it', () => {
    const d = desk();
    d.enter(0);
    d.bar(101, 7);
    d.bar(102, 7);
    d.exit();
    d.bar(89, 7);
    d.bar(88, 7);
    expect(d.prices()).toEqual([[101, 89]]);
  });

  test('waits over bars without one', () => {
    const d = desk();
    d.enter(1);
    d.bar(7, NONE);
    d.bar(7, 0);
    d.bar(7, -1);
    d.bar(7, 103);
    d.exit();
    d.bar(7, Number.POSITIVE_INFINITY);
    d.bar(7, 91);
    expect(d.prices()).toEqual([[103, 91]]);
  });

  test('is the own price when none comes: the position closed first, or the day ended', () => {
    const d = desk();
    d.enter(0);
    d.bar(NONE, 7);
    d.exit();
    d.beginDay();
    d.bar(55, 7);
    expect(d.prices()).toEqual([[100, 90]]);
  });

  test('of an exit is looked for while another asset is already entered', () => {
    const d = desk();
    d.enter(0);
    d.bar(101, 7);
    d.exit();
    d.bar(NONE, 7);
    d.enter(1);
    d.bar(88, 104);
    d.exit();
    d.bar(1, 92);
    expect(d.prices()).toEqual([
      [101, 88],
      [104, 92],
    ]);
  });
});
