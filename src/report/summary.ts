import { isRouted, type Report } from '../model/report.ts';
import { BAR_MS } from '../model/resolution.ts';
import { fillWords, placedNotes } from './notes.ts';
import { formatInterval } from './number-format.ts';
import {
  bridgeSection,
  feedSection,
  journalSection,
  ordersSection,
  speedSection,
  stagesSection,
} from './run-sections.ts';
import type { Section } from './section.ts';
import {
  countersSection,
  daysSection,
  exitsSection,
  figuresSection,
  gatesSection,
  resultsSection,
  tradesSection,
} from './summary-sections.ts';
import { COLOR_STYLE, PLAIN_STYLE, type TerminalStyle } from './terminal-style.ts';
import { wrap } from './text-table.ts';
import { alertsSection, survivalSection } from './watch-sections.ts';
import { DIRECTION_WORDS, plural, printable } from './words.ts';

const MIN_COLUMNS = 40;
const MAX_COLUMNS = 100; // longer lines of prose are hard to read
const INDENT = '  ';
const NO_TRADES = 'No trades: no bar passed every gate above.';
const NO_ROUTED_TRADES = 'No trades: no bar passed every gate above, or its order was not filled.';

export interface SummaryOptions {
  /** Width of the terminal; text is wrapped to it, tables are made for 80. Default 80. */
  readonly columns?: number;
  /** ANSI codes for headings and warnings; leave false when the output is no terminal. Default false. */
  readonly color?: boolean;
}

/** What a quant wants to see after a replay, as lines of text that end with a newline (semantics §12). */
export function summary(report: Report, options: SummaryOptions = {}): string {
  const style = options.color === true ? COLOR_STYLE : PLAIN_STYLE;
  const width = Math.min(MAX_COLUMNS, Math.max(MIN_COLUMNS, options.columns ?? 80));
  const { before, behind } = placedNotes(report);
  const blocks = [
    header(report, style),
    noteLines(before, style, width),
    section('Result', resultsSection(report), style),
    section('', figuresSection(report), style),
    noteLines(behind, style, width),
    wrap(fillWords(report), width - INDENT.length).map((line) => INDENT + style.quiet(line)),
    section('From analytic to routed', bridgeSection(report), style),
    section('Orders', ordersSection(report), style),
    section('Gates', gatesSection(report), style),
    report.trades.length === 0 ? [noTrades(report)] : section('Exits', exitsSection(report), style),
    section('Trades', tradesSection(report), style),
    section('Days', daysSection(report), style),
    section('Survival', survivalSection(report, width - INDENT.length), style),
    section('Alerts', alertsSection(report), style),
    section('Counted on the way', countersSection(report), style),
    section('Signals', feedSection(report), style),
    section('Journal', journalSection(report), style),
    section('Speed', speedSection(report), style),
    section('Stages', stagesSection(report), style),
    hashLines(report),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function header(report: Report, style: TerminalStyle): string[] {
  const { source, timing, universe, config } = report;
  const span = source.from === source.to ? source.from : `${source.from} to ${source.to}`;
  return [
    style.heading(`${printable(report.strategy)} · ${span}`),
    `${plural(report.days.length, 'day')} · ${plural(timing.bars, 'bar')} of ${formatInterval(config.resolution === '0.1s' ? BAR_MS : report.barIntervalMs)} · ` +
      `${plural(universe.length, 'asset')} · ${DIRECTION_WORDS[config.direction]}`,
    style.quiet(printable(source.dir)),
  ];
}

function noTrades(report: Report): string {
  return isRouted(report) ? NO_ROUTED_TRADES : NO_TRADES;
}

function noteLines(texts: readonly string[], style: TerminalStyle, width: number): string[] {
  return texts.flatMap((text) =>
    wrap(text, width - INDENT.length).map((line, index) => style.warning(`${index === 0 ? '! ' : INDENT}${line}`)),
  );
}

/** Under each other, so that two runs are compared at a glance. */
function hashLines({ decisionHash, orderLogHash, stateHash }: Report): string[] {
  return [
    `decision hash  ${decisionHash}`,
    ...(orderLogHash === undefined ? [] : [`order log hash ${orderLogHash}`]),
    ...(stateHash === undefined ? [] : [`state hash     ${stateHash}`]),
  ];
}

/** A titled block; none at all when the table has no rows. */
function section(title: string, { titles, rows }: Section, style: TerminalStyle): string[] {
  if (rows.length === 0) return [];
  const heading = title === '' ? [] : [style.heading(title)];
  return [
    ...heading,
    ...titles.map((line) => (line === '' ? '' : INDENT + style.quiet(line))),
    ...rows.map((line) => (line === '' ? '' : INDENT + line)),
  ];
}
