import { POSTURE_NAMES, type PostureName } from '../../model/posture.ts';
import type { Report, RepricedMetrics } from '../../model/report.ts';
import { type ReportSurvival, SENSOR_NAMES, type SurvivalDay, type SurvivalLow } from '../../model/survival-report.ts';
import { formatCount, formatMoney, formatProfitFactor, formatRatio, formatReturn } from '../number-format.ts';

export const SURVIVAL_TITLES = ['', 'with the stack', 'without'] as const;
export const SURVIVAL_DAY_TITLES = ['day starts in', 'posture', 'Rm', 'said by'] as const;
export const POSTURE_TITLES = ['posture', 'evaluations', 'share', ''] as const;

/** Why a fall of the posture shows in the result a day late, or not at all. */
export const SURVIVAL_WORDS =
  'Evaluated every 5 s of event time, but as in any replay the strategy hears of the posture at the start of a day: what ' +
  'falls at noon changes the next day.';

/** The result with the stack and without it, side by side; a dash where the run without was not made. */
export function survivalResultRows(report: Report, { without }: ReportSurvival): string[][] {
  const row = (label: string, of: (result: RepricedMetrics & { readonly trades: number }) => string) => [
    label,
    of(report.metrics),
    without === null ? '-' : of(without),
  ];
  return [
    row('ROI', ({ roi }) => formatReturn(roi)),
    row('profit factor', ({ profitFactor, trades }) => formatProfitFactor(profitFactor, trades)),
    row('capital, USDT', ({ capital }) => formatMoney(capital)),
    row('trades', ({ trades }) => formatCount(trades)),
  ];
}

/** What the two results say together; or why there is only one. */
export function withoutWords({ decisionHash }: Report, { without }: ReportSurvival): string {
  if (without === null)
    return 'Without the stack nothing was run: the run was stopped, or comes from a routed journal.';
  const isSame = without.decisionHash === decisionHash;
  return isSame
    ? 'The decisions are the same with the stack and without.'
    : 'The decisions differ: the hashes are not equal.';
}

/** Time that was spent in a posture. */
export interface PostureShare {
  readonly posture: PostureName;
  readonly evaluations: number;
  /** Of all evaluations; NaN without one. */
  readonly share: number;
}

/** Share of the evaluations per posture, best posture first. */
export function postureShares({ postures, evaluations }: ReportSurvival): PostureShare[] {
  return POSTURE_NAMES.map((posture) => {
    return { posture, evaluations: postures[posture], share: postures[posture] / evaluations };
  });
}

/** `lowest Rm 0.00 at 2021-05-19 12:57:00 UTC: stress 0.00; feed 1.00, memory 1.00, ...`: moment, cause, and the others. */
export function lowestWords({ lowest }: ReportSurvival): string {
  if (lowest === null) return 'Rm was never evaluated: no 5 s of event time have passed.';
  const at = lowest.ts.slice(0, 19).replace('T', ' ');
  const low = `lowest Rm ${formatRatio(lowest.rm)} at ${at} UTC`;
  const cause = causeOf(lowest);
  if (cause === undefined) return `${low}: no sensor was below 1`;
  const others = SENSOR_NAMES.filter((name) => name !== cause).map((name) => sensorWords(lowest, name));
  return `${low}, caused by ${sensorWords(lowest, cause)}; ${others.join(', ')}`;
}

/** How a day began, in the order of {@link SURVIVAL_DAY_TITLES}. */
export function survivalDayRow({ date, posture, rm, source }: SurvivalDay): string[] {
  return [date, posture, formatRatio(rm), source === 'stack' ? 'the stack' : source];
}

/** The lowest sensor, the first of equals; undefined when none took anything from the product. */
function causeOf({ sensors }: SurvivalLow): (typeof SENSOR_NAMES)[number] | undefined {
  const low = Math.min(...SENSOR_NAMES.map((name) => (sensors[name] < 1 ? sensors[name] : 1))); // NaN counts as 1
  return SENSOR_NAMES.find((name) => sensors[name] < 1 && sensors[name] === low);
}

function sensorWords({ sensors }: SurvivalLow, name: (typeof SENSOR_NAMES)[number]): string {
  return Number.isNaN(sensors[name]) ? `${name} no full window` : `${name} ${formatRatio(sensors[name])}`;
}
