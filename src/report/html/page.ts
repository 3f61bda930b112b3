import type { FeedCounts } from '../../model/feed-counts.ts';
import { isRouted, type Report, type ReportJournal } from '../../model/report.ts';
import { feedRows } from '../feed-words.ts';
import { journalRows } from '../journal-words.ts';
import { formatCount, formatSeconds } from '../number-format.ts';
import { venueWords } from '../routed/order-rows.ts';
import { hasOrders, ORDER_STAGE_WORDS, stageRows, stepWords } from '../stage-rows.ts';
import { ungatedWords } from '../ungated-words.ts';
import { plural, printable } from '../words.ts';
import { assetChart, counterTable, exitChart, gateChart, hourChart } from './bar-charts.ts';
import { equityChart, equityWords } from './equity-chart.ts';
import { firstScreen, span } from './first-screen.ts';
import { escapeHtml } from './markup.ts';
import { bridgeTable, orderCountTable, sideTable } from './order-tables.ts';
import { SORT_SCRIPT } from './sort-script.ts';
import { dayTable, stageTable, TRADES_SHOWN, tradeTable } from './tables.ts';
import { THEME } from './theme.ts';
import { alertTable, survivalTables } from './watch-tables.ts';

/** Nothing may be fetched: the page is whole, and a name in the data cannot make it call anyone. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** The report as one self-contained HTML document: no network, light or dark as the reader's system is. */
export function htmlReport(report: Report): string {
  const title = `${printable(report.strategy)} · ${span(report)}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · DOLPHIN</title>
<style>${THEME}</style>
</head>
<body>
<main>
${firstScreen(report)}
${section('Capital', equityWords(report), equityChart(report))}
${orderSections(report)}<div class="grid2"><div>
${section('Gates', 'Bars that reached and passed each entry gate, over all days', gateChart(report) + ungatedText(report))}
${section('Pnl per asset', 'Over all trades, best first', assetChart(report))}
</div><div>
${section('Exits', 'Why positions were closed, and what that earned', exitChart(report))}
${section('Pnl per hour', 'UTC hour of entry, USDT; below: number of trades', hourChart(report))}
${section('Counted on the way', 'What the run met and dealt with', counterTable(report))}
</div></div>
${section('Days', plural(report.days.length, 'day'), dayTable(report))}
${watchSections(report)}${section('Trades', tradesWords(report), tradeTable(report))}
${stageSection(report)}
${footer(report)}
</main>
<script>${SORT_SCRIPT}</script>
</body>
</html>
`;
}

/** What became of the intents of a routed run, and what that cost; nothing of an analytic one. */
function orderSections(report: Report): string {
  if (!isRouted(report)) return '';
  return `<div class="grid2"><div>
${section('From analytic to routed', 'What orders made of the same trades; a cost is negative', bridgeTable(report))}
${section('Orders', venueWords(report), sideTable(report))}
</div><div>
${section('What happened to orders', 'Over the run, also to those that filled nothing', orderCountTable(report))}
</div></div>
`;
}

/** What watched over the run: its survival stack and its alarms, where it had them. */
function watchSections(report: Report): string {
  const { survival, alerts = [] } = report;
  const words =
    survival === undefined
      ? ''
      : `${formatCount(survival.evaluations)} evaluations of the five sensors, one every 5 s of event time`;
  const stack = survival === undefined ? '' : section('Survival', words, survivalTables(report, survival));
  const alarmWords = 'Metrics that went beyond their thresholds, and when they came back';
  const alarms = alerts.length === 0 ? '' : section('Alerts', alarmWords, alertTable(report));
  return [stack, alarms]
    .filter((text) => text !== '')
    .map((text) => `${text}\n`)
    .join('');
}

function section(title: string, sub: string, body: string): string {
  return `<section><h2>${title}</h2><p class="sub">${escapeHtml(sub)}</p>${body}</section>`;
}

function ungatedText(report: Report): string {
  const words = ungatedWords(report);
  return words === undefined ? '' : `<p class="quiet words">${escapeHtml(words)}</p>`;
}

function tradesWords({ trades }: Report): string {
  if (trades.length <= TRADES_SHOWN)
    return `${plural(trades.length, 'trade')}, in order of closing; a click on a title sorts`;
  return `the first ${formatCount(TRADES_SHOWN)} of ${formatCount(trades.length)} trades; the CSV has them all`;
}

function stageSection({ timing }: Report): string {
  if (stageRows(timing).length === 0) return '';
  const words = 'How long each stage of a frame took; quantiles only with 10 values beyond them';
  return section('Speed', hasOrders(timing) ? `${words}; ${ORDER_STAGE_WORDS}` : words, stageTable(timing));
}

function journalText(journal: ReportJournal): string {
  return journalRows(journal)
    .map(([label, text]) => escapeHtml(label === 'synced' ? `synced ${text}` : text))
    .join('; ');
}

function feedText(feed: FeedCounts, isResumed: boolean): string {
  return feedRows(feed, isResumed)
    .map(([count, words]) => escapeHtml(`${count} ${words}`))
    .join('; ');
}

function footer(report: Report): string {
  const { timing, source, feed, journal } = report;
  const files = source.files.map(
    (file) => `<div><code>${escapeHtml(file.sha256)}</code> ${escapeHtml(printable(file.name))}</div>`,
  );
  const rows: [string, string][] = [
    ['decision hash', `<code>${escapeHtml(report.decisionHash)}</code>`],
    ...(isRouted(report) ? [orderLogRow(report.orderLogHash)] : []),
    ['parameter hash', `<code>${escapeHtml(report.paramHash)}</code>`],
    ['step', stepWords(timing)],
    [feed === undefined ? 'replay' : 'run', speedText(report)],
    ['data', escapeHtml(printable(source.dir))],
    ...(feed === undefined ? [] : [['signals', feedText(feed, journal?.isResumed === true)] as [string, string]]),
    ...(journal === undefined ? [] : [['journal', journalText(journal)] as [string, string]]),
    ['files', `<details><summary>${plural(files.length, 'file')} with SHA-256</summary>${files.join('')}</details>`],
  ];
  return `<footer><dl>${rows.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')}</dl></footer>`;
}

/** A live source has no files to wait for. */
function speedText({ timing, feed }: Report): string {
  const speed = `${plural(timing.bars, 'bar')} in ${formatSeconds(timing.seconds)}, ${formatCount(timing.barsPerSecond)} bars/s`;
  return feed === undefined ? `${speed}; waited ${formatSeconds(timing.secondsWaitedForFiles)} for files` : speed;
}

function orderLogRow(hash: string): [string, string] {
  return ['order log hash', `<code>${escapeHtml(hash)}</code>`];
}
