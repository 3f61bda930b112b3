import { isRouted, type Report } from '../model/report.ts';
import type { Trade } from '../model/trade.ts';
import { dailyReturns } from '../portfolio/metrics.ts';
import { bestAndWorst, exitsByReason, funnelTotals, nonZeroCounters } from './breakdown.ts';
import { warningsBehind } from './halt-words.ts';
import { SHARPE_MIN_DAYS } from './notes.ts';
import {
  formatCount,
  formatMoney,
  formatPercent,
  formatPnl,
  formatProfitFactor,
  formatRatio,
  formatReturn,
  formatShare,
} from './number-format.ts';
import { results } from './results.ts';
import { routedFigures, winRateWords } from './routed/headline.ts';
import { leftThenRight, type Section, table } from './section.ts';
import { type Align, pad, textBar } from './text-table.ts';
import { ungatedWords } from './ungated-words.ts';
import { COUNTER_WORDS, EXIT_WORDS, GATE_WORDS, plural, printable, sideWord } from './words.ts';

const LABEL_WIDTH = 17;
const RESULT_WIDTH = 20;
const BAR_WIDTH = 24;
const TRADES_EACH_WAY = 3;
const DAYS_SHOWN = 31;

/** The three results as equally wide columns. */
export function resultsSection(report: Report): Section {
  const columns = results(report);
  const row = (label: string, cells: readonly string[]) =>
    pad(label, LABEL_WIDTH, 'left') + cells.map((cell) => pad(cell, RESULT_WIDTH, 'right')).join('');
  return {
    titles: [
      row(
        '',
        columns.map((result) => printable(result.title)),
      ),
      row(
        '',
        columns.map((result) => printable(result.terms)),
      ),
    ],
    rows: [
      row(
        'ROI',
        columns.map((result) => formatReturn(result.roi)),
      ),
      row(
        'profit factor',
        columns.map((result) => formatProfitFactor(result.profitFactor, report.trades.length)),
      ),
      row(
        'capital, USDT',
        columns.map((result) => formatMoney(result.capital)),
      ),
    ],
  };
}

/** Figures that need no re-pricing, each with what it means. */
export function figuresSection(report: Report): Section {
  const { metrics, days } = report;
  const rows = [
    ['win rate', metrics.winRate === null ? 'n/a' : formatShare(metrics.winRate), winRateWords(report)],
    [
      'max drawdown',
      formatPercent(metrics.maxDrawdown),
      `after trades; ${formatPercent(metrics.maxDrawdownMarked)} marked at every bar`,
    ],
    ...(isRouted(report) ? routedFigures(report) : [feeLuckFigure(report)]),
  ];
  if (days.length >= SHARPE_MIN_DAYS && metrics.sharpe !== null) {
    rows.push(['Sharpe', formatRatio(metrics.sharpe), `daily returns of ${days.length} days, annualised over 365`]);
  }
  return table(['', '', ''], rows, ['left', 'right', 'left']);
}

/** Analytic fees are drawn; those of orders are the venue's, and luck has no part in them. */
function feeLuckFigure({ metrics }: Report): string[] {
  return ['fee luck', `${formatPnl(metrics.feeLuck)} USDT`, 'expected fees less the fees drawn; positive = lucky'];
}

/** Per gate: bars that reached and passed it, over all days; and how many reached none. */
export function gatesSection(report: Report): Section {
  const rows = funnelTotals(report.days).map(({ gate, reached, passed, share }) => [
    GATE_WORDS[gate],
    formatCount(reached),
    formatCount(passed),
    reached === 0 ? '-' : formatShare(share),
    textBar(share, BAR_WIDTH),
  ]);
  const titles = ['gate', 'bars reached', 'passed', 'share', ''];
  const gates = table(titles, rows, ['left', 'right', 'right', 'right', 'left']);
  return { ...gates, rows: [...gates.rows, ...[ungatedWords(report) ?? []].flat()] };
}

/** Trades and pnl by exit reason. */
export function exitsSection({ trades }: Report): Section {
  const rows = exitsByReason(trades).map((group) => [
    EXIT_WORDS[group.key],
    formatCount(group.trades),
    formatShare(group.trades / trades.length),
    formatPnl(group.pnl),
    formatPnl(group.pnl / group.trades),
  ]);
  return table(['exit', 'trades', 'share', 'pnl, USDT', 'per trade, USDT'], rows, leftThenRight(5));
}

/** One row per day; of a long run the last month, and a row that says where the others are. */
export function daysSection(report: Report): Section {
  const returns = dailyReturns(report.config.initial_capital, report.days);
  const rows = report.days.map((day, index) => [
    day.date,
    formatCount(day.bars),
    formatCount(day.trades),
    formatPnl(day.pnl),
    formatReturn(returns[index] ?? Number.NaN),
    formatMoney(day.capital),
    day.posture,
    formatRatio(day.boost),
  ]);
  const titles = ['date', 'bars', 'trades', 'pnl, USDT', 'return', 'capital', 'posture', 'boost'];
  const hidden = Math.max(0, rows.length - DAYS_SHOWN);
  const aligns: Align[] = ['left', 'right', 'right', 'right', 'right', 'right', 'left', 'right'];
  const section = table(titles, rows.slice(hidden), aligns);
  if (hidden === 0) return section;
  return { ...section, rows: [`(${plural(hidden, 'earlier day')}: in the JSON and the HTML report)`, ...section.rows] };
}

/** The trades that made and cost the most. */
export function tradesSection({ trades }: Report): Section {
  const { best, worst } = bestAndWorst(trades, TRADES_EACH_WAY);
  const titles = ['', 'asset', 'side', 'pnl, USDT', 'move, bps', 'entered, UTC', 'bars', 'exit'];
  const rows = [
    ...best.map((trade, index) => tradeCells(index === 0 ? 'best' : '', trade)),
    ...worst.map((trade, index) => tradeCells(index === 0 ? 'worst' : '', trade)),
  ];
  return table(titles, rows, ['left', 'left', 'left', 'right', 'right', 'left', 'right', 'left']);
}

/** Everything odd that was counted or missing, in words; no rows when nothing was. */
export function countersSection(report: Report): Section {
  const rows = [
    ...nonZeroCounters(report.days).map(([name, total]) => [formatCount(total), COUNTER_WORDS[name]]),
    ...warningsBehind(report).map((warning) => ['·', printable(warning)]),
  ];
  return table(['', ''], rows, ['right', 'left']);
}

function tradeCells(label: string, trade: Trade): string[] {
  const moveBps = trade.direction * (trade.exit / trade.entry - 1) * 1e4;
  return [
    label,
    printable(trade.asset),
    sideWord(trade.direction),
    formatPnl(trade.pnl),
    `${moveBps > 0 ? '+' : ''}${moveBps.toFixed(1)}`,
    trade.entryTs.slice(5, 16).replace('T', ' '),
    formatCount(trade.exitBar - trade.entryBar),
    EXIT_WORDS[trade.reason],
  ];
}
