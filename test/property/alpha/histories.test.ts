import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histories } from '../../../src/alpha/histories.ts';
import { Mt19937 } from '../../../src/alpha/kernels/mt19937.ts';

const ASSETS = 5;
const EXCLUDED = 1;
const REFERENCE = 2;
const LOOKBACK = 4;
const VOL_WINDOW = 3;

interface Bar {
  readonly prices: readonly number[];
  readonly isAfterGap: boolean;
}

const isValid = (price: number) => Number.isFinite(price) && price > 0;

/** Everything anew from all bars so far, by the words of semantics §3: two loops per question and no state. */
class NaiveHistories {
  private readonly bars: readonly Bar[];

  constructor(bars: readonly Bar[]) {
    this.bars = bars;
  }

  returnOf(a: number, t: number): number {
    if (a === EXCLUDED || t === 0 || this.bars[t]!.isAfterGap) return Number.NaN;
    const [before, now] = [this.bars[t - 1]!.prices[a]!, this.bars[t]!.prices[a]!];
    return isValid(before) && isValid(now) ? now / before - 1 : Number.NaN;
  }

  signs(a: number): number[] {
    const signs: number[] = [];
    for (let t = 0; t < this.bars.length; t++) {
      const mine = this.returnOf(a, t);
      if (Number.isNaN(mine)) continue;
      let sum = 0;
      let count = 0;
      for (let other = 0; other < ASSETS; other++) {
        const change = this.returnOf(other, t);
        if (Number.isNaN(change)) continue;
        sum += change;
        count++;
      }
      const distance = mine - sum / count;
      signs.push(Math.abs(distance) <= 1e-15 ? 0 : Math.sign(distance));
    }
    return signs.slice(-LOOKBACK);
  }

  alignment(a: number, direction: number): number {
    const signs = this.signs(a);
    return signs.length < LOOKBACK ? Number.NaN : signs.filter((sign) => sign === direction).length / LOOKBACK;
  }

  momentum(a: number, lookbackBars: number): number {
    const valid = this.bars.map(({ prices }) => prices[a]!).filter(isValid);
    if (a === EXCLUDED || valid.length <= lookbackBars) return Number.NaN;
    return valid.at(-1)! / valid.at(-1 - lookbackBars)! - 1;
  }

  volatility(): number {
    const returns = this.bars.map((_, t) => this.returnOf(REFERENCE, t)).filter((change) => !Number.isNaN(change));
    if (returns.length < VOL_WINDOW) return Number.NaN;
    const last = returns.slice(-VOL_WINDOW);
    const mean = last.reduce((sum, change) => sum + change, 0) / VOL_WINDOW;
    return Math.sqrt(last.reduce((sum, change) => sum + (change - mean) * (change - mean), 0) / VOL_WINDOW);
  }
}

const price = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 99, max: 101, noNaN: true }) },
  { weight: 3, arbitrary: fc.constant(100) },
  { weight: 2, arbitrary: fc.constantFrom(Number.NaN, 0, -1, Number.POSITIVE_INFINITY) },
);
const bar = fc.record({
  prices: fc.array(price, { minLength: ASSETS, maxLength: ASSETS }),
  isAfterGap: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

test('histories are what a look at all bars of the day says, bar for bar and bit for bit', () => {
  const excluded = Uint8Array.from({ length: ASSETS }, (_, a) => (a === EXCLUDED ? 1 : 0));
  const options = {
    assets: ASSETS,
    excluded,
    referenceAsset: REFERENCE,
    lookbackBars: LOOKBACK,
    momentumBars: 3,
    volWindowBars: VOL_WINDOW,
  };
  const histories = new Histories(options);
  fc.assert(
    fc.property(fc.array(bar, { maxLength: 25 }), (bars) => {
      histories.reset();
      for (const [t, { prices, isAfterGap }] of bars.entries()) {
        histories.append(Float64Array.from(prices), isAfterGap);
        const naive = new NaiveHistories(bars.slice(0, t + 1));
        expect(histories.referenceVolatility()).toBe(naive.volatility());
        for (let a = 0; a < ASSETS; a++) {
          expect(histories.returns[a]).toBe(naive.returnOf(a, t));
          for (const lookback of [1, 3]) expect(histories.momentum(a, lookback)).toBe(naive.momentum(a, lookback));
          for (const direction of [-1, 1])
            expect(histories.alignment(a, direction)).toBe(naive.alignment(a, direction));
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('after a whole round of every ring, too, for assets that never miss a price and for those that begin to late', () => {
  const bars = 620;
  const lookbacks = [1, 150, 499];
  const histories = new Histories({
    assets: ASSETS,
    excluded: new Uint8Array(ASSETS),
    referenceAsset: REFERENCE,
    lookbackBars: 100,
    momentumBars: 499,
    volWindowBars: 50,
  });
  const hole = fc.tuple(fc.integer({ min: 400, max: bars - 1 }), fc.integer({ min: 0, max: ASSETS - 1 }));
  fc.assert(
    fc.property(fc.integer(), fc.array(hole, { maxLength: 4 }), (seed, holes) => {
      const random = new Mt19937(seed >>> 0);
      const row = () => Array.from({ length: ASSETS }, () => 99 + 2 * random.randomSample());
      const day = Array.from({ length: bars }, row);
      for (const [t, a] of holes) day[t]![a] = Number.NaN;
      histories.reset();
      const isUp = Array.from({ length: ASSETS }, (): boolean[] => []);
      for (const [t, prices] of day.entries()) {
        histories.append(Float64Array.from(prices), false);
        if (t === 0) continue;
        const returns = prices.map((price, a) => price / day[t - 1]![a]! - 1);
        const known = returns.filter((change) => !Number.isNaN(change));
        let sum = 0;
        for (const change of known) sum += change;
        for (const [a, change] of returns.entries()) {
          if (!Number.isNaN(change)) isUp[a]!.push(change - sum / known.length > 1e-15);
        }
      }
      for (let a = 0; a < ASSETS; a++) {
        const valid = day.map((prices) => prices[a]!).filter(isValid);
        for (const lookback of lookbacks) {
          expect(histories.momentum(a, lookback)).toBe(valid.at(-1)! / valid.at(-1 - lookback)! - 1);
        }
        expect(histories.alignment(a, 1)).toBe(isUp[a]!.slice(-100).filter((up) => up).length / 100);
      }
    }),
    { numRuns: 40 },
  );
});
