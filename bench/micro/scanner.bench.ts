import { join } from 'node:path';
import { EigenScanner, SCANNER_WINDOWS_BARS } from '../../src/alpha/scanner/eigen-scanner.ts';
import { SIGNAL_VALUES } from '../../src/model/frame.ts';
import type { DayBlock } from '../../src/shm/day-block.ts';
import { writeDayFile } from '../support/day-file.ts';
import { FIRST_DAY } from '../support/day-parquet.ts';
import { interleave, type Variant } from '../support/interleave.ts';
import { buildPeer, runPeer } from '../support/peers.ts';
import { type Bench, type BenchTable, type BenchTarget, ratioTarget, verdictBelow } from '../support/result.ts';
import { withScratchFolder } from '../support/scratch.ts';
import { median, quantile, ratioInterval } from '../support/statistics.ts';
import { BAR_NS, createSyntheticDay } from '../support/synthetic-day.ts';

const ROUNDS = 11;
const ASSET_COUNTS = [50, 92, 400] as const;
/** The longest window is full from scan 750 on; behind it all anchors come six times. */
const SCANS = 2400;
const FIRST_FULL_SCAN = 751;
const SEED = 7;
/** Agreement of the windows' lambda sums (semantics §9). */
const LAMBDA_TOLERANCE = 1e-8;
const P50_LIMIT_MS = 3;
const RATIO_LIMIT = 1.5;

/** One run over all scans. */
interface ScannerRun {
  /** Wall ns of every scan. */
  readonly scanNs: ArrayLike<number>;
  /** Sum of the lambdas of each window. */
  readonly lambdaSums: readonly number[];
}

/** A scan of the eigenvalue scanner beside the same method in C, on the same prices in one run. */
export const scannerBench: Bench = {
  name: 'scanner',
  async run() {
    const tables: BenchTable[] = [];
    const targets: BenchTarget[] = [];
    for (const assets of ASSET_COUNTS) {
      const { table, target } = await withScratchFolder((folder) => compareAt(assets, folder));
      tables.push(table);
      targets.push(...target);
    }
    const notes = [
      `${SCANS} scans per round and variant, ${ROUNDS} interleaved rounds; stated are the ${SCANS - FIRST_FULL_SCAN} scans after the longest window is full, in which every window is made anew six times.`,
      'p50: median over rounds of the median scan. p99 and max: over all scans of all rounds, with whatever the machine did meanwhile. Worst scan: the dearest by its fastest round, which is what the work itself costs.',
      'C makes a window anew in one scan, ours in the scans before it: compare the worst scans, and the p50 for the work that both do.',
      "The sums of every window's lambdas are compared in every round to 1e-8; a difference ends the benchmark.",
    ];
    return { tables, targets, notes };
  },
};

async function compareAt(assets: number, folder: string): Promise<{ table: BenchTable; target: BenchTarget[] }> {
  const day = createSyntheticDay({ seed: SEED, assets, rows: SCANS });
  const file = join(folder, `scans-${assets}.bin`);
  writeDayFile(file, day, FIRST_DAY);
  const expected = runOurs(day).lambdaSums;
  const variants: Variant<ScannerRun>[] = [
    { name: 'scanner, ours', measure: () => checked('ours', runOurs(day), expected) },
    { name: 'scanner, C -O3', measure: () => checked('C', runPeer(buildPeer('scanner'), [file]), expected) },
    {
      name: 'scanner, C -O3 -march=native',
      measure: () => checked('native C', runPeer(buildPeer('scanner', ['-march=native']), [file]), expected),
    },
  ];
  const results = await interleave(variants, ROUNDS);
  const p50s = new Map([...results].map(([name, runs]) => [name, runs.map(p50Of)]));
  const [ours, c] = [p50s.get('scanner, ours')!, p50s.get('scanner, C -O3')!];
  const columns = ['variant', 'p50 ms', 'p99 ms', 'max ms', 'worst scan ms', 'p50 against C -O3'];
  const rows = [...results].map(([name, runs]) => tableRow(name, runs, p50s.get(name)!, c));
  const target = [ratioTarget(`scan against C -O3, ${assets} assets`, ratioInterval(ours, c), RATIO_LIMIT)];
  if (assets === ASSET_COUNTS.at(-1)) target.unshift(p50Target(assets, median(ours)));
  return { table: { title: `One scan, four windows, ${assets} assets`, columns, rows }, target };
}

function runOurs(day: DayBlock): ScannerRun {
  const { assets, rows, prices } = day;
  const scanner = new EigenScanner({ assets, excluded: new Uint8Array(assets), barIntervalMs: 5000, thresholds: [] });
  const out = new Float64Array(SIGNAL_VALUES);
  const scanNs = new Float64Array(rows);
  const lambdaSums = SCANNER_WINDOWS_BARS.map(() => 0);
  for (let row = 0; row < rows; row++) {
    const fromNs = process.hrtime.bigint();
    scanner.step(FIRST_DAY, row * BAR_NS, prices, row * assets, out, 0);
    scanNs[row] = Number(process.hrtime.bigint() - fromNs);
    SCANNER_WINDOWS_BARS.forEach((bars, k) => {
      if (row >= bars) lambdaSums[k]! += scanner.lambda(k);
    });
  }
  return { scanNs, lambdaSums };
}

function checked(who: string, run: ScannerRun, expected: readonly number[]): ScannerRun {
  expected.forEach((want, k) => {
    const have = run.lambdaSums[k] ?? Number.NaN;
    if (Math.abs(have / want - 1) <= LAMBDA_TOLERANCE) return;
    throw new Error(`lambdas of ${who} over ${SCANNER_WINDOWS_BARS[k]} bars must add up to ${want}, were ${have}`);
  });
  return run;
}

function fullScansOf(run: ScannerRun): Float64Array {
  return Float64Array.from(run.scanNs).subarray(FIRST_FULL_SCAN);
}

function p50Of(run: ScannerRun): number {
  return quantile(fullScansOf(run).sort(), 0.5)! / 1e6;
}

function tableRow(name: string, runs: readonly ScannerRun[], p50s: readonly number[], c: readonly number[]): string[] {
  const perRound = runs.map(fullScansOf);
  const all = Float64Array.from(perRound.flatMap((scans) => [...scans])).sort();
  const fastest = perRound[0]!.map((_, scan) => Math.min(...perRound.map((scans) => scans[scan]!)));
  const { median: ratio, low, high } = ratioInterval(p50s, c);
  return [
    name,
    median(p50s).toFixed(3),
    (quantile(all, 0.99)! / 1e6).toFixed(3),
    (all.at(-1)! / 1e6).toFixed(3),
    (fastest.reduce((worst, ns) => Math.max(worst, ns), 0) / 1e6).toFixed(3),
    `${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`,
  ];
}

function p50Target(assets: number, p50Ms: number): BenchTarget {
  return {
    name: `p50 of a scan, ${assets} assets`,
    limit: `< ${P50_LIMIT_MS} ms`,
    measured: `${p50Ms.toFixed(2)} ms`,
    verdict: verdictBelow(p50Ms, P50_LIMIT_MS),
  };
}
