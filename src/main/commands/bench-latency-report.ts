import { cpuText, microseconds } from './bench-latency-cells.ts';
import { orderTables } from './bench-latency-orders.ts';
import { TARGET_ASSETS, TARGET_RATE_HZ } from './bench-latency-plan.ts';
import type { LatencyResult, MeasuredStage, StageQuantiles } from './bench-latency-samples.ts';

/** A table as the terminal and docs/performance.md show it. */
export interface LatencyTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface LatencyTarget {
  readonly name: string;
  readonly limit: string;
  readonly measured: string;
  readonly verdict: 'met' | 'missed' | 'undecided';
}

/** The results in words and rows. */
export interface LatencyReport {
  readonly tables: readonly LatencyTable[];
  readonly targets: readonly LatencyTarget[];
  readonly notes: readonly string[];
}

const ENGINE_P50_LIMIT_NS = 20_000;
const ENGINE_P99_LIMIT_NS = 200_000;
const STEP_P99_LIMIT_NS = 100_000;
const COLUMNS = [
  ['late', 'p50'],
  ['hop', 'p50'],
  ['hop', 'p99'],
  ['step', 'p50'],
  ['step', 'p99'],
  ['intent', 'p50'],
  ['intent', 'p99'],
  ['total', 'p50'],
  ['total', 'p99'],
  ['total', 'p999'],
  ['total', 'max'],
] as const satisfies readonly (readonly [MeasuredStage, keyof StageQuantiles])[];

const NOTES = [
  'late: planned time to published. hop: published to taken by the engine. step: taken to decided, waking execution included. intent: published to intent readable; for the peers without waking its reader, which is in the total. total: planned time to taken by execution, so a late sender is in it; behind the journal where there is one.',
  'dolphin steps the real strategy with every gate open, so that every frame ends in an intent; the peers add the prices up and send a record of 128 bytes on.',
  'The same topology everywhere: the source sleeps until the planned time, the engine waits as named, execution sleeps (waitAsync, futex, Blocking, port). Threads are not pinned.',
  'Quantiles are stated where ten samples or more lie beyond them; those of dolphin come from its own histograms, which always run and are at most 1/64 too large.',
  'Orders: decided to submitted to a simulated venue of bars, waking execution and the pre-trade check included; in lockstep, so that the hop is behind execution having matched the frame. An order is sent on one frame in 2.5 to 3; the rows of analytic fills are the same points of the same run, where a decision is only handed over. Nothing goes wrong at the venue; no network is in it.',
  'CPU: percent of one core while frames came, in the order source, engine, execution (and the journal worker, where there is one).',
];

/** Tables, verdicts and notes of what was measured. */
export function latencyReport(results: readonly LatencyResult[], leftOut: readonly string[]): LatencyReport {
  const analytic = results.filter(({ isRouted }) => !isRouted);
  const paced = analytic.filter(({ rateHz }) => rateHz > 0);
  const widths = [...new Set(paced.map(({ assets }) => assets))].sort((a, b) => a - b);
  return {
    tables: [...widths.map((assets) => pacedTable(paced, assets)), fullSpeedTable(analytic), ...orderTables(results)],
    targets: targetsOf(results),
    notes: [...NOTES, ...leftOut],
  };
}

function pacedTable(results: readonly LatencyResult[], assets: number): LatencyTable {
  const rows = results
    .filter((result) => result.assets === assets)
    .sort((a, b) => a.rateHz - b.rateHz || a.waiting.localeCompare(b.waiting))
    .map((result) => [
      `${result.rateHz} Hz, ${result.channel}, ${result.waiting}`,
      String(result.frames),
      ...COLUMNS.map(([stage, quantile]) => microseconds(result.stages[stage]?.[quantile])),
      cpuText(result),
    ]);
  const columns = COLUMNS.map(([stage, quantile]) => `${stage} ${quantile === 'p999' ? 'p99.9' : quantile}`);
  return {
    title: `Latency at ${assets} assets, µs`,
    columns: ['rate, channel, waiting', 'n', ...columns, 'CPU %'],
    rows,
  };
}

function fullSpeedTable(results: readonly LatencyResult[]): LatencyTable {
  const rows = results
    .filter(({ rateHz }) => rateHz === 0)
    .map((result) => [
      `${result.assets} assets, ${result.channel}, ${result.waiting}`,
      String(result.frames),
      Math.round(result.framesPerSecond).toLocaleString('en-US'),
      microseconds(result.stages.step?.p50),
      microseconds(result.stages.step?.p99),
      cpuText(result),
    ]);
  const columns = ['as fast as the engine takes them', 'n', 'frames per second', 'step p50 µs', 'step p99 µs', 'CPU %'];
  return { title: 'Both hops at full speed', columns, rows };
}

function targetsOf(results: readonly LatencyResult[]): LatencyTarget[] {
  const judged = results.find(
    ({ channel, isRouted, rateHz, assets, waiting }) =>
      channel === 'dolphin' && !isRouted && rateHz === TARGET_RATE_HZ && assets === TARGET_ASSETS && waiting === 'park',
  );
  if (judged === undefined) return [];
  const { hop, intent, step } = judged.stages;
  const where = `${TARGET_RATE_HZ} Hz x ${TARGET_ASSETS} assets`;
  return [
    ...behindHop(
      `published to intent readable beyond the parked hop, p50, ${where}`,
      hop?.p50,
      intent?.p50,
      ENGINE_P50_LIMIT_NS,
    ),
    ...behindHop(
      `published to intent readable beyond the parked hop, p99, ${where}`,
      hop?.p99,
      intent?.p99,
      ENGINE_P99_LIMIT_NS,
    ),
    ...below(`step p99, ${where}`, step?.p99, STEP_P99_LIMIT_NS),
  ];
}

function behindHop(
  name: string,
  hopNs: number | null | undefined,
  intentNs: number | null | undefined,
  limitNs: number,
) {
  if (hopNs == null || intentNs == null) return [];
  return below(`${name} (${microseconds(intentNs)} - ${microseconds(hopNs)})`, intentNs - hopNs, limitNs);
}

function below(name: string, ns: number | null | undefined, limitNs: number): LatencyTarget[] {
  if (ns == null) return [];
  const measured = `${microseconds(ns)} µs`;
  return [{ name, limit: `<= ${limitNs / 1000} µs`, measured, verdict: ns <= limitNs ? 'met' : 'missed' }];
}
