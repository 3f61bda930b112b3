import { describe, expect, test } from 'vitest';
import { SnapshotReader, SnapshotWriter } from '../../../src/engine/snapshot-bytes.ts';
import { LONG, SHORT } from '../../../src/model/direction.ts';
import {
  FILL_APPLIED,
  FILL_EXCEEDS_LEG,
  FILL_INVALID,
  legOfOrder,
  type PositionFill,
  PositionManager,
  type PositionMode,
} from '../../../src/portfolio/position-manager.ts';

const BUY = 1;
const SELL = -1;

function manager(mode: PositionMode = 'netting'): PositionManager {
  return new PositionManager(2, mode, 1000);
}

function fill(side: number, qty: number, price: number, more: Partial<PositionFill> = {}): PositionFill {
  return { assetIndex: 0, side, leg: LONG, qty, price, fee: 0, ...more };
}

describe('netting', () => {
  test('an increase moves the average, a reduction realises against it and leaves it', () => {
    const m = manager();
    m.onFill(fill(BUY, 2, 100, { fee: 0.1 }));
    m.onFill(fill(BUY, 1, 106, { fee: 0.05 }));
    expect([m.qty(0), m.priceEntryAvg(0, LONG)]).toEqual([3, 102]); // (2 x 100 + 106) / 3
    m.onFill(fill(SELL, 1, 108));
    expect([m.qty(0), m.priceEntryAvg(0, LONG), m.pnlRealized]).toEqual([2, 102, 6]);
    m.mark(0, 101);
    expect(m.pnlUnrealized()).toBe(-2); // 2 x (101 - 102)
    expect(m.walletBalance).toBeCloseTo(1005.85, 10); // 1000 + 6 - 0.15
    expect(m.equity()).toBeCloseTo(1003.85, 10);
  });

  test('a fill through zero closes all and opens the rest at its own price', () => {
    const m = manager();
    m.onFill(fill(BUY, 2, 100));
    m.onFill(fill(SELL, 5, 90));
    expect([m.qty(0), m.priceEntryAvg(0, LONG), m.pnlRealized]).toEqual([-3, 90, -20]);
    m.onFill(fill(BUY, 3, 80));
    expect([m.qty(0), m.pnlRealized]).toEqual([0, 10]); // -20 + 3 x (90 - 80)
    expect(m.priceEntryAvg(0, LONG)).toBeNaN();
  });

  test('what only rounding leaves is flat', () => {
    const m = manager();
    for (const qty of [0.1, 0.2]) m.onFill(fill(BUY, qty, 100));
    m.onFill(fill(SELL, 0.3, 100));
    expect([m.qty(0), m.grossNotional(), m.equity()]).toEqual([0, 0, 1000]);
  });

  test('a SHORT gains as the price falls', () => {
    const m = manager();
    m.onFill(fill(SELL, 4, 50));
    m.mark(0, 45);
    expect([m.qty(0), m.pnlUnrealized(), m.grossNotional()]).toEqual([-4, 20, 180]);
  });
});

describe('hedging', () => {
  test('legs stand side by side: they do not realise against each other', () => {
    const m = manager('hedging');
    m.onFill(fill(BUY, 3, 100, { leg: LONG }));
    m.onFill(fill(SELL, 2, 110, { leg: SHORT }));
    expect([m.legQty(0, LONG), m.legQty(0, SHORT), m.qty(0), m.pnlRealized]).toEqual([3, -2, 1, 0]);
    expect([m.priceEntryAvg(0, LONG), m.priceEntryAvg(0, SHORT)]).toEqual([100, 110]);
    m.mark(0, 105);
    expect([m.pnlUnrealized(), m.grossNotional()]).toEqual([25, 525]); // 3 x 5 + 2 x 5; 5 x 105
  });

  test('a fill that exceeds its leg is refused, counted, and changes nothing', () => {
    const m = manager('hedging');
    m.onFill(fill(BUY, 3, 100));
    expect(m.onFill(fill(SELL, 3.5, 100, { fee: 1 }))).toBe(FILL_EXCEEDS_LEG);
    expect([m.qty(0), m.fees, m.fillsRefused]).toEqual([3, 0, 1]);
    expect(m.onFill(fill(SELL, 3, 100))).toBe(FILL_APPLIED);
  });

  test.each([
    ['a buy opens LONG', BUY, false, LONG],
    ['a sell opens SHORT', SELL, false, SHORT],
    ['a sell that reduces works on LONG', SELL, true, LONG],
    ['a buy that reduces works on SHORT', BUY, true, SHORT],
  ])('%s', (_, side, isReduceOnly, leg) => {
    expect(legOfOrder(side, isReduceOnly)).toBe(leg);
  });
});

describe('funding', () => {
  test.each([
    ['LONG pays a positive rate', BUY, 0.0001, -0.2], // 2 x 1000 x 0.0001
    ['SHORT receives it', SELL, 0.0001, 0.2],
    ['LONG receives a negative rate', BUY, -0.0003, 0.6],
  ])('%s', (_, side, rate, received) => {
    const m = manager();
    m.onFill(fill(side, 2, 1000));
    expect(m.onFundingRate(0, rate, 1000)).toBeCloseTo(received, 12);
    expect([m.funding, m.walletBalance]).toEqual([received, 1000 + received].map((x) => expect.closeTo(x, 9)));
  });

  test('flat, nothing is paid', () => {
    expect(manager().onFundingRate(0, 0.01, 1000)).toBe(0);
  });
});

test.each([
  ['an unknown asset', { assetIndex: 2 }],
  ['no quantity', { qty: 0 }],
  ['a NaN price', { price: Number.NaN }],
  ['a fee that is no number', { fee: Number.NaN }],
  ['no side', { side: 0 }],
])('%s is refused', (_, more) => {
  const m = manager();
  expect(m.onFill(fill(BUY, 1, 100, more))).toBe(FILL_INVALID);
  expect([m.fillsRefused, m.qty(0), m.equity()]).toEqual([1, 0, 1000]);
});

test('a price that is not valid leaves the mark', () => {
  const m = manager();
  m.onFill(fill(BUY, 1, 100));
  for (const price of [Number.NaN, 0, -5]) m.mark(0, price);
  expect(m.grossNotional()).toBe(100);
});

test('comes back from its state, and goes on alike', () => {
  const before = manager('hedging');
  before.onFill(fill(BUY, 3, 100, { fee: 0.3 }));
  before.onFill(fill(SELL, 1, 95, { leg: SHORT }));
  before.onFundingRate(0, 0.001, 99);
  before.onFill(fill(SELL, 0, 1));
  const writer = new SnapshotWriter();
  before.walkState(writer);
  const after = manager('hedging');
  after.walkState(new SnapshotReader(writer.bytes()));
  expect(after.equity()).toBe(before.equity());
  for (const m of [before, after]) {
    m.onFill(fill(SELL, 2, 104, { fee: 0.1 }));
    m.mark(0, 103);
  }
  expect(after).toEqual(before);
  expect(after.equity()).toBe(before.equity());
});
