import { getHeapStatistics } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { createFrame, FRAME_BAR, FRAME_SCAN } from '../../../../src/model/frame.ts';
import { NS_PER_DAY, NS_PER_MS, NS_PER_SECOND } from '../../../../src/model/time.ts';
import { BarBuilder } from '../../../../src/replay/bars/bar-builder.ts';
import { type BarConfig, DEFAULT_BARS } from '../../../../src/replay/bars/bar-config.ts';
import { createTradeEvent, midPx } from '../../../../src/replay/bars/trade-event.ts';
import { FIRST_DAY, keepingBuilder } from '../../../property/bars/built-bars.ts';

const BAR = 100 * NS_PER_MS;
const SCAN = 5 * NS_PER_SECOND;

/** Trades as `[ns, id, price, asset]`, quantity 1. */
function started(config: Partial<BarConfig> = {}) {
  const kept = keepingBuilder({ ...DEFAULT_BARS, assets: 2, ...config });
  const trade = (ns: number, id: number, price: number, asset = 0) => kept.add({ asset, ns, id, price, qty: 1 });
  const advance = (ns: number) => kept.builder.advance(FIRST_DAY + Math.floor(ns / NS_PER_DAY), ns % NS_PER_DAY);
  return { ...kept, trade, advance };
}

describe('what a bar holds', () => {
  test('closed edge: a trade stamped t is known at t; open edge: it opens the next bar', () => {
    for (const [edge, expected] of [
      ['closed', [2, 2]], // (0, 100 ms] and (100, 200 ms]
      ['open', [1, 2]], // [0, 100 ms) and [100, 200 ms)
    ] as const) {
      const { trade, bars, builder } = started({ edge });
      trade(BAR - 1, 1, 1);
      trade(BAR, 2, 2);
      trade(2 * BAR + 1, 3, 3);
      builder.drain();
      expect(bars.map(({ stampNs, prices }) => [stampNs, prices[0]])).toEqual([
        [BAR, expected[0]],
        [2 * BAR, expected[1]],
      ]);
    }
  });

  test('an asset is NaN before its first trade, then its price is carried and the bar says 0 trades', () => {
    const { trade, bars, builder } = started();
    trade(1, 1, 10);
    trade(BAR + 1, 1, 20, 1);
    trade(3 * BAR + 1, 2, 11);
    builder.drain();
    expect(bars).toEqual([
      { stampNs: BAR, prices: [10, Number.NaN], trades: [1, 0], volumes: [1, 0] },
      { stampNs: 2 * BAR, prices: [10, 20], trades: [0, 1], volumes: [0, 1] },
      { stampNs: 3 * BAR, prices: [10, 20], trades: [0, 0], volumes: [0, 0] },
    ]);
    expect([...builder.counters.carried]).toEqual([2, 1]); // before its first trade nothing is carried
  });

  test('mids: no ids, so none is a duplicate and the last to arrive wins a tie; a crossed book is dropped', () => {
    const { trade, bars, builder, advance } = started();
    trade(1, Number.NaN, midPx(10, 12));
    trade(1, Number.NaN, midPx(10, 14));
    trade(2, Number.NaN, midPx(14, 10));
    advance(BAR + 1);
    expect(bars[0]).toMatchObject({ prices: [12, Number.NaN], trades: [2, 0] });
    expect(builder.counters.invalid[0]).toBe(1);
  });

  test.each([
    ['price NaN', Number.NaN, 1],
    ['price 0', 0, 1],
    ['price infinite', Number.POSITIVE_INFINITY, 1],
    ['quantity negative', 1, -1],
    ['quantity NaN', 1, Number.NaN],
  ])('%s: dropped and counted', (_, price, qty) => {
    const { add, builder, bars } = started();
    add({ asset: 1, ns: 1, id: 1, price, qty });
    builder.drain();
    expect(bars).toEqual([]);
    expect([...builder.counters.invalid]).toEqual([0, 1]);
  });
});

describe('when frames are emitted', () => {
  test('bars before the scan of the same instant, each with its number on the day grid', () => {
    const { builder, frame, order } = started();
    const numbers: string[] = [];
    const sink = new BarBuilder(
      { ...DEFAULT_BARS, assets: 2 },
      {
        frame,
        publish: () => numbers.push(`${frame.kind === FRAME_SCAN ? 'scan' : 'bar'} ${frame.scanNumber}`),
      },
    );
    for (const target of [builder, sink]) {
      target.advance(FIRST_DAY, SCAN - BAR);
      target.advance(FIRST_DAY, SCAN + 1);
    }
    expect(order).toEqual([`bar ${SCAN - BAR}`, `bar ${SCAN}`, `scan ${SCAN}`]);
    expect(numbers).toEqual(['bar 50', 'bar 51', 'scan 2']); // 00:00 is number 1
    expect(frame.kind).toBe(FRAME_SCAN);
    expect([...frame.signals].every(Number.isNaN)).toBe(true);
  });

  test('advance emits what has passed, not what may still get a trade stamped now', () => {
    const { trade, bars, advance } = started();
    trade(1, 1, 5);
    advance(BAR);
    expect(bars).toHaveLength(0);
    advance(BAR + 1);
    expect(bars).toHaveLength(1);
    advance(BAR - 50); // time does not go back
    advance(3 * BAR + 1);
    expect(bars.map(({ prices }) => prices[0])).toEqual([5, 5, 5]);
  });

  test('with a tolerance a bar waits for it, and takes what comes meanwhile', () => {
    const { trade, bars, builder } = started({ toleranceNs: 30 * NS_PER_MS });
    trade(BAR - 1, 2, 2);
    trade(BAR + 30 * NS_PER_MS, 3, 3); // exactly the tolerance past the end: still open
    trade(BAR - 2, 1, 1);
    expect(bars).toHaveLength(0);
    trade(BAR + 30 * NS_PER_MS + 1, 4, 4);
    expect(bars).toEqual([{ stampNs: BAR, prices: [2, Number.NaN], trades: [2, 0], volumes: [2, 0] }]);
    expect(builder.counters.outOfOrder[0]).toBe(1);
    expect(builder.counters.late[0]).toBe(0);
  });

  test('over midnight the grid begins anew and prices stay', () => {
    const { trade, bars, scans, builder } = started();
    trade(NS_PER_DAY - 1, 1, 7);
    trade(NS_PER_DAY + BAR + 1, 2, 8);
    builder.drain();
    expect(bars.map(({ stampNs }) => stampNs - NS_PER_DAY)).toEqual([0, BAR]);
    expect(scans.map(({ stampNs }) => stampNs - NS_PER_DAY)).toEqual([0]);
    expect(bars[1]?.prices[0]).toBe(7);
  });

  test('a silence: on to the end of its scan, again from the beginning of a scan, the price still known', () => {
    const { trade, scans, bars, builder } = started({ silenceNs: 60 * NS_PER_SECOND });
    trade(1, 1, 7);
    trade(3600 * NS_PER_SECOND + 1, 2, 8);
    builder.drain();
    trade(3605 * NS_PER_SECOND + 1, 3, 9);
    expect(scans.map(({ stampNs }) => stampNs / NS_PER_SECOND)).toEqual([5, 3605]);
    expect(scans.map(({ prices, trades }) => [prices[0], trades[0]])).toEqual([
      [7, 1],
      [8, 1],
    ]);
    expect(bars).toHaveLength(100);
    expect(builder.counters).toMatchObject({ bars: 100, scans: 2, gaps: 1, skipped: 35_950 }); // 3595 s
  });
});

describe('late and repeated events', () => {
  test('late: in no volume; its price counts from the next bar when the asset has no newer one', () => {
    const { trade, bars, builder } = started();
    trade(1, 1, 1);
    trade(BAR + 1, 1, 50, 1); // emits the first bar
    trade(3, 3, 3);
    trade(2, 2, 2); // late and older than the late one
    trade(2 * BAR + 1, 2, 51, 1);
    expect(bars.map(({ prices, trades }) => [prices[0], trades[0]])).toEqual([
      [1, 1],
      [3, 0],
    ]);
    expect(builder.counters.late[0]).toBe(2);
    expect(builder.counters.accepted[0]).toBe(1);
  });

  test('an id that came is dropped, per asset; one too far behind to tell is dropped too', () => {
    const { trade, builder } = started({ idMemory: 4, toleranceNs: BAR });
    for (const id of [10, 11, 11, 10, 12, 13, 14]) trade(id, id, 1);
    trade(11, 11, 1); // within the memory of 4: 11 to 14
    trade(10, 10, 1); // beyond it
    trade(10, 10, 1, 1); // another asset
    expect([...builder.counters.accepted]).toEqual([5, 1]);
    expect([...builder.counters.duplicates]).toEqual([3, 0]);
    expect([...builder.counters.forgotten]).toEqual([1, 0]);
  });

  test('a venue that begins its ids anew is followed', () => {
    const { trade, builder } = started({ idMemory: 4 });
    trade(1, 1_000_000, 1);
    trade(2, 1, 1);
    trade(3, 2, 1);
    expect(builder.counters.accepted[0]).toBe(3);
  });
});

test.each([
  [{ assets: 0 }, 'assets must be'],
  [{ assets: 401 }, 'assets must be'],
  [{ barNs: null, scanNs: null }, 'must make bars or scans'],
  [{ barNs: 7 * NS_PER_MS }, 'bar interval must be'],
  [{ barNs: 2 * NS_PER_SECOND }, 'must be a multiple of the bar interval'],
  [{ toleranceNs: -1 }, 'tolerance must be'],
  [{ toleranceNs: 3600 * NS_PER_SECOND }, 'tolerance must be'],
  [{ silenceNs: 1 }, 'silence must be'],
  [{ idMemory: 1000 }, 'id memory must be'],
])('refuses %o', (wrong, message) => {
  expect(() => started(wrong)).toThrow(message);
});

test('an asset outside the universe is refused', () => {
  expect(() => started().trade(1, 1, 1, 2)).toThrow('asset index must be 0 to 1, was 2');
});

test('nothing is allocated per event once warm', () => {
  const assets = 50;
  const frame = createFrame(assets);
  let bars = 0;
  const builder = new BarBuilder(
    { ...DEFAULT_BARS, assets, toleranceNs: BAR },
    {
      frame,
      publish: () => {
        if (frame.kind === FRAME_BAR) bars++;
      },
    },
  );
  const event = createTradeEvent();
  let count = 0;
  const feed = (events: number) => {
    for (let i = 0; i < events; i++) {
      count++;
      const ns = count * 200_000; // 0.2 ms: 500 events a bar
      event.assetIndex = count % assets;
      event.tsEventDay = FIRST_DAY;
      event.tsEventNsOfDay = count % 7 === 0 ? ns - 50 * NS_PER_MS : ns;
      event.price = 100 + (count % 13) / 8;
      event.qty = 0.5;
      event.tradeId = 5e9 + count - (count % 31 === 0 ? assets : 0);
      builder.add(event);
    }
  };
  feed(300_000);
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const before = getHeapStatistics().used_heap_size;
    feed(200_000);
    const grown = getHeapStatistics().used_heap_size - before;
    if (grown >= 0) least = Math.min(least, grown); // negative: a collection ran meanwhile
  }
  expect(bars).toBeGreaterThan(2000);
  expect(builder.counters.duplicates.some((dropped) => dropped > 0)).toBe(true);
  expect(least / 200_000).toBeLessThan(0.5); // bytes per event; one boxed number would be 16
});
