import { describe, expect, it } from 'vitest';
import { multipleOfStep, postOnlyLimitPx } from '../../../src/exec/limit-price.ts';
import { BUY, SELL } from '../../../src/model/order.ts';

describe('limit price of a post-only order', () => {
  it.each([
    // One tick of spread: nothing fits inside, both sides join the touch.
    ['sell, one tick', SELL, 100, 100.1, 0.1, 100.1],
    ['buy, one tick', BUY, 100, 100.1, 0.1, 100],
    // mid 60005, 1 bp = 6.0005; ask - 6.0005 = 60003.9995 -> up to 60004; bid + 6.0005 = 60006.0005 -> down to 60006.
    ['sell, ten whole ticks', SELL, 60000, 60010, 1, 60004],
    ['buy, ten whole ticks', BUY, 60000, 60010, 1, 60006],
    // mid 60005, 6.0005 in ticks of 0.1: 60003.9995 -> 60004.0; 60006.0005 -> 60006.0.
    ['sell, a hundred ticks', SELL, 60000, 60010, 0.1, 60004],
    ['buy, a hundred ticks', BUY, 60000, 60010, 0.1, 60006],
    // mid 1.00005, 1 bp = 0.000100005: ask - that = 0.999999995 is below bid + tick; bid + that is above ask - tick.
    ['sell, a basis point that is just more than the spread', SELL, 1, 1.0001, 0.00001, 1.00001],
    ['buy, a basis point that is just more than the spread', BUY, 1, 1.0001, 0.00001, 1.00009],
    // mid 0.07005, 1 bp = 0.000007005 = 0.7005 ticks of 0.00001: ceil keeps the ask, floor keeps the bid.
    ['sell, a basis point below a tick', SELL, 0.07, 0.0701, 0.00001, 0.0701],
    ['buy, a basis point below a tick', BUY, 0.07, 0.0701, 0.00001, 0.07],
    // mid 20000, 1 bp = 2 exactly: 20010 - 2 and 19990 + 2 lie on the tick and stay there.
    ['sell, exactly a basis point on the tick', SELL, 19990, 20010, 1, 20008],
    ['buy, exactly a basis point on the tick', BUY, 19990, 20010, 1, 19992],
    // 0.3 is 2.9999999999999996 ticks of 0.1 by division: it is three, not two.
    ['sell, a touch that no binary fraction holds', SELL, 0.2, 0.3, 0.1, 0.3],
    ['buy, a touch that no binary fraction holds', BUY, 0.2, 0.3, 0.1, 0.2],
    // Off the ticks: bid 100.03 counts as 100.0, ask 100.17 as 100.2.
    ['sell, a touch off the ticks is widened', SELL, 100.03, 100.17, 0.1, 100.2],
    ['buy, a touch off the ticks is widened', BUY, 100.03, 100.17, 0.1, 100],
  ])('%s', (_name, side, bidPx, askPx, tickPx, expected) => {
    expect(postOnlyLimitPx(side, bidPx, askPx, tickPx)).toBe(expected);
  });

  it.each([
    ['no bid', Number.NaN, 100],
    ['no ask', 100, Number.NaN],
    ['crossed', 101, 100],
    ['locked', 100, 100],
    ['a bid of zero', 0, 1],
    ['an infinite ask', 1, Number.POSITIVE_INFINITY],
  ])('is NaN with %s', (_name, bidPx, askPx) => {
    expect(postOnlyLimitPx(SELL, bidPx, askPx, 0.1)).toBeNaN();
    expect(postOnlyLimitPx(BUY, bidPx, askPx, 0.1)).toBeNaN();
  });

  it('never crosses, never leaves its own side, and lies on a tick, whatever the touch', () => {
    for (const tickPx of [0.00001, 0.0001, 0.01, 0.1, 0.5, 1]) {
      for (let bidTicks = 1; bidTicks < 3_000_000; bidTicks = Math.ceil(bidTicks * 1.37)) {
        for (const spread of [1, 2, 3, 7, 50, 1000]) {
          const bid = multipleOfStep(bidTicks, tickPx);
          const ask = multipleOfStep(bidTicks + spread, tickPx);
          for (const side of [BUY, SELL]) {
            const limit = postOnlyLimitPx(side, bid, ask, tickPx);
            const ticks = Math.round(limit / tickPx);
            expect(limit).toBe(multipleOfStep(ticks, tickPx));
            if (side === BUY) expect(limit >= bid && limit < ask).toBe(true);
            else expect(limit <= ask && limit > bid).toBe(true);
          }
        }
      }
    }
  });
});

describe('multiples of a step', () => {
  it.each([
    ['tenths', 7, 0.1, 0.7],
    ['thousandths', 1_234_567, 0.001, 1234.567],
    ['halves', 3, 0.5, 1.5],
    ['fives of a cent', 3, 0.05, 0.15],
    ['tens', 7, 10, 70],
    ['a step without a whole reciprocal', 2, 0.3, 0.6],
  ])('%s are the nearest doubles', (_name, count, step, expected) => {
    expect(multipleOfStep(count, step)).toBe(expected);
  });
});
