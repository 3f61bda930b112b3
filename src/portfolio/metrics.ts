import type { DayResult } from '../model/day-result.ts';
import type { ReportMetrics } from '../model/report.ts';
import type { EngineRun, Trade, TradeDetail } from '../model/trade.ts';

const DAYS_PER_YEAR = 365; // the venue never closes

/** All figures of semantics §5 of one run, as they stand in its report. */
export function metrics(run: EngineRun): ReportMetrics {
  return {
    roi: roi(run.initialCapital, run.capital),
    profitFactor: profitFactor(run.trades.map((trade) => trade.pnl)),
    winRate: winRate(run.trades),
    maxDrawdown: maxDrawdown(run.initialCapital, run.trades),
    maxDrawdownMarked: run.maxDrawdownMarked,
    sharpe: sharpe(run.initialCapital, run.days),
    trades: run.trades.length,
    capital: run.capital,
    feeLuck: feeLuck(run.trades),
  };
}

/** Return on the initial capital, as a fraction: 0.05 = 5 %. Semantics §5. */
export function roi(initialCapital: number, capital: number): number {
  return capital / initialCapital - 1;
}

/**
 * Sum of wins over the absolute sum of losses, dimensionless; null without losses.
 *
 * @param pnls - one per trade, USDT; a trade of exactly zero is neither win nor loss. Semantics §5.
 */
export function profitFactor(pnls: readonly number[]): number | null {
  let wins = 0;
  let losses = 0;
  for (const pnl of pnls) {
    if (pnl > 0) wins += pnl;
    else losses += pnl;
  }
  return losses === 0 ? null : wins / Math.abs(losses);
}

/**
 * Share of trades with a positive pnl, 0 to 1; null without trades. Semantics §5.
 * A position that could not be filled at the end of the data is no outcome and left out (semantics §11).
 */
export function winRate(trades: readonly Trade[]): number | null {
  const settled = trades.filter((trade) => trade.reason !== 'UNFILLED_END');
  if (settled.length === 0) return null;
  return settled.filter((trade) => trade.pnl > 0).length / settled.length;
}

/** Largest fall of the equity after each trade below its running peak (the initial capital included), as a fraction. */
export function maxDrawdown(initialCapital: number, trades: readonly Trade[]): number {
  let peak = initialCapital;
  let worst = 0;
  for (const { capital } of trades) {
    if (capital > peak) peak = capital;
    const drawdown = (peak - capital) / peak;
    if (drawdown > worst) worst = drawdown;
  }
  return worst;
}

/**
 * Annualised Sharpe ratio of the daily returns (pnl of the day over the capital at its start), sample deviation.
 * Null below two days or when all days return the same. Days without trades count as 0. Semantics §5.
 */
export function sharpe(initialCapital: number, days: readonly DayResult[]): number | null {
  const returns = dailyReturns(initialCapital, days);
  // Equal returns are asked for directly: rounding in their mean would leave a deviation of an ulp, and a Sharpe of 1e16.
  if (returns.length < 2 || returns.every((value) => value === returns[0])) return null;
  const mean = sum(returns) / returns.length;
  const variance = sum(returns.map((value) => (value - mean) ** 2)) / (returns.length - 1);
  return (mean / Math.sqrt(variance)) * Math.sqrt(DAYS_PER_YEAR);
}

/** Return of each day as a fraction of the realised capital at its start. Same length and order as `days`. */
export function dailyReturns(initialCapital: number, days: readonly DayResult[]): number[] {
  return days.map((day, index) => day.pnl / (days[index - 1]?.capital ?? initialCapital));
}

/** What the drawn fees saved against the expected ones, USDT; positive = the draws were lucky. Semantics §4.3. */
export function feeLuck(trades: readonly TradeDetail[]): number {
  return sum(trades.map((trade) => trade.feesExpected - trade.fees));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
