import { isRouted, type Report, type RepricedMetrics } from '../model/report.ts';
import { baseStrategy } from './notes.ts';

const TITLE_MAX = 18;

/** One of the three results that every report shows side by side and equally large. */
export interface Result extends RepricedMetrics {
  readonly key: 'champion' | 'venue' | 'nextBar' | 'decision';
  readonly title: string;
  /** How it fills and what it pays, in at most 18 characters. */
  readonly terms: string;
}

/**
 * The strategy's own account, the same trades at venue fees, and the same trades filled one bar later; of routed trades, in
 * place of the last, the same at their decision prices.
 */
export function results(report: Report): readonly [Result, Result, Result] {
  const terms = isRouted(report) ? `orders, ${report.venue} venue` : 'fills at bar close';
  return [
    { key: 'champion', title: ownTitle(report.strategy), terms, ...repriced(report.metrics) },
    venueResult(report),
    thirdResult(report),
  ];
}

/** Routed trades have paid the venue's fees already: for them it asks what the made fills were worth. */
function venueResult(report: Report): Result {
  const { schedule } = report.venueFees;
  const title = isRouted(report) ? 'all at taker fees' : 'venue fees';
  const terms = isRouted(report) ? 'same fills' : `${schedule} taker`;
  return { key: 'venue', title, terms, ...repriced(report.venueFees) };
}

function thirdResult(report: Report): Result {
  if (isRouted(report)) {
    return { key: 'decision', title: 'analytic', terms: 'decision prices', ...repriced(report.decisionFills) };
  }
  return { key: 'nextBar', title: 'next-bar fills', terms: 'first later price', ...repriced(report.nextBarFills) };
}

/** The strategy as a column title: whole when it fits, else its name and a mark that more follows. */
function ownTitle(strategy: string): string {
  return strategy.length <= TITLE_MAX ? strategy : `${baseStrategy(strategy)}+…`;
}

function repriced({ roi, profitFactor, capital }: RepricedMetrics): RepricedMetrics {
  return { roi, profitFactor, capital };
}
