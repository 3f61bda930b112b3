import { cpuText, microseconds } from './bench-latency-cells.ts';
import type { LatencyTable } from './bench-latency-report.ts';
import type { LatencyResult, MeasuredStage, StageQuantiles } from './bench-latency-samples.ts';

const COLUMNS = [
  ['hop', 'p50'],
  ['step', 'p50'],
  ['step', 'p99'],
  ['intent', 'p50'],
  ['handover', 'p50'],
  ['handover', 'p99'],
  ['order', 'p50'],
  ['order', 'p99'],
  ['order', 'p999'],
  ['order', 'max'],
  ['total', 'p50'],
] as const satisfies readonly (readonly [MeasuredStage, keyof StageQuantiles])[];

/**
 * What it takes from a decision to its order, at every point that was measured with routed fills, beside the same point
 * with analytic fills. None where there was no such point.
 */
export function orderTables(results: readonly LatencyResult[]): LatencyTable[] {
  const routed = results.filter(({ isRouted }) => isRouted).sort((a, b) => a.assets - b.assets || rank(a) - rank(b));
  if (routed.length === 0) return [];
  const rows = routed.flatMap((result) => [...analyticBeside(result, results), result]).map(rowOf);
  const columns = COLUMNS.map(([stage, quantile]) => `${stage} ${quantile === 'p999' ? 'p99.9' : quantile}`);
  return [
    {
      title: 'Orders: decided to submitted, µs',
      columns: ['rate x assets, fills', 'frames', 'orders', ...columns, 'CPU %'],
      rows,
    },
  ];
}

function analyticBeside(
  { rateHz, assets, waiting }: LatencyResult,
  results: readonly LatencyResult[],
): readonly LatencyResult[] {
  return results.filter(
    (other) =>
      other.channel === 'dolphin' &&
      !other.isRouted &&
      other.rateHz === rateHz &&
      other.assets === assets &&
      other.waiting === waiting,
  );
}

function rowOf(result: LatencyResult): string[] {
  const { rateHz, assets, isRouted, frames, stages } = result;
  return [
    `${rateHz === 0 ? 'max' : `${rateHz} Hz`} x ${assets}, ${isRouted ? 'routed' : 'analytic'}`,
    String(frames),
    isRouted ? String(stages.order?.count ?? 0) : '',
    ...COLUMNS.map(([stage, quantile]) => microseconds(stages[stage]?.[quantile])),
    cpuText(result),
  ];
}

/** Slow before fast. */
function rank({ rateHz }: LatencyResult): number {
  return rateHz === 0 ? Number.POSITIVE_INFINITY : rateHz;
}
