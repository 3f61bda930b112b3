import type { ReportAlert } from '../../../src/model/metric-alert.ts';
import type { Report } from '../../../src/model/report.ts';
import type { ReportSurvival } from '../../../src/model/survival-report.ts';
import { routedReport } from './routed-case.ts';

const DATE = '2026-01-05';

/** Rm 0.9 * 0.4 = 0.36 at its lowest. */
export const SURVIVAL: ReportSurvival = {
  evaluations: 200,
  postures: { APEX: 150, STALKER: 30, TURTLE: 0, HIBERNATE: 20 },
  lowestRm: 0.36,
  lowest: {
    ts: `${DATE}T12:57:00.000Z`,
    rm: 0.36,
    sensors: { feed: 0.9, memory: 1, coverage: 1, stress: 0.4, capital: 1 },
  },
  days: [
    { date: DATE, posture: 'APEX', rm: 1, source: 'stack' },
    { date: '2026-01-06', posture: 'TURTLE', rm: 0.7154, source: 'safety.csv' },
  ],
  without: { roi: 0.004, profitFactor: null, capital: 25_100, trades: 3, decisionHash: 'ab'.repeat(32) },
};

/** A slippage alarm that clears, and one of the maker share that stands; a profit factor that comes back without losses. */
export const ALERTS: readonly ReportAlert[] = [
  alert('00:10:05', 'maker_share', 'alarm', 0, 0.4),
  alert('00:20:05', 'slippage_bps', 'alarm', 5.434, 5),
  alert('00:30:05', 'slippage_bps', 'clear', 3.18, 4),
  alert('00:40:05', 'profit_factor', 'clear', Number.POSITIVE_INFINITY, 0.9),
];

/** The routed report of the case with what watched over its run. */
export function watchedReport(survival: ReportSurvival = SURVIVAL, alerts: readonly ReportAlert[] = ALERTS): Report {
  return { ...routedReport(), survival, alerts };
}

function alert(
  time: string,
  metric: ReportAlert['metric'],
  level: ReportAlert['level'],
  value: number,
  threshold: number,
): ReportAlert {
  return { ts: `${DATE}T${time}.000Z`, metric, level, value, threshold, samples: 30 };
}
