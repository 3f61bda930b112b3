import { isRouted, type Report } from '../../model/report.ts';
import { fillWords, placedNotes, SHARPE_MIN_DAYS } from '../notes.ts';
import {
  formatCount,
  formatInterval,
  formatMoney,
  formatPercent,
  formatPnl,
  formatProfitFactor,
  formatRatio,
  formatReturn,
  formatShare,
} from '../number-format.ts';
import { type Result, results } from '../results.ts';
import { routedFigures, winRateWords } from '../routed/headline.ts';
import { DIRECTION_WORDS, plural, printable } from '../words.ts';
import { escapeHtml, numberHtml } from './markup.ts';

/** What was run, what it made in three ways, after which costs, and what to mistrust. */
export function firstScreen(report: Report): string {
  const { before, behind } = placedNotes(report);
  return `${header(report, before)}
<div class="results">${results(report)
    .map((result) => resultCard(result, report.trades.length))
    .join('')}</div>
${figures(report)}
${noteList(behind)}
<p class="honest">${escapeHtml(fillWords(report))}</p>`;
}

/** The days of a report, first to last, as HTML. */
export function span({ source }: Report): string {
  return source.from === source.to ? escapeHtml(source.from) : `${escapeHtml(source.from)} to ${escapeHtml(source.to)}`;
}

function header(report: Report, notes: readonly string[]): string {
  const { timing, universe, config } = report;
  const facts = [
    plural(report.days.length, 'day'),
    `${plural(timing.bars, 'bar')} of ${formatInterval(report.barIntervalMs)}`,
    plural(universe.length, 'asset'),
    DIRECTION_WORDS[config.direction],
  ];
  return `<header>
<p class="kicker">DOLPHIN ${report.feed === undefined ? 'replay' : 'run'}</p>
<h1>${escapeHtml(printable(report.strategy))}</h1>
<p class="meta">${span(report)} · ${facts.join(' · ')}</p>
${noteList(notes)}
</header>`;
}

function noteList(notes: readonly string[]): string {
  if (notes.length === 0) return '';
  return `<ul class="notes">${notes.map((note) => `<li>${escapeHtml(printable(note))}</li>`).join('')}</ul>`;
}

function resultCard(result: Result, trades: number): string {
  return `<article class="result c-${result.key}">
<h2>${escapeHtml(printable(result.title))}</h2><p class="quiet">${escapeHtml(printable(result.terms))}</p>
<p class="roi">${numberHtml(formatReturn(result.roi))}</p>
<dl><dt>profit factor</dt><dd>${formatProfitFactor(result.profitFactor, trades)}</dd><dt>capital</dt><dd>${numberHtml(formatMoney(result.capital))} USDT</dd></dl>
</article>`;
}

function figures(report: Report): string {
  const { metrics, days } = report;
  const items: [string, string][] = [
    ['trades', formatCount(metrics.trades)],
    [winRateLabel(report), metrics.winRate === null ? 'n/a' : formatShare(metrics.winRate)],
    ['max drawdown, after trades', formatPercent(metrics.maxDrawdown)],
    ['max drawdown, marked every bar', formatPercent(metrics.maxDrawdownMarked)],
    ...headline(report),
  ];
  if (days.length >= SHARPE_MIN_DAYS && metrics.sharpe !== null)
    items.push(['Sharpe, daily', formatRatio(metrics.sharpe)]);
  const cells = items.map(([name, value]) => `<div><dt>${name}</dt><dd>${numberHtml(value)}</dd></div>`);
  return `<dl class="figures">${cells.join('')}</dl>`;
}

function headline(report: Report): [string, string][] {
  if (!isRouted(report)) return [['fee luck, expected less drawn', `${formatPnl(report.metrics.feeLuck)} USDT`]];
  return routedFigures(report).map(([label = '', figure = '', words = '']) => [`${label} ${words}`, figure]);
}

function winRateLabel(report: Report): string {
  return isRouted(report) ? `win rate ${winRateWords(report)}` : 'win rate';
}
