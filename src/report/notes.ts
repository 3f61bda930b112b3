import { isRouted, type Report, type RoutedReport } from '../model/report.ts';
import { decisionHash } from './decision-hash.ts';
import { ageWords } from './feed-words.ts';
import { haltNotes } from './halt-words.ts';
import { journalWarning } from './journal-words.ts';
import { formatInterval, formatPercent } from './number-format.ts';
import { routedAlarms, routedCautions } from './routed/routed-notes.ts';
import { plural, printable } from './words.ts';

const CHAMPION_INTERVAL_MS = 5000;
/** From this many days on a Sharpe ratio is worth printing (semantics §5). */
export const SHARPE_MIN_DAYS = 20;

const UNCALIBRATED: Readonly<Record<string, string>> = {
  conservative: 'conservative is uncalibrated: lower limits than the champion, chosen by hand and validated by nobody.',
  growth: 'growth is uncalibrated: higher limits than the champion, chosen by hand and validated by nobody.',
  aggressive: 'aggressive is uncalibrated: the highest limits, chosen by hand and validated by nobody.',
  green: 'green is uncalibrated: the champion on both sides, and its LONG side is not validated.',
  custom: 'custom is uncalibrated: frozen parameters of the champion were changed.',
};

/** Name of a strategy without its qualifiers: `champion+direction=both@60s` -> `champion`. */
export function baseStrategy(strategy: string): string {
  return strategy.split(/[+@]/, 1)[0] ?? strategy;
}

/** What a reader must know before believing any figure of the report; most serious first, empty when nothing is to be said. */
export function notes(report: Report): string[] {
  return [...alarms(report), ...cautions(report)];
}

/**
 * The notes that stand before the results, and those behind them. An analytic report has all of them in front; a routed one
 * has so many conditions that they would push its results off the first screen.
 */
export function placedNotes(report: Report): { readonly before: string[]; readonly behind: string[] } {
  if (!isRouted(report)) return { before: notes(report), behind: [] };
  return { before: alarms(report), behind: cautions(report) };
}

/** What may make every figure void. */
function alarms(report: Report): string[] {
  const kinds = [
    syntheticNote,
    staleNote,
    memoryNote,
    journalNote,
    incompleteNote,
    hashNote,
    ageNote,
    haltNotes,
    routedAlarms,
  ];
  return kinds.flatMap((note) => note(report) ?? []);
}

/** Under which conditions the figures came about. */
function cautions(report: Report): string[] {
  const kinds = [routedCautions, calibrationNote, resolutionNote, changesNote, intervalNote];
  return kinds.flatMap((note) => note(report) ?? []);
}

/** What the three results mean, and what none of them knows. */
export function fillWords(report: Report): string {
  if (isRouted(report)) return routedFillWords(report);
  const { maker_fee: maker, taker_fee: taker, fee_draw: draw } = report.config;
  const rebate = maker < 0 ? ' (a rebate)' : '';
  const rates = `maker ${formatPercent(maker)}${rebate} and taker ${formatPercent(taker)}`;
  const luck = draw === 'sampled' ? 'drawn per fill from a seeded generator' : 'weighed by their probability';
  return (
    `The first column fills at the close of the bar that decided, a price that was gone by then, and pays ${rates}, ` +
    `${luck}. Venue fees (${report.venueFees.schedule}) charge the same trades taker on both ends; next-bar fills take the ` +
    'first price after each decision. Trades and sizes are the same in all three, and none of them knows spread, queue, ' +
    'market impact or funding.'
  );
}

function routedFillWords({ feeSchedule, venueFees }: RoutedReport): string {
  return (
    `The first column is what orders on a simulated venue brought, after fees (${printable(feeSchedule)}) and funding. The second ` +
    `charges the same fills taker on both ends (${printable(venueFees.schedule)}). Analytic takes the same trades and quantities ` +
    'at the prices at which they were decided, at the fees that the strategy expects. None of them knows market impact: the ' +
    'market does not see these orders.'
  );
}

function syntheticNote(report: Report): string | undefined {
  if (!report.source.synthetic) return undefined;
  return 'Synthetic data: prices and scan columns were made together. The result says nothing about profit.';
}

function staleNote(report: Report): string | undefined {
  const days = report.days.filter((day) => day.staleState);
  if (days.length === 0) return undefined;
  const dates = days.map((day) => day.date);
  const named = dates.length > 3 ? `${dates.slice(0, 3).join(', ')} and more` : dates.join(', ');
  return `DO NOT USE: an external state changed in the middle of a step on ${plural(days.length, 'day')} (${named}).`;
}

function journalNote({ journal }: Report): string | undefined {
  return journal === undefined ? undefined : journalWarning(journal);
}

function memoryNote({ memory }: Report): string | undefined {
  if (memory === undefined) return undefined;
  const those = `${plural(memory.unwritten, 'result')} ${memory.unwritten === 1 ? 'is' : 'are'}`;
  return `${those} not in the memory (${printable(memory.where)}): the capital there is not that of this run.`;
}

function ageNote({ feed }: Report): string | undefined {
  return feed === undefined ? undefined : ageWords(feed);
}

function incompleteNote(report: Report): string | undefined {
  return report.complete ? undefined : 'Incomplete: the run was stopped before the end of its data.';
}

function hashNote(report: Report): string | undefined {
  if (decisionHash(report.trades) === report.decisionHash) return undefined;
  return 'The decision hash is not that of the trades in this report: the file was changed after the run.';
}

function calibrationNote(report: Report): string | undefined {
  return UNCALIBRATED[baseStrategy(report.strategy)];
}

const RESOLUTION_WORDS = {
  hybrid: 'entries on scans, exits on every 0.1 s bar',
  '0.1s':
    'every 0.1 s bar is a step, counts of bars are multiplied and vol_p60 is divided by the square root of the factor',
} as const;

function resolutionNote({ config }: Report): string | undefined {
  const { resolution } = config;
  if (resolution !== 'hybrid' && resolution !== '0.1s') return undefined; // reports of other programs may lack it
  const scanner =
    config.scanner_rate === '10hz' ? ' The scanner runs on every 0.1 s bar with its windows unscaled.' : '';
  return (
    `Experimental: resolution ${resolution}, ${RESOLUTION_WORDS[resolution]}.${scanner} At 0.1 s most bars carry no trade, and ` +
    'nobody has calibrated the strategy for it.'
  );
}

function changesNote(report: Report): string | undefined {
  const changes = report.strategy.split('+').slice(1);
  if (changes.length === 0) return undefined;
  const settings = changes.map((change) => change.split('@', 1)[0]).join(', ');
  return `Changed from ${baseStrategy(report.strategy)}: ${settings}.`;
}

function intervalNote(report: Report): string | undefined {
  if (report.barIntervalMs === CHAMPION_INTERVAL_MS) return undefined;
  return (
    `Bars of ${formatInterval(report.barIntervalMs)}: the champion is made for 5 s. Windows stay in bars and vol_p60 is ` +
    'scaled by the square root of time; this is no longer the champion.'
  );
}
