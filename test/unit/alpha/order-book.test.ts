import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  BOOK_CONFIRMS,
  BOOK_EDGE_TOO_SMALL,
  BOOK_FILL_UNLIKELY,
  BOOK_MARKET_STRESS,
  BOOK_NOT_PERSISTENT,
  BOOK_OTHER_SIDE,
  bookEdgeBps,
  bookObjection,
  bookWeight,
} from '../../../src/alpha/layers/order-book-gate.ts';
import { BOOK_REFUSED, BOOK_TAKEN, OrderBookFeatures } from '../../../src/alpha/order-book.ts';
import { LONG, SHORT } from '../../../src/model/direction.ts';
import { ASK_DEPTH_1, ASK_NOTIONAL_1, BID_DEPTH_1, BID_NOTIONAL_1, BOOK_VALUES } from '../../../src/model/frame.ts';
import { NS_PER_DAY, NS_PER_SECOND } from '../../../src/model/time.ts';

const units = JSON.parse(readFileSync(new URL('../../golden/units.json', import.meta.url), 'utf8'));
const DAY = 20_458;

interface Side {
  readonly bid?: number;
  readonly ask?: number;
  readonly bidDepth?: number;
  readonly askDepth?: number;
}

/** A snapshot with bid and ask notionals at 1 %; VWAPs 99.5 and 100.5 (a spread proxy of 100 bps) unless said. */
function snapshot({ bid = 1000, ask = 1000, bidDepth = bid / 99.5, askDepth = ask / 100.5 }: Side): Float64Array {
  const values = new Float64Array(BOOK_VALUES);
  values[BID_NOTIONAL_1] = bid;
  values[BID_DEPTH_1] = bidDepth;
  values[ASK_NOTIONAL_1] = ask;
  values[ASK_DEPTH_1] = askDepth;
  return values;
}

function books(assets: number, excluded: number[] = []): OrderBookFeatures {
  return new OrderBookFeatures(
    assets,
    Uint8Array.from({ length: assets }, (_, a) => (excluded.includes(a) ? 1 : 0)),
  );
}

/** Snapshots of asset `a`, a second apart from second 1. */
function feed(book: OrderBookFeatures, a: number, sides: readonly Side[]): OrderBookFeatures {
  for (const [i, side] of sides.entries()) book.apply(a, DAY, (i + 1) * NS_PER_SECOND, snapshot(side));
  return book;
}

test('features follow the reference snapshot by snapshot', () => {
  const book = books(1);
  for (const [i, step] of units.orderBook.entries()) {
    const side = {
      bid: step.bid_notional_1,
      ask: step.ask_notional_1,
      bidDepth: step.bid_depth_1,
      askDepth: step.ask_depth_1,
    };
    expect(book.apply(0, DAY, i * NS_PER_SECOND, snapshot(side))).toBe(BOOK_TAKEN);
    const features = {
      spread_proxy_bps: book.spreadProxyBps[0]!,
      depth_quality: book.depthQuality[0]!,
      depth_asymmetry: book.depthAsymmetry[0]!,
      imbalance_persistence: book.imbalancePersistence[0]!,
      withdrawal_velocity: book.withdrawalVelocity[0]!,
      macro_imbalance: book.macroImbalance[0]!,
      macro_spread_bps: book.macroSpreadBps[0]!,
      fill_probability: book.fillProbability[0]!,
    };
    for (const [name, value] of Object.entries(features)) {
      expect(Math.abs(value - step[name]), `snapshot ${i}, ${name}`).toBeLessThanOrEqual(1e-9 * Math.abs(step[name]));
    }
  }
});

describe('a snapshot is refused, and the one before stays,', () => {
  test.each<[string, Side]>([
    ['without bids', { bid: 0, bidDepth: 10 }],
    ['with a negative ask notional', { ask: -1, askDepth: 10 }],
    ['with a depth that is no number', { bidDepth: Number.NaN }],
    ['with an infinite depth', { askDepth: Number.POSITIVE_INFINITY }],
    ['with a spread proxy of 0', { bidDepth: 10, askDepth: 10 }],
    ['crossed', { bidDepth: 9, askDepth: 10 }],
  ])('%s', (_, side) => {
    const book = feed(books(1), 0, [{ bid: 3000 }]);
    expect(book.apply(0, DAY, 50 * NS_PER_SECOND, snapshot(side))).toBe(BOOK_REFUSED);
    expect(book.depthAsymmetry[0]).toBe(0.5); // (3000 - 1000) / 4000
    expect(book.isUsable(0, DAY, 61 * NS_PER_SECOND)).toBe(true); // its age, too, is that of the one before
    expect(book.isUsable(0, DAY, 62 * NS_PER_SECOND)).toBe(false);
  });

  test('but of an excluded asset nothing is refused and nothing taken', () => {
    const book = books(2, [1]);
    expect(book.apply(1, DAY, 0, snapshot({ bid: -1 }))).toBe(BOOK_TAKEN);
    expect(book.apply(1, DAY, 0, snapshot({}))).toBe(BOOK_TAKEN);
    expect(book.isUsable(1, DAY, 0)).toBe(false);
  });
});

describe('age', () => {
  const at = 100 * NS_PER_SECOND;
  test.each([
    ['same time', 0, true],
    ['60 s', 60, true],
    ['a nanosecond more', 60.000000001, false],
    ['newer than the bar', -0.000000001, false],
  ])('%s', (_, ageSeconds, isUsable) => {
    const book = books(1);
    book.apply(0, DAY, at, snapshot({}));
    expect(book.isUsable(0, DAY, at + Math.round(ageSeconds * NS_PER_SECOND))).toBe(isUsable);
  });

  test('runs across midnight', () => {
    const book = books(1);
    book.apply(0, DAY, NS_PER_DAY - 30 * NS_PER_SECOND, snapshot({}));
    expect(book.isUsable(0, DAY + 1, 30 * NS_PER_SECOND)).toBe(true);
    expect(book.isUsable(0, DAY + 1, 31 * NS_PER_SECOND)).toBe(false);
  });

  test('ends with the day', () => {
    const book = feed(books(1), 0, [{}]);
    book.reset();
    expect(book.isUsable(0, DAY, NS_PER_SECOND)).toBe(false);
    expect(book.fillProbability[0]).toBeNaN();
    feed(book, 0, [{ bid: 3000 }]);
    expect(book.depthQuality[0]).toBe(1); // the median of a new day holds this one alone
    expect(book.macroImbalance[0]).toBe(0.5);
  });
});

describe('signal features', () => {
  test('persistence needs ten snapshots and a side', () => {
    const nine = Array<Side>(9).fill({ bid: 2000 });
    const book = feed(books(1), 0, nine);
    expect(book.imbalancePersistence[0]).toBe(0);
    feed(book, 0, [{ ask: 2000 }]);
    expect(book.imbalancePersistence[0]).toBe(0.1);
    feed(book, 0, [{ bid: 2000 }]);
    expect(book.imbalancePersistence[0]).toBe(0.9);
    feed(book, 0, [{}]);
    expect(book.imbalancePersistence[0]).toBe(0);
  });

  test('withdrawal is the change over ten snapshots per snapshot, 0 with fewer than eleven', () => {
    const book = feed(books(1), 0, Array<Side>(10).fill({}));
    expect(book.withdrawalVelocity[0]).toBe(0);
    feed(book, 0, [{ bid: 500, ask: 500 }]);
    expect(book.withdrawalVelocity[0]).toBe((1000 / 2000 - 1) / 10);
  });

  test('a deep book at the usual spread: sigmoid(ln(0.62 / 0.38) + ln(quality))', () => {
    const book = feed(books(1), 0, [{}, {}, { bid: 2000, ask: 2000 }]); // quality 4000 / 2000
    const logit = Math.log(0.62 / 0.38) + Math.log(2);
    expect(book.fillProbability[0]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 14);
  });
});

describe('market features', () => {
  /** One snapshot per asset, the last of eleven the given share of the first ten: withdrawal (share - 1) / 10. */
  const market = (assets: readonly { readonly bid: number; readonly share: number }[]) => {
    const book = books(assets.length);
    for (const [a, { bid, share }] of assets.entries()) {
      const side = { bid, ask: 1000 };
      feed(book, a, [...Array<Side>(10).fill(side), { bid: bid * share, ask: 1000 * share }]);
    }
    book.refreshMarket(DAY, 20 * NS_PER_SECOND);
    return book;
  };
  const stable = (bid: number) => ({ bid, share: 1 });
  const fleeing = (bid: number) => ({ bid, share: 0.75 }); // -0.025 a snapshot

  test.each([
    ['all on one side', [stable(2000), stable(3000), stable(1500)], 1, 1, 0, 0],
    ['most on one side', [stable(2000), stable(3000), stable(500)], 1, 2 / 3, 0, 0],
    ['split, nobody leaves: calm', [stable(2000), stable(600)], 1, 0.5, 0, -1],
    ['a median of nothing', [stable(2000), stable(1000), stable(500)], 0, 1 / 3, 0, -1],
    ['two leave: below the least of three', [fleeing(500), fleeing(500), stable(2000)], -1, 2 / 3, 2, 0],
    ['three leave: stress', [fleeing(500), fleeing(500), fleeing(500)], -1, 1, 3, 1],
    [
      'three of thirty-one: a tenth is four',
      [...Array(3).fill(fleeing(500)), ...Array(28).fill(stable(500))],
      -1,
      1,
      3,
      0,
    ],
    ['four of thirty-one: stress', [...Array(4).fill(fleeing(500)), ...Array(27).fill(stable(500))], -1, 1, 4, 1],
  ])('%s', (_, assets, sign, agreement, cascade, regime) => {
    const book = market(assets);
    expect([book.marketSign, book.cascadeCount, book.regimeSignal]).toEqual([sign, cascade, regime]);
    expect(book.agreementPct).toBeCloseTo(agreement, 15);
  });

  test('are over the usable snapshots alone', () => {
    const book = feed(books(3, [2]), 0, [{ bid: 2000 }]);
    feed(book, 2, [{ ask: 9000 }]);
    book.apply(1, DAY, 200 * NS_PER_SECOND, snapshot({ ask: 5000 }));
    book.refreshMarket(DAY, 30 * NS_PER_SECOND);
    expect([book.marketSign, book.agreementPct]).toEqual([1, 1]);
    book.refreshMarket(DAY, 150 * NS_PER_SECOND);
    expect([book.marketSign, book.agreementPct, book.regimeSignal]).toEqual([0, 0, 0]);
  });
});

describe('the gate names its first objection', () => {
  const params = { minFillProbability: 0.6, minPersistence: 0.4, minEdgeBps: 5 };
  /** A book whose last snapshots lean to the bid: z > 0, persistence 1, edge z * 100 bps. */
  const leaning = () => feed(books(1), 0, [{}, ...Array<Side>(12).fill({ bid: 1500, ask: 500 })]);

  test.each([
    ['confirms its own side', LONG, params, BOOK_CONFIRMS],
    ['the other side', SHORT, params, BOOK_OTHER_SIDE],
    ['a fill probability below the least', LONG, { ...params, minFillProbability: 0.63 }, BOOK_FILL_UNLIKELY],
    ['fill before side', SHORT, { ...params, minFillProbability: 0.63 }, BOOK_FILL_UNLIKELY],
    ['persistence', LONG, { ...params, minPersistence: 1.1 }, BOOK_NOT_PERSISTENT],
    ['an edge below the least', LONG, { ...params, minEdgeBps: 60 }, BOOK_EDGE_TOO_SMALL],
  ])('%s', (_, direction, limits, expected) => {
    expect(bookObjection(leaning(), 0, direction, limits)).toBe(expected);
  });

  test('the least values themselves pass', () => {
    const book = leaning();
    const limits = {
      minFillProbability: book.fillProbability[0]!,
      minPersistence: book.imbalancePersistence[0]!,
      minEdgeBps: bookEdgeBps(book, 0),
    };
    expect(bookObjection(book, 0, LONG, limits)).toBe(BOOK_CONFIRMS);
  });

  test('market stress against the direction, and only against it', () => {
    const book = leaning();
    book.regimeSignal = 1;
    book.marketSign = -1;
    expect(bookObjection(book, 0, LONG, params)).toBe(BOOK_MARKET_STRESS);
    book.marketSign = 1;
    expect(bookObjection(book, 0, LONG, params)).toBe(BOOK_CONFIRMS);
    book.marketSign = -1;
    book.regimeSignal = 0;
    expect(bookObjection(book, 0, LONG, params)).toBe(BOOK_CONFIRMS);
  });

  test('the weight is 1 + agreement x d x z', () => {
    const book = leaning();
    book.agreementPct = 0.5;
    const z = book.depthAsymmetry[0]! - book.macroImbalance[0]!;
    expect(bookWeight(book, 0, LONG)).toBeCloseTo(1 + 0.5 * z, 15);
    expect(bookWeight(book, 0, SHORT)).toBeCloseTo(1 - 0.5 * z, 15);
  });
});
