import type { Report } from '../model/report.ts';
import { exitsByReason, funnelTotals } from './breakdown.ts';
import { formatCount, formatInterval, formatNs, formatPnl, formatShare } from './number-format.ts';
import { resultsSection } from './summary-sections.ts';
import { type Align, alignRows, displayWidth, pad } from './text-table.ts';
import { ungatedWords } from './ungated-words.ts';
import { DIRECTION_WORDS, EXIT_WORDS, GATE_WORDS, plural, printable } from './words.ts';

const INDENT = '  ';
const COLUMN_GAP = 4;

export interface DemoContext {
  /** Folder of the synthetic day, as the next command should name it. */
  readonly dataDir: string;
}

/** What `npm start` prints: at most 30 lines of 80 columns, ending with a newline. No ANSI codes. */
export function demoSummary(report: Report, context: DemoContext): string {
  const { titles, rows } = resultsSection(report);
  const { stepNs, barsPerSecond } = report.timing;
  const speed = `step p50 ${formatNs(stepNs.p50)} · p99 ${formatNs(stepNs.p99)} · ${formatCount(barsPerSecond)} bars/s`;
  const lines = [
    'DOLPHIN: a synthetic day through market-data worker → ring → engine worker.',
    'Its prices and scan columns were made together: it says nothing about profit.',
    '',
    INDENT + describeDay(report),
    '',
    ...besides(gateLines(report), exitLines(report)).map((line) => INDENT + line),
    ...[ungatedWords(report) ?? []].flat().map((line) => INDENT + line),
    '',
    ...[...titles, ...rows].map((line) => INDENT + line),
    '',
    `${INDENT}${speed}`,
    `${INDENT}decision hash ${report.decisionHash}`,
    '',
    `Next: npx dolphin replay --data ${printable(context.dataDir)}`,
    '      npx dolphin data pull --help   (real days)',
  ];
  return `${lines.join('\n')}\n`;
}

function describeDay({ strategy, days, timing, barIntervalMs, universe, config }: Report): string {
  return [
    days.map((day) => day.date).join(', '),
    `${plural(timing.bars, 'bar')} of ${formatInterval(barIntervalMs)}`,
    plural(universe.length, 'asset'),
    `${strategy}, ${DIRECTION_WORDS[config.direction]}`,
  ].join(' · ');
}

function gateLines({ days }: Report): string[] {
  const rows = funnelTotals(days).map(({ gate, reached, passed, share }) => [
    GATE_WORDS[gate],
    formatCount(reached),
    formatCount(passed),
    reached === 0 ? '-' : formatShare(share),
  ]);
  return alignRows([['gate', 'bars reached', 'passed', 'share'], ...rows], ['left', 'right', 'right', 'right']);
}

function exitLines({ trades }: Report): string[] {
  const rows = exitsByReason(trades).map(({ key, trades: count, pnl }) => [
    EXIT_WORDS[key],
    formatCount(count),
    formatPnl(pnl),
  ]);
  const aligns: Align[] = ['left', 'right', 'right'];
  return alignRows([['exit', 'trades', 'pnl, USDT'], ...rows], aligns);
}

/** Two blocks side by side, the shorter one filled up with nothing. */
function besides(left: readonly string[], right: readonly string[]): string[] {
  const width = Math.max(...left.map(displayWidth)) + COLUMN_GAP;
  const height = Math.max(left.length, right.length);
  return Array.from({ length: height }, (_, index) =>
    (pad(left[index] ?? '', width, 'left') + (right[index] ?? '')).trimEnd(),
  );
}
