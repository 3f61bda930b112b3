import fc from 'fast-check';
import type { BookVenue } from '../../../../src/exec/venue/book-venue.ts';
import { createBookUpdate } from '../../../../src/exec/venue/market-data.ts';
import { BUY, SELL } from '../../../../src/model/order.ts';
import { DAY, limit, market, reference, SECOND } from '../../../support/venue-bench.ts';

/** One thing that the market or the trader does, `afterS` seconds after the one before. */
export type Action = { readonly afterS: number } & (
  | { readonly does: 'book' | 'change'; readonly bids: readonly number[][]; readonly asks: readonly number[][] }
  | { readonly does: 'print'; readonly px: number; readonly qty: number; readonly aggressor: number }
  | {
      readonly does: 'limit';
      readonly side: number;
      readonly px: number;
      readonly qty: number;
      readonly isReduceOnly: boolean;
    }
  | { readonly does: 'market'; readonly side: number; readonly qty: number; readonly isReduceOnly: boolean }
  | { readonly does: 'cancel' | 'query'; readonly back: number }
  | { readonly does: 'funding'; readonly rate: number }
);

const side = fc.constantFrom(BUY, SELL);
const isReduceOnly = fc.constantFrom(false, false, true);
const aggressor = fc.constantFrom(BUY, SELL, 0);
/** Base units: whole lots, and now and then not. */
const qty = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 3000 }).map((lots) => lots / 1000) },
  { weight: 1, arbitrary: fc.constantFrom(0, 0.0005, -1, Number.NaN) },
);
/** Quote currency around 100. */
const px = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 994, max: 1008 }).map((ticks) => ticks / 10) },
  { weight: 1, arbitrary: fc.constantFrom(99.95, 0, Number.NaN) },
);
const afterS = fc.constantFrom(0, 0, 0.001, 0.1, 1, 30);

/** A book around a middle that moves: bids below, asks above, never crossed. */
const book = fc
  .tuple(
    fc.integer({ min: 995, max: 1005 }),
    fc.integer({ min: 1, max: 3 }),
    fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 6, maxLength: 6 }),
  )
  .map(([middle, spread, lots]) => ({
    bids: [0, 1, 2].map((i) => [(middle - i) / 10, (lots[i] as number) / 1000]),
    asks: [0, 1, 2].map((i) => [(middle + spread + i) / 10, (lots[3 + i] as number) / 1000]),
  }));
/** Levels that change: far from the middle, so that the sides do not cross. */
const change = fc
  .tuple(fc.integer({ min: 985, max: 995 }), fc.integer({ min: 1005, max: 1015 }), fc.integer({ min: 0, max: 3000 }))
  .map(([bid, ask, lots]) => ({ bids: [[bid / 10, lots / 1000]], asks: [[ask / 10, lots / 1000]] }));

/** A market and a trader who both do as they like. */
export const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ does: fc.constant('book' as const), afterS, levels: book }).map(flat) },
    fc.record({ does: fc.constant('change' as const), afterS, levels: change }).map(flat),
    fc.record({
      does: fc.constant('print' as const),
      afterS,
      px: px.filter((value) => value > 0),
      qty: qty.filter((value) => value > 0),
      aggressor,
    }),
    fc.record({ does: fc.constant('limit' as const), afterS, side, px, qty, isReduceOnly }),
    fc.record({ does: fc.constant('limit' as const), afterS, side, px, qty, isReduceOnly: fc.constant(false) }),
    fc.record({ does: fc.constant('market' as const), afterS, side, qty, isReduceOnly }),
    fc.record({
      does: fc.constantFrom('cancel' as const, 'query' as const),
      afterS,
      back: fc.integer({ min: 0, max: 5 }),
    }),
    fc.record({ does: fc.constant('funding' as const), afterS, rate: fc.constantFrom(0.0001, -0.0003) }),
  ),
  { minLength: 40, maxLength: 120 },
);

function flat<T extends { levels: { bids: number[][]; asks: number[][] } }>({
  levels,
  ...rest
}: T): Omit<T, 'levels'> & T['levels'] {
  return { ...rest, ...levels };
}

/** Plays actions to a venue, from second 1 of the day on. Orders are numbered from 0 in the order of their sending. */
export class Player {
  seconds = 1;
  sent = 0;
  private readonly venue: BookVenue;

  constructor(venue: BookVenue) {
    this.venue = venue;
  }

  play(action: Action): void {
    this.seconds = Math.round((this.seconds + action.afterS) * 1000) / 1000;
    this.perform(action);
    this.venue.advanceTo(DAY, this.seconds * SECOND);
  }

  private perform(action: Action): void {
    const { venue, seconds } = this;
    const stamp = { assetIndex: 0, tsEventDay: DAY, tsEventNsOfDay: seconds * SECOND };
    switch (action.does) {
      case 'book':
      case 'change': {
        const update = Object.assign(createBookUpdate(3), stamp, { isSnapshot: action.does === 'book' });
        for (const name of ['bids', 'asks'] as const) {
          update[name].count = action[name].length;
          for (const [i, level] of action[name].entries())
            [update[name].px[i], update[name].qty[i]] = level as [number, number];
        }
        venue.onBook(update);
        break;
      }
      case 'print':
        venue.onPrint({ ...stamp, px: action.px, qty: action.qty, aggressor: action.aggressor });
        break;
      case 'limit':
        venue.submit(
          limit(this.sent++, seconds, {
            side: action.side,
            limitPx: action.px,
            qty: action.qty,
            isReduceOnly: action.isReduceOnly,
          }),
        );
        break;
      case 'market':
        venue.submit(
          market(this.sent++, seconds, { side: action.side, qty: action.qty, isReduceOnly: action.isReduceOnly }),
        );
        break;
      case 'cancel':
        venue.cancel(reference(this.sent - 1 - action.back, seconds));
        break;
      case 'query':
        venue.query(reference(this.sent - 1 - action.back, seconds));
        break;
      case 'funding':
        venue.onFunding(DAY, seconds * SECOND, 0, 100, action.rate);
        break;
    }
  }
}
