import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError } from '../../model/input-error.ts';
import { type Align, alignRows } from '../../report/text-table.ts';
import { exitCodeOfSignal, onStopSignals } from '../exit-codes.ts';
import { PROGRAM_ROOT, readConditions } from '../machine-conditions.ts';
import { hasPeers, measurePeers } from './bench-latency-peers.ts';
import { type LatencyPoint, latencyPlan, secondsOf } from './bench-latency-plan.ts';
import { type LatencyReport, type LatencyTable, latencyReport } from './bench-latency-report.ts';
import { measureLatency } from './bench-latency-run.ts';
import type { LatencyResult } from './bench-latency-samples.ts';

export interface BenchLatencyFlags {
  readonly full?: boolean;
  /** False for `--no-peers`. */
  readonly peers: boolean;
  readonly json?: string;
  readonly rate?: number;
  readonly assets?: number;
  readonly wait?: string;
  readonly frames?: number;
}

/** `dolphin bench latency`: what a frame takes from its planned time to an intent, stage by stage, beside the peers. */
export async function benchLatencyCommand(flags: BenchLatencyFlags): Promise<number> {
  const conditions = readConditions();
  const abort = new AbortController();
  const signals = onStopSignals(() => abort.abort());
  try {
    const points = wantedPoints(flags);
    const { results, ...report } = await measureAll(points, flags.peers, abort.signal);
    const whole = { name: 'latency', conditions, ...report, results };
    if (flags.json === '-') process.stdout.write(`${JSON.stringify(whole, null, 1)}\n`);
    else process.stdout.write(reportText(report));
    const file = flags.json ?? defaultFile(flags);
    if (file !== null && file !== '-') {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${JSON.stringify(whole, null, 1)}\n`);
      if (flags.json === undefined) process.stdout.write(`written to ${file}\n`);
    }
    return 0;
  } catch (error) {
    if (signals.received === null) throw error;
    return exitCodeOfSignal(signals.received);
  } finally {
    signals.release();
  }
}

/**
 * Measures points one after the other, ours and then the peers at each.
 * @throws Error when a frame or an intent was lost anywhere; the signal's reason.
 */
export async function measureAll(
  points: readonly LatencyPoint[],
  withPeers: boolean,
  signal: AbortSignal,
): Promise<LatencyReport & { readonly results: readonly LatencyResult[] }> {
  // Starts the pool of Node's own threads, so that the run's workers are the only new ones.
  await readFile(new URL(import.meta.url));
  const isBesidePeers = withPeers && hasPeers();
  const results: LatencyResult[] = [];
  for (const [i, point] of points.entries()) {
    showProgress(`  ${i + 1} of ${points.length}: ${nameOf(point)}, ${Math.ceil(secondsOf(point)) + 2} s `);
    results.push(await measureLatency(point, signal));
    if (isBesidePeers && point.hasPeers) results.push(...(await measurePeers(point, signal)));
  }
  showProgress('');
  const leftOut = isBesidePeers ? [] : ['The peers were left out.'];
  return { results, ...latencyReport(results, leftOut) };
}

function wantedPoints(flags: BenchLatencyFlags): LatencyPoint[] {
  const { rate, assets, wait, frames } = flags;
  const points = latencyPlan(flags.full === true)
    .filter((point) => rate === undefined || point.rateHz === rate)
    .filter((point) => assets === undefined || point.assets === assets)
    .filter((point) => wait === undefined || point.wait === wait)
    .map((point) => (frames === undefined ? point : { ...point, frames }));
  if (points.length > 0) return points;
  throw new InputError('--rate, --assets and --wait must leave a point of the plan, left none; --full has all of them');
}

/** Only the whole of a plan is a result that documents may show. */
function defaultFile({ rate, assets, wait, frames }: BenchLatencyFlags): string | null {
  const isPart = [rate, assets, wait, frames].some((flag) => flag !== undefined);
  const folder = join(PROGRAM_ROOT, 'bench', 'results');
  return isPart || !existsSync(folder) ? null : join(folder, 'latency.json');
}

function nameOf({ rateHz, assets, wait, fills }: LatencyPoint): string {
  return `${rateHz === 0 ? 'max' : rateHz} Hz x ${assets} assets, ${wait}, ${fills}`;
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function reportText({ tables, targets, notes }: LatencyReport): string {
  const verdicts = targets.map(
    ({ name, limit, measured, verdict }) => `${verdict.toUpperCase().padEnd(7)} ${name}: ${measured}, target ${limit}`,
  );
  return [...tables.flatMap(tableText), ...verdicts, ...notes.map((note) => `- ${note}`), ''].join('\n');
}

function tableText({ title, columns, rows }: LatencyTable): string[] {
  if (rows.length === 0) return [];
  const aligns = columns.map((_, i): Align => (i === 0 ? 'left' : 'right'));
  return [title, ...alignRows([columns, ...rows], aligns).map((line) => `  ${line}`), ''];
}
