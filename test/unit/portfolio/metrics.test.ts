import { describe, expect, it } from 'vitest';
import type { Trade, TradeDetail } from '../../../src/model/trade.ts';
import {
  dailyReturns,
  feeLuck,
  maxDrawdown,
  metrics,
  profitFactor,
  sharpe,
  winRate,
} from '../../../src/portfolio/metrics.ts';
import { nextBarFills, nextBarPnl, venueFees, venuePnl } from '../../../src/portfolio/reprice.ts';
import { goldenConfig, goldenRun, quietDay, readGoldens } from '../../support/golden-report.ts';

const trade = (fields: Partial<Trade>) => ({ reason: 'MAX_HOLD', pnl: 0, ...fields }) as Trade;

describe('metrics of the golden runs', () => {
  it.each(readGoldens().map((golden) => [golden.name, golden] as const))('%s', (_, golden) => {
    const found = metrics(goldenRun(golden));
    for (const [key, expected] of Object.entries(golden.metrics)) {
      expectClose(found[key as keyof typeof found], expected, key);
    }
  });

  it.each(readGoldens().map((golden) => [golden.name, golden] as const))('%s at venue fees', (_, golden) => {
    const found = venueFees(goldenConfig(golden).initial_capital, goldenRun(golden).trades);
    expect(found.schedule).toBe('binance-vip0');
    for (const key of ['roi', 'profitFactor', 'capital'] as const) expectClose(found[key], golden.venueFees[key], key);
  });
});

describe('profit factor', () => {
  it.each([
    ['wins and losses', [3, -1, -1], 1.5],
    ['a zero is neither', [3, 0, -2], 1.5],
    ['no losses', [3, 0], null],
    ['no wins', [-2], 0],
    ['no trades', [], null],
  ])('%s', (_, pnls, expected) => expect(profitFactor(pnls)).toBe(expected));
});

describe('win rate', () => {
  it('is null without trades', () => expect(winRate([])).toBeNull());
  it('counts a zero pnl as no win', () => expect(winRate([trade({ pnl: 1 }), trade({ pnl: 0 })])).toBe(0.5));
  it('leaves out positions that could not be filled', () => {
    expect(winRate([trade({ pnl: 1 }), trade({ pnl: -1, reason: 'UNFILLED_END' })])).toBe(1);
  });
});

describe('max drawdown', () => {
  it('counts from the initial capital', () => expect(maxDrawdown(100, [trade({ capital: 90 })])).toBeCloseTo(0.1, 12));
  it('counts from the running peak', () => {
    const trades = [120, 90, 110].map((capital) => trade({ capital }));
    expect(maxDrawdown(100, trades)).toBe((120 - 90) / 120);
  });
});

describe('sharpe', () => {
  const days = (...pnls: number[]) => {
    let capital = 100;
    return pnls.map((pnl) => {
      capital += pnl;
      return quietDay({ pnl, capital });
    });
  };
  it('is null below two days', () => expect(sharpe(100, days(5))).toBeNull());
  it('is null when all days return the same', () => expect(sharpe(100, days(0, 0, 0))).toBeNull());
  it('takes each return over the capital at the start of its day', () => {
    expect(dailyReturns(100, days(10, -11))).toEqual([0.1, -0.1]);
  });
  it('uses the sample deviation and 365 days', () => {
    // returns 0.1 and 0: mean 0.05, sample deviation sqrt(2 * 0.05^2 / 1)
    expect(sharpe(100, days(10, 0))).toBeCloseTo((0.05 / Math.sqrt(0.005)) * Math.sqrt(365), 12);
  });
});

it('fee luck is positive when the draws cost less than expected', () => {
  const trades = [
    { fees: 1, feesExpected: 3 },
    { fees: -2, feesExpected: -3 },
  ];
  expect(feeLuck(trades as TradeDetail[])).toBe(3 - 1 + (-3 + 2));
});

describe('re-pricing', () => {
  const sample = {
    ...trade({ direction: -1, entry: 100, exit: 99, notional: 1000, fees: 0.2, pnl: 9.8 }),
    entryNextBar: 98,
    exitNextBar: 99,
  };
  it('takes venue taker fees on both ends', () => {
    // gross 1000 * 1 % = 10; fees (1000 + 10 * 99) * 0.0005 = 0.995
    expect(venuePnl(sample)).toBeCloseTo(10 - 0.995, 12);
  });
  it('keeps notional and fees at next-bar prices', () => {
    expect(nextBarPnl(sample)).toBeCloseTo(-(99 / 98 - 1) * 1000 - 0.2, 12);
    expect(nextBarFills(500, [sample]).capital).toBeCloseTo(500 - (1 / 98) * 1000 - 0.2, 12);
  });
});

function expectClose(found: number | null, expected: number | null, what: string): void {
  if (expected === null || found === null) expect(found, what).toBe(expected);
  else expect(Math.abs(found - expected), what).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
}
