import type { BarExplanation } from '../../engine/explain.ts';
import type { CandidateLine } from '../../engine/explain-candidates.ts';
import type { GateLine } from '../../engine/explain-gates.ts';
import type { SizeParts } from '../../engine/explain-size.ts';
import { POSTURE_NAMES } from '../../model/posture.ts';
import { isoFrom } from '../../model/time.ts';
import { formatMoney } from '../../report/number-format.ts';
import type { TerminalStyle } from '../../report/terminal-style.ts';
import { alignRows, wrap } from '../../report/text-table.ts';
import { COUNTER_WORDS, GATE_WORDS, plural, sideWord } from '../../report/words.ts';
import type { ExplainedBar } from './explain-rerun.ts';
import {
  actionSentence,
  assetSentence,
  dayEndSentence,
  digits,
  type ExplainContext,
  symbol,
  VERDICT_WORDS,
} from './explain-words.ts';

const CANDIDATES_SHOWN = 10;
const INDENT = '  ';

/** A bar explained for a reader at a terminal; ends with a newline. @param asset - index to say more about, or null. */
export function explainText(
  { target, explanation }: ExplainedBar,
  context: ExplainContext,
  asset: number | null,
  style: TerminalStyle,
  columns: number,
): string {
  const line = explanation.ranking.find(({ assetIndex }) => assetIndex === asset);
  const paragraphs = [
    target.note === null
      ? []
      : wrap(`${target.note[0]?.toUpperCase()}${target.note.slice(1)}.`, columns).map(style.warning),
    wrap(actionSentence(explanation, context), columns),
    explanation.dayEnd === null ? [] : wrap(dayEndSentence(explanation.dayEnd, context), columns),
    line === undefined ? [] : wrap(assetSentence(line, explanation, context), columns),
  ];
  const blocks = [
    header(explanation, style),
    ...paragraphs,
    section('Gates', gateRows(explanation), ['left', 'right', 'right', 'left', 'left'], style),
    section('Size', sizeRows(explanation.size, explanation), ['left', 'right', 'left'], style),
    section(candidatesTitle(explanation), candidateRows(explanation, context, asset), CANDIDATE_ALIGNS, style),
    section('Counted on this bar', countedRows(explanation), ['right', 'left'], style),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function header({ bar, barOfDay, day, nsOfDay, scanNumber, regime }: BarExplanation, style: TerminalStyle): string[] {
  return [
    style.heading(`bar ${bar} · ${isoFrom(day, nsOfDay)}`),
    style.quiet(`bar ${barOfDay} of its day · scan ${scanNumber} · ${POSTURE_NAMES[regime.posture]}`),
  ];
}

function gateRows(explanation: BarExplanation): string[][] {
  const { gates } = explanation;
  const rows = gates.map((gate) => [
    GATE_WORDS[gate.gate],
    gateNumber(gate, gate.value),
    gateNumber(gate, gate.threshold),
    gate.isPassed ? 'pass' : 'FAIL',
    [...gateRemarks(gate, explanation), ...(gate.isReached ? [] : ['not reached'])].join(', '),
  ]);
  return [['gate', 'value', 'threshold', 'verdict', ''], ...rows];
}

function gateRemarks({ gate, candidates }: GateLine, { breaker, regime }: BarExplanation): string[] {
  if (gate === 'risk') {
    return [breaker === null ? 'breaker closed' : `breaker open (${breaker})`, `forewarner ${regime.mc.status}`];
  }
  return candidates === null ? [] : [`${candidates.left} of ${candidates.asked} left`];
}

function gateNumber({ gate }: GateLine, value: number): string {
  if (Number.isNaN(value)) return '-';
  if (gate === 'sizing') return `${formatMoney(value)} USDT`;
  return gate === 'direction' ? `${digits(value)} bps` : digits(value);
}

function sizeRows(size: SizeParts, { action }: BarExplanation): string[][] {
  if (Number.isNaN(size.notional) || action.kind === 'hold' || action.kind === 'exit') return [];
  const rows = [
    ['signal strength', digits(size.strength), `vel_div ${digits(size.velDiv)}, ${sideWord(size.direction)}`],
    ['leverage by signal', digits(size.signalLeverage), 'convex in the strength'],
    [
      'x regime',
      digits(size.multiplier),
      `boost ${digits(size.boost)}, beta ${digits(size.beta)}, mc ${digits(size.mcScale)}`,
    ],
    ['x proxy boost', digits(size.proxy), ''],
    ['= wanted', digits(size.wanted), `clamped to ${digits(size.floor)} ... ${digits(size.ceiling)}`],
    ['leverage', digits(size.leverage), size.clamp === 'none' ? '' : `held by the ${size.clamp}`],
    [
      'notional, USDT',
      formatMoney(size.notional),
      `capital ${formatMoney(size.capital)} x fraction ${digits(size.fraction)} x leverage` +
        (size.cut === 0 ? '' : ` x (1 - cut ${digits(size.cut)})`),
    ],
  ];
  return [['part', 'value', action.kind === 'entry' ? '' : 'had the bar traded'], ...rows];
}

function candidatesTitle({ ranking }: BarExplanation): string {
  return `Candidates, best ${Math.min(CANDIDATES_SHOWN, ranking.length)} of ${plural(ranking.length, 'asset')}`;
}

const CANDIDATE_ALIGNS = [
  'left',
  'right',
  'left',
  'right',
  'right',
  'right',
  'right',
  'right',
  'right',
  'right',
  'left',
] as const;

function candidateRows({ ranking, action }: BarExplanation, context: ExplainContext, asset: number | null): string[][] {
  const titles = ['asset', 'mom bps', 'dir', 'OB z', 'fill', 'persist', 'edge', 'align', 'weight', 'score', 'verdict'];
  const shown = ranking.slice(0, CANDIDATES_SHOWN);
  const extra = ranking.filter((line, place) => line.assetIndex === asset && place >= CANDIDATES_SHOWN);
  return [titles, ...[...shown, ...extra].map((line) => candidateCells(line, context, action.kind === 'entry'))];
}

function candidateCells(line: CandidateLine, context: ExplainContext, isTraded: boolean): string[] {
  const { book } = line;
  return [
    symbol(context, line.assetIndex),
    digits(line.momentumBps),
    line.isDirectionConfirmed ? 'ok' : 'no',
    ...(book === null
      ? ['-', '-', '-', '-']
      : [book.z, book.fillProbability, book.persistence, book.edgeBps].map(digits)),
    digits(line.alignment),
    digits(line.weight),
    digits(line.score),
    line.verdict === 'best' && isTraded ? 'chosen' : VERDICT_WORDS[line.verdict],
  ];
}

function countedRows({ counted }: BarExplanation): string[][] {
  return Object.entries(counted).map(([name, count]) => [
    String(count),
    COUNTER_WORDS[name as keyof typeof COUNTER_WORDS],
  ]);
}

function section(
  title: string,
  rows: readonly (readonly string[])[],
  aligns: readonly ('left' | 'right')[],
  style: TerminalStyle,
): string[] {
  if (rows.length === 0) return [];
  return [style.heading(title), ...alignRows(rows, aligns).map((line) => INDENT + line)];
}
