import { describe, expect, it } from 'vitest';
import { applyTick } from '../../../../src/exec/venue/apply-tick.ts';
import type { SimulatedVenue } from '../../../../src/exec/venue/simulated-venue.ts';
import { BUY, SELL } from '../../../../src/model/order.ts';
import {
  createTick,
  DEPTH_LEVELS,
  DEPTH_VALUES,
  TICK_DEPTH,
  TICK_FUNDING,
  TICK_MARK,
  TICK_QUOTE,
  TICK_TRADE,
  type Tick,
} from '../../../../src/model/tick.ts';
import { VENUE_FILL, VENUE_FUNDING } from '../../../../src/model/venue.ts';
import { bar, barVenue, bookVenue, DAY, limit, market, SECOND } from '../../../support/venue-bench.ts';

function tick(kind: number, seconds: number, values: readonly number[]): Tick {
  const made = createTick();
  made.values.set(values);
  return Object.assign(made, {
    kind,
    assetIndex: 0,
    tsEventDay: DAY,
    tsEventNsOfDay: seconds * SECOND,
    valueCount: values.length,
  });
}

/** A book of levels a tick apart, size 1 each; levels beyond `levels` are missing. */
function depth(seconds: number, bid: number, ask: number, levels = DEPTH_LEVELS): Tick {
  const made = tick(TICK_DEPTH, seconds, new Array(DEPTH_VALUES).fill(1));
  for (let i = 0; i < DEPTH_LEVELS; i++) {
    made.values[i] = i < levels ? bid - 0.1 * i : Number.NaN;
    made.values[2 * DEPTH_LEVELS + i] = i < levels ? ask + 0.1 * i : 0;
  }
  return made;
}

function touchOf(venue: SimulatedVenue): number[] {
  const touch = { bidPx: 0, askPx: 0 };
  venue.readInto(touch, 0);
  return [touch.bidPx, touch.askPx];
}

describe('ticks at a venue of books', () => {
  it('a book replaces the one before, level by level; levels without a price are none', () => {
    const { venue } = bookVenue();
    applyTick(venue, depth(1, 100, 100.1));
    applyTick(venue, depth(2, 90, 90.1, 2));
    expect(touchOf(venue)).toEqual([90, 90.1]);
    venue.submit(market(0, 2, { side: BUY, qty: 3 }));
    venue.advanceTo(DAY, 3 * SECOND);
    expect(venue.positionQty(0)).toBe(2); // two asks of 1 each, and no more book
  });

  it('best levels move the touch', () => {
    const { venue } = bookVenue();
    applyTick(venue, depth(1, 100, 100.1));
    applyTick(venue, tick(TICK_QUOTE, 2, [99.5, 1, 99.6, 1]));
    expect(touchOf(venue)).toEqual([99.5, 99.6]);
  });

  it('a trade through a resting order fills it', () => {
    const { venue, heard } = bookVenue();
    applyTick(venue, depth(1, 100, 100.1));
    venue.submit(limit(0, 1, { side: BUY, limitPx: 100, qty: 1 }));
    applyTick(venue, tick(TICK_TRADE, 2, [99.9, 0.4, SELL]));
    venue.advanceTo(DAY, 2 * SECOND);
    expect(heard.ofKind(VENUE_FILL)).toMatchObject([{ lastPx: 100, lastQty: 0.4, isMaker: 1 }]);
  });

  it('funding is settled at the told mark price, else at that of the last trade, else not', () => {
    const { venue, heard } = bookVenue();
    applyTick(venue, depth(1, 100, 100.1));
    venue.submit(market(0, 1, { side: BUY, qty: 1 }));
    venue.advanceTo(DAY, 2 * SECOND);
    applyTick(venue, tick(TICK_FUNDING, 3, [0.01, Number.NaN]));
    applyTick(venue, tick(TICK_TRADE, 4, [50, 1, SELL]));
    applyTick(venue, tick(TICK_FUNDING, 5, [0.01, Number.NaN]));
    applyTick(venue, tick(TICK_FUNDING, 6, [0.01, 200]));
    venue.advanceTo(DAY, 7 * SECOND);
    expect(heard.ofKind(VENUE_FUNDING).map(({ lastPx, fee }) => [lastPx, fee])).toEqual([
      [50, 0.5],
      [200, 2],
    ]);
    expect(venue.account.fundingPaid).toBe(2.5);
  });
});

describe('ticks at a venue of bars', () => {
  it('funding without a mark price is settled at the last bar', () => {
    const { venue } = barVenue();
    bar(venue, 1, 100);
    venue.submit(market(0, 1, { side: SELL, qty: 2 }));
    bar(venue, 2, 110);
    applyTick(venue, tick(TICK_FUNDING, 3, [0.01, Number.NaN]));
    expect(venue.account.fundingPaid).toBeCloseTo(-2.2, 12);
  });

  it('a mark price says nothing, and anything else was meant for another venue', () => {
    const { venue } = barVenue();
    applyTick(venue, tick(TICK_MARK, 1, [100]));
    expect(() => applyTick(venue, tick(TICK_TRADE, 1, [100, 1, BUY]))).toThrow('tick kind 2 means nothing to BarVenue');
  });
});
