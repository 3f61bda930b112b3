import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LONG, SHORT } from '../../../src/model/direction.ts';
import { FILL_APPLIED, type PositionFill, PositionManager } from '../../../src/portfolio/position-manager.ts';

const ASSETS = 3;
const CASH = 25_000;
const LOT = 0.001;

/** Quantities in whole lots, prices on a tick, fees as a rate of up to 0.1 % either way. */
const anyFill = fc
  .record({
    assetIndex: fc.integer({ min: 0, max: ASSETS - 1 }),
    side: fc.constantFrom(-1, 1),
    leg: fc.constantFrom(LONG, SHORT),
    lots: fc.integer({ min: 1, max: 50_000 }),
    ticks: fc.integer({ min: 1, max: 1_000_000 }),
    feeBps: fc.integer({ min: -10, max: 10 }),
  })
  .map(({ lots, ticks, feeBps, ...fill }) => {
    const qty = lots * LOT;
    const price = ticks * 0.01;
    return { ...fill, lots, qty, price, fee: qty * price * feeBps * 1e-4 };
  });
type AnyFill = PositionFill & { readonly lots: number };
const anyFills = fc.array(anyFill, { maxLength: 60 });
const marks = fc.array(fc.double({ min: 0.01, max: 1e4, noNaN: true }), { minLength: ASSETS, maxLength: ASSETS });

/** The accounts' own arithmetic: nothing of averages, only what went over the counter. */
function naive(fills: readonly AnyFill[], markPx: readonly number[], funding: number) {
  const lots = new Array<number>(ASSETS).fill(0);
  let cash = CASH + funding;
  let turnover = CASH;
  for (const { assetIndex, side, lots: n, qty, price, fee } of fills) {
    lots[assetIndex] = lots[assetIndex]! + side * n;
    cash -= side * qty * price + fee;
    turnover += qty * price;
  }
  return { lots, equity: lots.reduce((sum, n, a) => sum + n * LOT * markPx[a]!, cash), turnover };
}

function applied(manager: PositionManager, fills: readonly AnyFill[]): AnyFill[] {
  return fills.filter((fill) => manager.onFill(fill) === FILL_APPLIED);
}

function markAll(manager: PositionManager, markPx: readonly number[]): void {
  markPx.forEach((price, asset) => {
    manager.mark(asset, price);
  });
}

for (const mode of ['netting', 'hedging'] as const) {
  test(`${mode}: the position is the sum of the fills, flat exactly where they cancel out`, () => {
    fc.assert(
      fc.property(anyFills, (fills) => {
        const manager = new PositionManager(ASSETS, mode, CASH);
        const { lots } = naive(applied(manager, fills), [0, 0, 0], 0);
        lots.forEach((n, asset) => {
          expect(manager.qty(asset)).toBeCloseTo(n * LOT, 9);
          expect(manager.qty(asset) === 0).toBe(n === 0);
        });
      }),
      { numRuns: 500 },
    );
  });

  test(`${mode}: cash and position value are conserved, fees and funding included`, () => {
    fc.assert(
      fc.property(anyFills, anyFills, marks, fc.integer({ min: -300, max: 300 }), (first, second, markPx, rateBps) => {
        const manager = new PositionManager(ASSETS, mode, CASH);
        const taken = applied(manager, first);
        const received = manager.onFundingRate(0, rateBps * 1e-4, markPx[0]!);
        taken.push(...applied(manager, second));
        markAll(manager, markPx);
        const { equity, turnover } = naive(taken, markPx, received);
        expect(Math.abs(manager.equity() - equity)).toBeLessThanOrEqual(1e-9 * turnover);
        const parts = CASH + manager.pnlRealized - manager.fees + manager.funding;
        expect(Math.abs(manager.walletBalance - parts)).toBeLessThanOrEqual(1e-9 * turnover);
      }),
      { numRuns: 500 },
    );
  });
}

test('netting and hedging agree in total, however the fills are spread over legs', () => {
  fc.assert(
    fc.property(anyFills, marks, (fills, markPx) => {
      const hedging = new PositionManager(ASSETS, 'hedging', CASH);
      const netting = new PositionManager(ASSETS, 'netting', CASH);
      const taken = applied(hedging, fills);
      expect(applied(netting, taken)).toHaveLength(taken.length);
      markAll(hedging, markPx);
      markAll(netting, markPx);
      const scale = naive(taken, markPx, 0).turnover;
      expect(Math.abs(hedging.equity() - netting.equity())).toBeLessThanOrEqual(1e-9 * scale);
      for (let a = 0; a < ASSETS; a++) expect(hedging.qty(a)).toBeCloseTo(netting.qty(a), 9);
    }),
    { numRuns: 500 },
  );
});

test('netting: the average stays within the prices of its own side, and a flip takes the price of the flip', () => {
  fc.assert(
    fc.property(anyFills, (fills) => {
      const manager = new PositionManager(ASSETS, 'netting', CASH);
      const low = new Array<number>(ASSETS).fill(Number.NaN);
      const high = new Array<number>(ASSETS).fill(Number.NaN);
      for (const fill of fills) {
        const { assetIndex: a, side, price } = fill;
        const before = manager.qty(a);
        manager.onFill(fill);
        const after = manager.qty(a);
        if (before * after <= 0) low[a] = high[a] = price;
        else if (before * side > 0) {
          low[a] = Math.min(low[a]!, price);
          high[a] = Math.max(high[a]!, price);
        }
        if (after === 0) continue;
        expect(manager.priceEntryAvg(a, LONG)).toBeGreaterThanOrEqual(low[a]! * (1 - 1e-12));
        expect(manager.priceEntryAvg(a, LONG)).toBeLessThanOrEqual(high[a]! * (1 + 1e-12));
      }
    }),
    { numRuns: 500 },
  );
});
