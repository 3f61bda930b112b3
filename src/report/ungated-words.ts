import type { Report } from '../model/report.ts';
import { plural } from './words.ts';

/**
 * How many bars no gate was asked about, and why; undefined where there are none. A position holds the bars behind that of
 * its entry, to that of its exit; what is left was barred from entries (stale, HIBERNATE), or had a position still open.
 */
export function ungatedWords({ days, trades }: Pick<Report, 'days' | 'trades'>): string | undefined {
  const ungated = days.reduce((total, { bars, funnel }) => total + bars - funnel.warmup[0], 0);
  if (ungated <= 0) return undefined;
  const held = trades.reduce((total, { entryBar, exitBar }) => total + exitBar - entryBar, 0);
  const bars = plural(ungated, 'bar');
  if (held >= ungated) return `${bars} held a position and reached no gate.`;
  return `${bars} reached no gate: a position was held, or entries were barred.`;
}
