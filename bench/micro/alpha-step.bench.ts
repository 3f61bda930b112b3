import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { decisionBytes } from '../../src/portfolio/decision-bytes.ts';
import type { DayBlock } from '../../src/shm/day-block.ts';
import { runSimpleLoop } from '../peers/simple-loop.ts';
import { writeDayFile } from '../support/day-file.ts';
import { FIRST_DAY } from '../support/day-parquet.ts';
import { interleave, type Variant } from '../support/interleave.ts';
import { buildPeer, runPeer } from '../support/peers.ts';
import { type Bench, type BenchTable, type BenchTarget, ratioTarget } from '../support/result.ts';
import { withScratchFolder } from '../support/scratch.ts';
import { median, quantile, ratioInterval } from '../support/statistics.ts';
import { createSyntheticDay, DAY_ROWS } from '../support/synthetic-day.ts';
import { EngineRunner } from './engine-runner.ts';

const ROUNDS = 15;
/** Frames that one round steps: getrusage counts a thread's time in ticks of up to 4 ms, so a round must be many of them. */
const FRAMES_PER_ROUND = { 50: 30 * DAY_ROWS, 400: 5 * DAY_ROWS } as const;
const WARM_UP_RUNS = 6;
const ASSET_COUNTS = [50, 400] as const;
type AssetCount = (typeof ASSET_COUNTS)[number];
const LIMIT = 2;
const SEED = 7;

interface CAlphaStep {
  readonly rounds: readonly { readonly cpuNs: number }[];
  readonly trades: number;
  readonly decisionsHex: string;
  readonly stepNs?: { readonly p50: number; readonly p99: number; readonly p999: number; readonly max: number };
}
interface CSimpleLoop {
  readonly rounds: readonly { readonly cpuNs: number }[];
  readonly steps: number;
  readonly checksum: number;
}

/**
 * The step of our engine beside the same step in C, on the same day in one run: CPU ns of the stepping thread per step.
 * Beside them the simple loop in both languages, so that the price of seven layers is visible.
 */
export const alphaStepBench: Bench = {
  name: 'alpha-step',
  async run() {
    const tables: BenchTable[] = [];
    const targets: BenchTarget[] = [];
    for (const assets of ASSET_COUNTS) {
      const { table, target } = await withScratchFolder((folder) => compareAt(assets, folder));
      tables.push(table);
      targets.push(target);
    }
    const notes = [
      `One synthetic day of ${DAY_ROWS} scans per run; CPU time of the stepping thread; medians of ${ROUNDS} interleaved rounds.`,
      'Decision records of both are compared byte by byte in every round; a difference ends the benchmark.',
      'p50 and p99 are of single steps, each timed by itself: two clock readings dearer than a step of the first column.',
    ];
    return { tables, targets, notes };
  },
};

async function compareAt(assets: AssetCount, folder: string): Promise<{ table: BenchTable; target: BenchTarget }> {
  const day = createSyntheticDay({ seed: SEED, assets });
  const file = join(folder, `day-${assets}.bin`);
  writeDayFile(file, day, FIRST_DAY);
  const runner = new EngineRunner(day);
  const runs = FRAMES_PER_ROUND[assets] / DAY_ROWS;
  const expected = warmUp(runner, day);
  const variants: Variant<number>[] = [
    { name: 'alpha step, ours', measure: () => measureOurs(runner, runs, expected.decisions) },
    { name: 'alpha step, C -O3', measure: () => measureCStep(buildPeer('alpha-step'), file, runs, expected.decisions) },
    {
      name: 'alpha step, C -O3 -march=native',
      measure: () => measureCStep(buildPeer('alpha-step', ['-march=native']), file, runs, expected.decisions),
    },
    { name: 'simple loop, V8', measure: () => measureLoop(day, runs, expected.loopChecksum) },
    { name: 'simple loop, C -O3', measure: () => measureCLoop(file, runs, expected.loopChecksum) },
  ];
  const results = await interleave(variants, ROUNDS);
  const ours = results.get('alpha step, ours')!;
  const c = results.get('alpha step, C -O3')!;
  const quantiles = new Map([
    ['alpha step, ours', stepQuantiles(runner)],
    ['alpha step, C -O3', cStepQuantiles(file)],
  ]);
  const rows = variants.map(({ name }) => tableRow(name, results.get(name)!, c, quantiles.get(name)));
  const columns = ['variant', 'ns per step', 'steps per CPU-second', 'against C -O3', 'p50 ns', 'p99 ns'];
  return {
    table: { title: `Alpha step at ${assets} assets (${expected.trades} trades)`, columns, rows },
    target: ratioTarget(`alpha step against C -O3, ${assets} assets`, ratioInterval(ours, c), LIMIT),
  };
}

function warmUp(runner: EngineRunner, day: ReturnType<typeof createSyntheticDay>) {
  for (let run = 0; run < WARM_UP_RUNS; run++) {
    runner.stepAll(runner.createEngine());
    runSimpleLoop(day);
  }
  const engine = runner.createEngine();
  runner.stepAll(engine);
  const trades = runner.finish(engine);
  return { decisions: digest(decisionBytes(trades)), trades: trades.length, loopChecksum: runSimpleLoop(day).checksum };
}

function measureOurs(runner: EngineRunner, runs: number, expected: string): number {
  const engines = Array.from({ length: runs }, () => runner.createEngine());
  const nsPerStep = cpuNsPerStep(runs * runner.steps, () => {
    for (const engine of engines) runner.stepAll(engine);
  });
  for (const engine of engines) checkDigest('ours', digest(decisionBytes(runner.finish(engine))), expected);
  return nsPerStep;
}

function measureCStep(program: string, file: string, runs: number, expected: string): number {
  const result = runPeer<CAlphaStep>(program, ['--rounds', String(runs), file]);
  checkDigest(program, digest(Buffer.from(result.decisionsHex, 'hex')), expected);
  return totalCpuNs(result.rounds) / (runs * DAY_ROWS);
}

function measureLoop(day: DayBlock, runs: number, expected: number): number {
  let checksum = 0;
  const nsPerStep = cpuNsPerStep(runs * (day.rows - 1), () => {
    for (let run = 0; run < runs; run++) checksum = runSimpleLoop(day).checksum;
  });
  checkDigest('simple loop in V8', String(checksum), String(expected));
  return nsPerStep;
}

function measureCLoop(file: string, runs: number, expected: number): number {
  const result = runPeer<CSimpleLoop>(buildPeer('simple-loop'), ['--rounds', String(runs), file]);
  checkDigest('simple loop in C', String(result.checksum), String(expected));
  return totalCpuNs(result.rounds) / (runs * result.steps);
}

function totalCpuNs(rounds: readonly { readonly cpuNs: number }[]): number {
  return rounds.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
}

/** CPU time of this thread; V8's helper threads are not in it, as C's kernel threads are not. */
function cpuNsPerStep(steps: number, run: () => void): number {
  const before = process.threadCpuUsage();
  run();
  const after = process.threadCpuUsage(before);
  return ((after.user + after.system) * 1000) / steps;
}

function stepQuantiles(runner: EngineRunner): readonly [number | null, number | null] {
  const stepNs = new Float64Array(runner.steps);
  const engine = runner.createEngine();
  for (let row = 0; row < runner.steps; row++) {
    const fromNs = process.hrtime.bigint();
    runner.step(engine, row);
    stepNs[row] = Number(process.hrtime.bigint() - fromNs);
  }
  stepNs.sort();
  return [quantile(stepNs, 0.5), quantile(stepNs, 0.99)];
}

function cStepQuantiles(file: string): readonly [number, number] {
  const { stepNs } = runPeer<CAlphaStep>(buildPeer('alpha-step'), ['--rounds', '3', '--histogram', file]);
  if (stepNs === undefined) throw new Error('alpha-step --histogram printed no stepNs');
  return [stepNs.p50, stepNs.p99];
}

function tableRow(
  name: string,
  nsPerStep: readonly number[],
  c: readonly number[],
  quantiles: readonly [number | null, number | null] | undefined,
): string[] {
  const ns = median(nsPerStep);
  const { median: ratio, low, high } = ratioInterval(nsPerStep, c);
  return [
    name,
    ns.toFixed(0),
    `${(1e3 / ns).toFixed(2)} M`,
    `${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
    ...(quantiles ?? [null, null]).map((value) => (value === null ? '' : value.toFixed(0))),
  ];
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function checkDigest(who: string, actual: string, expected: string): void {
  if (actual !== expected) throw new Error(`decisions of ${who} must hash to ${expected}, were ${actual}`);
}
