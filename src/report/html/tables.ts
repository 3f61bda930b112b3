import type { DayResult } from '../../model/day-result.ts';
import { isRouted, isRoutedTrade, type Report, type ReportTiming, type ReportTrade } from '../../model/report.ts';
import type { Trade } from '../../model/trade.ts';
import { dailyReturns } from '../../portfolio/metrics.ts';
import { venuePnl } from '../../portfolio/reprice.ts';
import { nonZeroCounters } from '../breakdown.ts';
import {
  formatBps,
  formatCount,
  formatMoney,
  formatPnl,
  formatPrice,
  formatRatio,
  formatReturn,
} from '../number-format.ts';
import { STAGE_TITLES, stageRows } from '../stage-rows.ts';
import { COUNTER_WORDS, EXIT_WORDS, printable, sideWord } from '../words.ts';
import { escapeHtml, numberHtml, signClass } from './markup.ts';

/** Above this many rows a browser becomes slow to sort; the CSV has them all. */
export const TRADES_SHOWN = 5000;

const ROUTED_TITLES = [
  ...['quantity', 'entry decided', 'exit decided', 'slippage in, bps', 'slippage out, bps'],
  ...['fees in, USDT', 'fees out, USDT', 'funding, USDT'],
];

/** A cell: its text, what it sorts by, and whether it is a number. */
interface Cell {
  readonly html: string;
  readonly sortBy?: number;
  readonly tone?: string;
}

/** Every day with what it did and in which state it was. */
export function dayTable({ config, days }: Report): string {
  const returns = dailyReturns(config.initial_capital, days);
  const titles = [
    'date',
    'bars',
    'trades',
    'pnl, USDT',
    'return',
    'capital, USDT',
    'posture',
    'mc',
    'boost',
    'beta',
    'counted',
  ];
  return sortableTable(
    titles,
    days.map((day, index) => dayCells(day, returns[index] ?? Number.NaN)),
  );
}

/** Every trade, in order of closing; sortable by each column. */
export function tradeTable(report: Report): string {
  const titles = [
    ...['#', 'entered, UTC', 'exited', 'asset', 'side', 'exit', 'entry px', 'exit px', 'move, bps', 'pnl, USDT'],
    ...['at venue fees', 'fees, USDT', 'notional, USDT', 'leverage', 'bucket', 'capital, USDT'],
    ...(isRouted(report) ? ROUTED_TITLES : []),
  ];
  return sortableTable(titles, report.trades.slice(0, TRADES_SHOWN).map(tradeCells));
}

/** Every measured stage with its quantiles, in the order in which a frame passes them. */
export function stageTable(timing: ReportTiming): string {
  const cell = (tag: 'td' | 'th') => (text: string, column: number) =>
    `<${tag}${column === 0 ? '' : ' class="n"'}>${escapeHtml(text)}</${tag}>`;
  const row = (cells: readonly string[], tag: 'td' | 'th') => `<tr>${cells.map(cell(tag)).join('')}</tr>`;
  const body = stageRows(timing).map((cells) => row(cells, 'td'));
  return `<div class="scroll"><table class="stages"><thead>${row(STAGE_TITLES, 'th')}</thead><tbody>${body.join('')}</tbody></table></div>`;
}

function dayCells(day: DayResult, dayReturn: number): Cell[] {
  const counted = nonZeroCounters([day]).map(
    ([name, total]) => `<span title="${escapeHtml(COUNTER_WORDS[name])}">${name} ${formatCount(total)}</span>`,
  );
  return [
    { html: day.date },
    number(formatCount, day.bars),
    number(formatCount, day.trades),
    signed(formatPnl, day.pnl),
    signed(formatReturn, dayReturn),
    number(formatMoney, day.capital),
    { html: day.posture },
    { html: day.mcStatus },
    number(formatRatio, day.boost),
    number(formatRatio, day.beta),
    { html: `${day.staleState ? '<strong>DO NOT USE</strong> ' : ''}${counted.join(', ')}`, tone: 'small' },
  ];
}

function tradeCells(trade: ReportTrade, index: number): Cell[] {
  const moveBps = trade.direction * (trade.exit / trade.entry - 1) * 1e4;
  return [
    number(formatCount, index + 1),
    { html: shortTime(trade.entryTs) },
    { html: exitTime(trade), sortBy: Date.parse(trade.exitTs) },
    { html: escapeHtml(printable(trade.asset)) },
    { html: sideWord(trade.direction) },
    { html: EXIT_WORDS[trade.reason] },
    number(formatPrice, trade.entry),
    number(formatPrice, trade.exit),
    signed(formatPnl, moveBps),
    signed(formatPnl, trade.pnl),
    signed(formatPnl, venuePnl(trade)),
    number(formatMoney, trade.fees),
    number(formatMoney, trade.notional),
    number((value) => `${formatRatio(value)}×`, trade.leverage),
    number(formatCount, trade.bucket),
    number(formatMoney, trade.capital),
    ...routedCells(trade),
  ];
}

/** In the order of {@link ROUTED_TITLES}; a cost has the tone of a loss. */
function routedCells(trade: ReportTrade): Cell[] {
  if (!isRoutedTrade(trade)) return [];
  const { qty, entryDecision, exitDecision, entrySlippageBps, exitSlippageBps, feesEntry, feesExit, funding } =
    trade.routed;
  const cost = (format: (value: number) => string, value: number): Cell => {
    return Number.isNaN(value) ? { html: '–', sortBy: 0 } : { ...number(format, value), tone: signClass(-value) };
  };
  return [
    number(formatPrice, qty),
    number(formatPrice, entryDecision),
    number(formatPrice, exitDecision),
    cost(formatBps, entrySlippageBps),
    cost(formatBps, exitSlippageBps),
    number(formatMoney, feesEntry),
    number(formatMoney, feesExit),
    cost(formatPnl, funding),
  ];
}

function number(format: (value: number) => string, value: number): Cell {
  return { html: numberHtml(format(value)), sortBy: value };
}

function signed(format: (value: number) => string, value: number): Cell {
  return { ...number(format, value), tone: signClass(value) };
}

function shortTime(iso: string): string {
  return escapeHtml(iso.slice(0, 19).replace('T', ' '));
}

/** The clock alone where the position closed on the day it was opened. */
function exitTime({ entryTs, exitTs }: Trade): string {
  const isSameDay = exitTs.slice(0, 10) === entryTs.slice(0, 10);
  return isSameDay ? escapeHtml(exitTs.slice(11, 19)) : shortTime(exitTs);
}

function sortableTable(titles: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const isNumber = (column: number) => rows[0]?.[column]?.sortBy !== undefined;
  const head = titles.map(
    (title, column) => `<th${isNumber(column) ? ' class="n"' : ''}><button type="button">${title}</button></th>`,
  );
  const body = rows.map((cells) => `<tr>${cells.map(cellHtml).join('')}</tr>`);
  return `<div class="scroll"><table class="sortable"><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

function cellHtml({ html, sortBy, tone }: Cell): string {
  const classes = [sortBy === undefined ? '' : 'n', tone ?? ''].filter((name) => name !== '').join(' ');
  const attributes =
    (classes === '' ? '' : ` class="${classes}"`) + (sortBy === undefined ? '' : ` data-v="${sortBy}"`);
  return `<td${attributes}>${html}</td>`;
}
