import { describe, expect, it } from 'vitest';
import {
  bestAndWorst,
  exitsByReason,
  funnelTotals,
  nonZeroCounters,
  pnlByAsset,
  pnlByHour,
} from '../../../src/report/breakdown.ts';
import { equityCurves } from '../../../src/report/equity.ts';
import { goldenReport, quietDay } from '../../support/golden-report.ts';

const report = goldenReport('edges/convexity');
const { trades, metrics } = report;
const total = (groups: readonly { trades: number; pnl: number }[]) => ({
  trades: groups.reduce((sum, group) => sum + group.trades, 0),
  pnl: groups.reduce((sum, group) => sum + group.pnl, 0),
});

describe('breakdowns of trades', () => {
  it.each([
    ['by reason', exitsByReason(trades)],
    ['by asset', pnlByAsset(trades)],
    ['by hour', pnlByHour(trades)],
  ])('%s lose no trade and no cent', (_, groups) => {
    expect(total(groups).trades).toBe(metrics.trades);
    expect(total(groups).pnl).toBeCloseTo(metrics.capital - report.config.initial_capital, 6);
  });

  it('put reasons in the order of their codes and assets by pnl', () => {
    expect(exitsByReason(trades).map((group) => group.key)).toEqual(['TAKE_PROFIT', 'MAX_HOLD']);
    const pnls = pnlByAsset(trades).map((group) => group.pnl);
    expect(pnls).toEqual(pnls.toSorted((a, b) => b - a));
  });

  it('take the UTC hour of the entry', () => {
    const late = [{ ...trades[0]!, entryTs: '2026-01-05T23:59:59.999Z', exitTs: '2026-01-06T00:10:00.000Z' }];
    expect(pnlByHour(late)[23]!.trades).toBe(1);
  });

  it('show no trade as both best and worst', () => {
    const { best, worst } = bestAndWorst(trades.slice(0, 3), 3);
    expect(best.length + worst.length).toBe(3);
    expect(best[0]!.pnl).toBeGreaterThanOrEqual(worst[0]!.pnl);
    expect(bestAndWorst([], 3)).toEqual({ best: [], worst: [] });
  });
});

describe('totals over days', () => {
  it('sum counters and leave zeros out', () => {
    const day = quietDay();
    const days = [
      quietDay({ counters: { ...day.counters, gaps: 2 } }),
      quietDay({ counters: { ...day.counters, gaps: 3 } }),
    ];
    expect(nonZeroCounters(days)).toEqual([['gaps', 5]]);
  });

  it('have no share for a gate that nothing reached', () => {
    expect(funnelTotals([])[0]).toEqual({ gate: 'warmup', reached: 0, passed: 0, share: Number.NaN });
  });
});

describe('equity curves', () => {
  const curves = equityCurves(report);

  it('end at the capitals of the report', () => {
    expect(curves.champion.at(-1)).toBe(metrics.capital);
    expect(curves.venue.at(-1)).toBe(report.venueFees.capital);
    expect(curves.nextBar!.at(-1)).toBe(report.nextBarFills!.capital);
  });

  it('reach the drawdown of the report', () => {
    expect(Math.max(...curves.drawdown)).toBe(metrics.maxDrawdown);
  });

  it('say so when the report holds no next-bar prices', () => {
    const bare = trades.map(({ date, entryTs, exitTs, ...trade }) => {
      const { entryNextBar: _, exitNextBar: __, ...rest } = trade as typeof trade & Record<string, unknown>;
      return { date, entryTs, exitTs, ...rest };
    });
    expect(equityCurves({ ...report, trades: bare }).nextBar).toBeNull();
  });
});
