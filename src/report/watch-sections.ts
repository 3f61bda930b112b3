import type { Report } from '../model/report.ts';
import { formatCount, formatShare } from './number-format.ts';
import { leftThenRight, type Section, table } from './section.ts';
import { type Align, textBar, wrap } from './text-table.ts';
import { ALERT_TITLES, alertRow, SAMPLE_WORDS, standingWords } from './watch/alert-rows.ts';
import {
  lowestWords,
  POSTURE_TITLES,
  postureShares,
  SURVIVAL_DAY_TITLES,
  SURVIVAL_TITLES,
  SURVIVAL_WORDS,
  survivalDayRow,
  survivalResultRows,
  withoutWords,
} from './watch/survival-rows.ts';
import { plural } from './words.ts';

/* What watched over the run: its survival stack and its alarms. */

const BAR_WIDTH = 24;
const DAYS_SHOWN = 31;
const ALERTS_SHOWN = 20;
const HIDDEN_WORDS = 'in the JSON and the HTML report';

/** What the survival stack did, and the result without it; no rows in a run without one. @param width - of a line. */
export function survivalSection(report: Report, width: number): Section {
  const { survival } = report;
  if (survival === undefined) return { titles: [], rows: [] };
  const results = table(SURVIVAL_TITLES, survivalResultRows(report, survival), leftThenRight(SURVIVAL_TITLES.length));
  const shares = postureShares(survival).map(({ posture, evaluations, share }) => [
    posture,
    formatCount(evaluations),
    formatShare(share),
    textBar(share, BAR_WIDTH),
  ]);
  const days = survival.days.map(survivalDayRow);
  return {
    titles: results.titles,
    rows: [
      ...results.rows,
      ...wrap(withoutWords(report, survival), width),
      '',
      ...titled(POSTURE_TITLES, shares, ['left', 'right', 'right', 'left']),
      ...wrap(lowestWords(survival), width),
      '',
      ...lastRows(titled(SURVIVAL_DAY_TITLES, days, ['left', 'left', 'right', 'left']), DAYS_SHOWN, 'day'),
      ...wrap(SURVIVAL_WORDS, width),
    ],
  };
}

/** Alarms that began and ended, the last ones of many; no rows where nothing alarmed. */
export function alertsSection({ alerts = [] }: Report): Section {
  if (alerts.length === 0) return { titles: [], rows: [] };
  const aligns: Align[] = ['left', 'left', 'left', 'right', 'right', 'right'];
  const rows = titled(ALERT_TITLES, alerts.map(alertRow), aligns);
  return { titles: [], rows: [...lastRows(rows, ALERTS_SHOWN, 'alert'), standingWords(alerts), SAMPLE_WORDS] };
}

function titled(titles: readonly string[], cells: readonly string[][], aligns: readonly Align[]): string[] {
  const { titles: head, rows } = table(titles, cells, aligns);
  return [...head, ...rows];
}

/** The title and the last rows, with a line that says where the others are. */
function lastRows([head = '', ...rows]: readonly string[], shown: number, noun: string): string[] {
  const hidden = Math.max(0, rows.length - shown);
  const words = hidden === 0 ? [] : [`(${plural(hidden, `earlier ${noun}`)}: ${HIDDEN_WORDS})`];
  return [head, ...words, ...rows.slice(hidden)];
}
