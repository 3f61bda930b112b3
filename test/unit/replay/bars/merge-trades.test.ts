import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MergedTrades, type TradeColumns } from '../../../../src/replay/bars/merge-trades.ts';
import { createTradeEvent } from '../../../../src/replay/bars/trade-event.ts';

function source(stamps: readonly (readonly [day: number, ns: number])[]): TradeColumns {
  const column = (value: (index: number) => number) => Float64Array.from(stamps, (_, index) => value(index));
  return {
    days: column((index) => stamps[index]?.[0] as number),
    nsOfDay: column((index) => stamps[index]?.[1] as number),
    prices: column((index) => index + 0.5),
    qtys: column((index) => index * 2),
    ids: column((index) => index),
  };
}

test('all trades of all assets in order of time, ties by asset, each with its own values', () => {
  const stamp = fc.tuple(fc.nat(2), fc.nat(5));
  const order = (a: readonly number[], b: readonly number[]) =>
    (a[0] as number) - (b[0] as number) || (a[1] as number) - (b[1] as number);
  const stamps = fc.array(stamp, { maxLength: 12 }).map((list) => list.sort(order));
  fc.assert(
    fc.property(fc.array(stamps, { maxLength: 9 }), (lists) => {
      const merged = new MergedTrades(lists.map(source));
      const event = createTradeEvent();
      const found: number[][] = [];
      while (merged.next(event)) {
        expect([event.price, event.qty]).toEqual([event.tradeId + 0.5, event.tradeId * 2]);
        found.push([event.tsEventDay, event.tsEventNsOfDay, event.assetIndex, event.tradeId]);
      }
      const all = lists.flatMap((list, asset) => list.map(([day, ns], index) => [day, ns, asset, index]));
      expect(found).toEqual(all.sort((a, b) => order(a, b) || (a[2] as number) - (b[2] as number)));
    }),
  );
});
