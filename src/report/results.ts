import type { Report, RepricedMetrics } from '../model/report.ts';
import { baseStrategy } from './notes.ts';

const TITLE_MAX = 18;

/** One of the three results that every report shows side by side and equally large. */
export interface Result extends RepricedMetrics {
  readonly key: 'champion' | 'venue' | 'nextBar';
  readonly title: string;
  /** How it fills and what it pays, in at most 18 characters. */
  readonly terms: string;
}

/** The strategy's own account, the same trades at venue fees, and the same trades filled one bar later. */
export function results(report: Report): readonly [Result, Result, Result] {
  return [
    { key: 'champion', title: ownTitle(report.strategy), terms: 'fills at bar close', ...repriced(report.metrics) },
    { key: 'venue', title: 'venue fees', terms: `${report.venueFees.schedule} taker`, ...repriced(report.venueFees) },
    { key: 'nextBar', title: 'next-bar fills', terms: 'first later price', ...repriced(report.nextBarFills) },
  ];
}

/** The strategy as a column title: whole when it fits, else its name and a mark that more follows. */
function ownTitle(strategy: string): string {
  return strategy.length <= TITLE_MAX ? strategy : `${baseStrategy(strategy)}+…`;
}

function repriced({ roi, profitFactor, capital }: RepricedMetrics): RepricedMetrics {
  return { roi, profitFactor, capital };
}
