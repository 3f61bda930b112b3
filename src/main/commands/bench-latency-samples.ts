import type { StageHistogram } from '../../shm/stage-histogram.ts';

/** Samples that must lie beyond a quantile before it is worth stating. */
const SAMPLES_BEYOND = 10;

/** Quantiles of one stage, ns; null where fewer than ten samples lie beyond. */
export interface StageQuantiles {
  readonly count: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
}

/** Stages as a reader of the table knows them, whoever measured them. */
export const MEASURED_STAGES = [
  'late',
  'hop',
  'step',
  'intent',
  'order',
  'handover',
  'commit',
  'journal',
  'total',
] as const;
export type MeasuredStage = (typeof MEASURED_STAGES)[number];
export type StageTable = Partial<Record<MeasuredStage, StageQuantiles>>;

/** What one channel did at one point. */
export interface LatencyResult {
  readonly channel: string;
  readonly rateHz: number;
  readonly assets: number;
  readonly waiting: string;
  /** Orders went to a simulated venue, in lockstep. */
  readonly isRouted: boolean;
  readonly frames: number;
  readonly framesPerSecond: number;
  /** Empty at full speed, where a planned time means nothing; but for the step and for orders. */
  readonly stages: StageTable;
  /** Percent of one core; NaN where it cannot be read. */
  readonly cpuPct: Readonly<Record<string, number>>;
}

/** Quantiles of a stage that some thread of ours has recorded; at most 1/64 too large. */
export function quantilesOfHistogram(histogram: StageHistogram): StageQuantiles {
  const { count } = histogram;
  const at = (share: number) => (isStatable(count, share) ? histogram.quantile(share) : null);
  return { count, p50: at(0.5), p99: at(0.99), p999: at(0.999), max: count > 0 ? histogram.maxNs : null };
}

/** Exact quantiles by nearest rank. @param ns - in any order. */
export function quantilesOfSamples(ns: readonly number[]): StageQuantiles {
  const sorted = Float64Array.from(ns).sort();
  const count = sorted.length;
  const at = (share: number) => (isStatable(count, share) ? (sorted[rankOf(count, share) - 1] ?? null) : null);
  return { count, p50: at(0.5), p99: at(0.99), p999: at(0.999), max: sorted.at(-1) ?? null };
}

function isStatable(count: number, share: number): boolean {
  return count > 0 && count - rankOf(count, share) >= SAMPLES_BEYOND;
}

function rankOf(count: number, share: number): number {
  return Math.max(1, Math.ceil(share * count));
}
