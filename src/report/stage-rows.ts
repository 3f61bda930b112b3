import type { ReportTiming } from '../model/report.ts';
import type { StageLatency } from '../model/stage-latency.ts';
import { formatCount, formatNs } from './number-format.ts';

/** Stages in the order in which a frame passes them; the journal's way to the disk runs beside the last ones. */
const ORDER = ['source', 'ring', 'step', 'intent', 'handover', 'order', 'commit', 'journal', 'total'];
/** Values that must lie beyond a quantile: fewer say nothing about a tail. */
const LEAST_BEYOND = 10;
const UNKNOWN = '-';

export const STAGE_TITLES = ['stage', 'values', 'p50', 'p99', 'p99.9', 'max'] as const;

/** A row per measured stage, in the order of {@link STAGE_TITLES}; none in reports that know only the step. */
export function stageRows({ stages = [] }: ReportTiming): string[][] {
  const place = ({ stage }: StageLatency) => (ORDER.includes(stage) ? ORDER.indexOf(stage) : ORDER.length);
  return stages
    .toSorted((a, b) => place(a) - place(b))
    .map(({ stage, n, p50, p99, p999, max }) => [
      stage,
      formatCount(n),
      quantile(p50, 0.5, n),
      quantile(p99, 0.99, n),
      quantile(p999, 0.999, n),
      formatNs(max),
    ]);
}

/** True for a run whose frames came when they were due: only then is the way to the ring measured. */
export function isPaced({ stages = [] }: ReportTiming): boolean {
  return stages.some(({ stage }) => stage === 'source');
}

/** What the stage `order` measures. */
export const ORDER_STAGE_WORDS = 'order: from the decision to its order being submitted to the venue.';

/** True for a run whose intents became orders. */
export function hasOrders({ stages = [] }: ReportTiming): boolean {
  return stages.some(({ stage }) => stage === 'order');
}

/** The step's quantiles on one line, for reports without stages. */
export function stepWords({ stepNs: { p50, p99, p999, max } }: ReportTiming): string {
  return `p50 ${formatNs(p50)} · p99 ${formatNs(p99)} · p99.9 ${formatNs(p999)} · max ${formatNs(max)}`;
}

function quantile(ns: number, share: number, n: number): string {
  // Rounded: 10 of 10,000 lie beyond p99.9, whatever the last bit of the product says.
  return Math.round(n * (1 - share) * 1e6) / 1e6 >= LEAST_BEYOND ? formatNs(ns) : UNKNOWN;
}
