import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../support/conditions.ts';
import { writeDayFolder } from '../support/day-parquet.ts';
import { type Bench, type BenchTarget, verdictBelow } from '../support/result.ts';
import { withScratchFolder } from '../support/scratch.ts';
import { median } from '../support/statistics.ts';

const REPEATS = 5;
const PEAK_LIMIT_MIB = 200;
const ASSETS = 48;
const GC_SCRIPT = fileURLToPath(new URL('./gc-of-step.ts', import.meta.url));
const PRELOAD = new URL('./report-peak.mjs', import.meta.url).href;

interface GcCount {
  readonly frames: number;
  readonly collections: number;
}

/** Garbage collections that the step causes, and the peak memory of a replay over an idle Node's. */
export const memoryAndGcBench: Bench = {
  name: 'memory-and-gc',
  async run() {
    execFileSync('npm', ['run', '-s', 'build'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    const clean = countCollections([]);
    const planted = countCollections(['--plant']);
    if (planted.collections === 0)
      throw new Error('a planted allocation per frame must show, no collection was counted');
    const peaks = await withScratchFolder(async (folder) => measurePeaks(folder));
    return {
      tables: [gcTable(clean, planted), peakTable(peaks)],
      targets: targets(clean, peaks),
      notes: [
        'The count of collections is read after the loop has yielded; an allocation planted in every frame shows that it can fail.',
        `Peak memory is VmHWM at the end of a process of its own; medians of ${REPEATS}. The day has 17,280 scans x ${ASSETS} assets.`,
      ],
    };
  },
};

interface Peaks {
  readonly idleMib: number;
  readonly oneDayMib: number;
  readonly fiveDaysMib: number;
}

function countCollections(args: readonly string[]): GcCount {
  const command = ['--expose-gc', GC_SCRIPT, ...args];
  return JSON.parse(execFileSync(process.execPath, command, { encoding: 'utf8' })) as GcCount;
}

function measurePeaks(folder: string): Peaks {
  const data = join(folder, 'days');
  writeDayFolder(data, { days: 5, assets: ASSETS, seed: 100 });
  const replay = [join(ROOT, 'bin', 'dolphin.mjs'), 'replay', '--data', data, '--json', join(folder, 'report.json')];
  const peak = (args: readonly string[]) => median(Array.from({ length: REPEATS }, () => peakMib(folder, args)));
  return {
    idleMib: peak(['--eval', '0']),
    oneDayMib: peak([...replay, '--to', '2026-03-02']),
    fiveDaysMib: peak(replay),
  };
}

function peakMib(folder: string, args: readonly string[]): number {
  const file = join(folder, 'peak');
  const env = { ...process.env, PEAK_FILE: file };
  execFileSync(process.execPath, ['--import', PRELOAD, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  return Number(readFileSync(file, 'utf8')) / 1024;
}

function gcTable(clean: GcCount, planted: GcCount) {
  const row = (name: string, count: GcCount) => [name, String(count.frames), String(count.collections)];
  return {
    title: 'Garbage collections while stepping',
    columns: ['run', 'frames', 'collections'],
    rows: [row('the step', clean), row('the step, 16 values allocated per frame', planted)],
  };
}

function peakTable({ idleMib, oneDayMib, fiveDaysMib }: Peaks) {
  const row = (name: string, mib: number) => [name, mib.toFixed(0), (mib - idleMib).toFixed(0)];
  return {
    title: 'Peak resident memory, MiB',
    columns: ['process', 'peak', 'over idle'],
    rows: [
      row('idle Node', idleMib),
      row('dolphin replay, 1 day', oneDayMib),
      row('dolphin replay, 5 days', fiveDaysMib),
    ],
  };
}

function targets(clean: GcCount, { idleMib, oneDayMib }: Peaks): BenchTarget[] {
  const overIdleMib = oneDayMib - idleMib;
  return [
    {
      name: `garbage collections in ${clean.frames} frames`,
      limit: '0',
      measured: String(clean.collections),
      verdict: verdictBelow(clean.collections, 0),
    },
    {
      name: "peak memory of a day's replay over an idle Node",
      limit: `< ${PEAK_LIMIT_MIB} MiB`,
      measured: `${overIdleMib.toFixed(0)} MiB`,
      verdict: verdictBelow(overIdleMib, PEAK_LIMIT_MIB),
    },
  ];
}
