import type { Report } from '../../model/report.ts';
import type { ReportSurvival } from '../../model/survival-report.ts';
import { formatCount, formatShare } from '../number-format.ts';
import { ALERT_TITLES, alertRow, SAMPLE_WORDS, standingWords } from '../watch/alert-rows.ts';
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
} from '../watch/survival-rows.ts';
import { escapeHtml, numberHtml, px } from './markup.ts';

/** What the survival stack did, in tables: the result with it and without, time per posture, how each day began. */
export function survivalTables(report: Report, survival: ReportSurvival): string {
  const results = plainTable(SURVIVAL_TITLES, survivalResultRows(report, survival), [1, 2]);
  const days = plainTable(SURVIVAL_DAY_TITLES, survival.days.map(survivalDayRow), [2]);
  return `<div class="grid2"><div>
${results}${words(withoutWords(report, survival))}
${postureTable(survival)}${words(lowestWords(survival))}
</div><div>
<div class="scroll">${days}</div>
${words(SURVIVAL_WORDS)}
</div></div>`;
}

/** Alarms in order, and which of them still stood at the end. */
export function alertTable({ alerts = [] }: Report): string {
  const table = plainTable(ALERT_TITLES, alerts.map(alertRow), [3, 4, 5]);
  return `<div class="scroll">${table}</div>${words(`${standingWords(alerts)} ${SAMPLE_WORDS}`)}`;
}

function postureTable(survival: ReportSurvival): string {
  const rows = postureShares(survival).map(({ posture, evaluations, share }) => {
    const width = px(100 * (share || 0));
    return `<tr><th scope="row">${posture}</th><td class="n">${formatCount(evaluations)}</td><td class="n">${formatShare(share)}</td><td class="track"><i style="width:${width}%"></i></td></tr>`;
  });
  return `<table class="bars gates">${head(POSTURE_TITLES, [1, 2])}<tbody>${rows.join('')}</tbody></table>`;
}

/** @param numbers - columns that hold numbers. */
function plainTable(titles: readonly string[], rows: readonly string[][], numbers: readonly number[]): string {
  const cell = (text: string, column: number) =>
    `<td${numbers.includes(column) ? ' class="n"' : ''}>${numberHtml(text)}</td>`;
  const body = rows.map((cells) => `<tr>${cells.map(cell).join('')}</tr>`);
  return `<table class="plain">${head(titles, numbers)}<tbody>${body.join('')}</tbody></table>`;
}

function head(titles: readonly string[], numbers: readonly number[]): string {
  const cells = titles.map((title, column) => `<th${numbers.includes(column) ? ' class="n"' : ''}>${title}</th>`);
  return `<thead><tr>${cells.join('')}</tr></thead>`;
}

function words(text: string): string {
  return `<p class="quiet words">${escapeHtml(text)}</p>`;
}
