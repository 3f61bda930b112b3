import { describe, expect, test } from 'vitest';
import { Histories, PRICE_HISTORY_MAX_BARS } from '../../../src/alpha/histories.ts';

const NONE = Number.NaN;

/** Two assets (three with an excluded first), the last one the reference; short windows. */
function histories({ excluded = [0, 0], lookbackBars = 3, volWindowBars = 2 } = {}): Histories {
  return new Histories({
    assets: excluded.length,
    excluded: Uint8Array.from(excluded),
    referenceAsset: excluded.length - 1,
    lookbackBars,
    momentumBars: PRICE_HISTORY_MAX_BARS - 1,
    volWindowBars,
  });
}

function append(h: Histories, rows: readonly (readonly number[])[], gapAt = -1): Histories {
  for (const [t, row] of rows.entries()) h.append(Float64Array.from(row), t === gapAt);
  return h;
}

describe('returns', () => {
  test('exist only when the bar right before had a valid price too', () => {
    const h = append(histories(), [
      [100, 10],
      [NONE, 11],
      [102, 11],
    ]);
    expect([...h.returns]).toEqual([NONE, 0]);
    h.append(Float64Array.of(103, 0), false);
    expect(h.returns[0]).toBe(103 / 102 - 1);
    expect(h.returns[1]).toBeNaN();
  });

  test('are all missing after a gap, while prices still enter the history', () => {
    const h = append(
      histories(),
      [
        [100, 10],
        [101, 11],
      ],
      1,
    );
    expect([...h.returns]).toEqual([NONE, NONE]);
    expect(h.momentum(0, 1)).toBe(101 / 100 - 1);
    expect([h.signCount(0), h.signCount(1)]).toEqual([0, 0]);
  });

  test.each([0, -5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, NONE])('price %f is missing', (price) => {
    const h = append(histories(), [
      [100, 10],
      [price, 10],
    ]);
    expect(h.returns[0]).toBeNaN();
    expect(h.priceCount(0)).toBe(1);
  });
});

describe('relative signs', () => {
  test('are against the mean of the basket: a falling asset that falls less has sign +1', () => {
    const h = append(histories(), [
      [100, 100],
      [99, 98],
    ]); // -1 % and -2 %, mean -1.5 %
    expect([h.signsAlong(0, 1), h.signsAlong(1, 1)]).toEqual([1, 0]);
    expect([h.signsAlong(0, -1), h.signsAlong(1, -1)]).toEqual([0, 1]);
  });

  test('are 0 within 1e-15 of the mean, and count neither up nor down', () => {
    const h = append(histories({ lookbackBars: 2 }), [
      [100, 10],
      [101, 10.1],
      [100, 10],
    ]);
    expect([h.signCount(0), h.signCount(1)]).toEqual([2, 2]);
    expect([h.alignment(0, 1), h.alignment(0, -1)]).toEqual([0, 0]);
  });

  test('leave the ring after `lookback` newer ones', () => {
    const up = [
      [100, 100],
      [101, 100],
      [102, 100],
    ];
    const h = append(histories({ lookbackBars: 2 }), [...up, [101, 100], [100, 100]]);
    expect(h.alignment(0, 1)).toBe(0);
    expect(h.alignment(0, -1)).toBe(1);
  });

  test('have no alignment before the ring is full', () => {
    const h = append(histories({ lookbackBars: 3 }), [
      [100, 100],
      [101, 100],
      [102, 100],
    ]);
    expect(h.alignment(0, 1)).toBeNaN();
    h.append(Float64Array.of(103, 100), false);
    expect(h.alignment(0, 1)).toBe(1);
  });

  test('know nothing of an excluded asset, whose leap would move the mean', () => {
    const h = append(histories({ excluded: [1, 0, 0] }), [
      [1, 100, 100],
      [50, 101, 100],
    ]);
    expect(h.returns[0]).toBeNaN();
    expect(h.priceCount(0)).toBe(0);
    expect([0, 1, 2].map((a) => h.signsAlong(a, 1))).toEqual([0, 1, 0]);
    expect([...h.included]).toEqual([1, 2]);
  });

  test('of an asset alone are 0: it is its own basket', () => {
    const h = append(histories(), [
      [100, NONE],
      [110, NONE],
    ]);
    expect([h.signCount(0), h.signsAlong(0, 1), h.signsAlong(0, -1)]).toEqual([1, 0, 0]);
  });
});

describe('momentum', () => {
  test('runs over valid prices, whatever bars they came on', () => {
    const h = append(histories(), [
      [100, 1],
      [NONE, 1],
      [0, 1],
      [110, 1],
    ]);
    expect(h.momentum(0, 1)).toBe(110 / 100 - 1);
    expect(h.momentum(0, 2)).toBeNaN();
  });

  test('reaches back over the seam of the ring, as far as 500 kept prices allow', () => {
    const h = histories();
    const bars = PRICE_HISTORY_MAX_BARS + 100;
    for (let t = 0; t < bars; t++) h.append(Float64Array.of(t + 1, 1), false);
    const lookback = PRICE_HISTORY_MAX_BARS - 1;
    expect(h.momentum(0, lookback)).toBe(bars / (bars - lookback) - 1);
  });
});

describe('volatility of the reference asset', () => {
  test('is over its last returns however many bars they span', () => {
    // returns 0.1 and (a hole) -0.1: mean 0, population std 0.1
    const h = append(histories(), [
      [1, 100],
      [1, 110],
      [1, NONE],
      [1, 100],
      [1, 90],
    ]);
    expect(h.referenceVolatility()).toBeCloseTo(0.1, 15);
  });

  test('is unknown with fewer returns than its window, and after a reset', () => {
    const h = append(histories(), [
      [1, 100],
      [1, 110],
    ]);
    expect(h.referenceVolatility()).toBeNaN();
    h.append(Float64Array.of(1, 120), false);
    expect(h.referenceVolatility()).not.toBeNaN();
    h.reset();
    expect(h.referenceVolatility()).toBeNaN();
    h.append(Float64Array.of(1, 130), false);
    expect([...h.returns]).toEqual([NONE, NONE]);
  });
});
