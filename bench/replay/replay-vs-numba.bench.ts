import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/conditions.ts';
import { writeDayFolder } from '../support/day-parquet.ts';
import { interleave, type Variant } from '../support/interleave.ts';
import { findPython } from '../support/peers.ts';
import { type Bench, type BenchTable, ratioTarget } from '../support/result.ts';
import { withScratchFolder } from '../support/scratch.ts';
import { median, ratioInterval } from '../support/statistics.ts';
import { type CommandRun, runDolphin, runDolphinDecoded, runNumba, runNumbaDecoded } from './commands.ts';

const ROUNDS = 12;
const DAYS = 20;
const ASSETS = 48;
const SEED = 100;
const MARGINAL_LIMIT = 1.5;

/** Seconds of one round, of one side. */
interface Round {
  readonly oneDay: number;
  readonly allDays: number;
  readonly marginalStep: number;
  readonly decodePerDay: number;
}

/** `dolphin replay` beside a Python program of the same work: pyarrow and numba, report and decision hash included. */
export const replayVsNumbaBench: Bench = {
  name: 'replay-vs-numba',
  async run() {
    const python = findPython();
    if (python === null)
      throw new Error('replay-vs-numba needs python3 with numpy and pyarrow (numba where it can be had)');
    execFileSync('npm', ['run', '-s', 'build'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    const results = await withScratchFolder(async (folder) => await compare(folder, python.path));
    const ours = results.get('dolphin')!;
    const numba = results.get('numba')!;
    const ratio = (pick: (round: Round) => number) => ratioInterval(ours.map(pick), numba.map(pick));
    const targets = [
      ratioTarget(
        'whole command, one day, from process start',
        ratio((r) => r.oneDay),
        1,
      ),
      ratioTarget(
        'further day from decoded columns',
        ratio((r) => r.marginalStep),
        MARGINAL_LIMIT,
      ),
    ];
    return { tables: [timesTable(results)], targets, notes: notes(python.versions) };
  },
};

function notes(versions: string): string[] {
  return [
    `${DAYS} synthetic days of 17,280 scans x ${ASSETS} assets, written by pyarrow (snappy, dictionaries); medians of ${ROUNDS} interleaved rounds; files and compiled code warm.`,
    `Peer: ${versions}; numba cache=True, no pandas imported, the interpreter started without a version manager's shim.`,
    'Both write a JSON report with the trades, metrics three ways and SHA-256 of files and decisions; the decision hashes are compared in every round.',
    'Further day, whole command: wall seconds of all days less those of one, per day; decoding ahead in other threads included.',
    'Decoding alone: one day after the other on one thread (pyarrow reads columns with a pool of threads).',
  ];
}

async function compare(folder: string, python: string): Promise<Map<string, Round[]>> {
  const all = join(folder, 'all');
  const one = join(folder, 'one');
  writeDayFolder(all, { days: DAYS, assets: ASSETS, seed: SEED });
  execFileSync(python, ['-c', REWRITE, all]);
  mkdirSync(one);
  const first = readdirSync(all).sort()[0]!;
  cpSync(join(all, first), join(one, first));
  const report = join(folder, 'report.json');
  const agree = createAgreement();
  const whole = (run: (data: string) => CommandRun) => ({
    oneDay: agree('one', run(one)),
    allDays: agree('all', run(all)),
  });
  const variants: Variant<Round>[] = [
    {
      name: 'dolphin',
      measure: () => {
        const decoded = runDolphinDecoded(all, DAYS, ASSETS);
        agree('all', { seconds: 0, decisionHash: decoded.decisionHash });
        const decodePerDay = median(decoded.decodeSeconds.slice(1));
        return {
          ...whole((data) => runDolphin(data, report)),
          marginalStep: afterFirst(decoded.stepSeconds),
          decodePerDay,
        };
      },
    },
    {
      name: 'numba',
      measure: () => {
        const decoded = runNumbaDecoded(python, all, DAYS);
        agree('all', { seconds: 0, decisionHash: decoded.decisionHash });
        const decodePerDay = decoded.decodeSecondsPerDay;
        return {
          ...whole((data) => runNumba(python, data, report)),
          marginalStep: afterFirst(decoded.stepSeconds),
          decodePerDay,
        };
      },
    },
  ];
  return await interleave(variants, ROUNDS);
}

/** Rewrites every file of a folder as pyarrow writes it by default. */
const REWRITE = `
import sys, pathlib, pyarrow.parquet as pq
for path in pathlib.Path(sys.argv[1]).glob("*.parquet"):
    pq.write_table(pq.ParquetFile(path).read(), path)
`;

/** Mean seconds of all days but the first, which compiles and warms. */
function afterFirst(seconds: readonly number[]): number {
  return seconds.slice(1).reduce((sum, value) => sum + value, 0) / (seconds.length - 1);
}

/** Hands seconds on when the run decided what every run before it on that data decided. */
function createAgreement(): (data: string, run: CommandRun) => number {
  const expected = new Map<string, string>();
  return (data, { seconds, decisionHash }) => {
    const hash = expected.get(data) ?? decisionHash;
    expected.set(data, hash);
    if (hash !== decisionHash) throw new Error(`decision hash of ${data} must be ${hash}, was ${decisionHash}`);
    return seconds;
  };
}

function timesTable(results: ReadonlyMap<string, readonly Round[]>): BenchTable {
  const [ours, numba] = [results.get('dolphin')!, results.get('numba')!];
  const row = (name: string, pick: (round: Round) => number): string[] => {
    const { median: ratio, low, high } = ratioInterval(ours.map(pick), numba.map(pick));
    const ms = [ours, numba].map((rounds) => (median(rounds.map(pick)) * 1000).toFixed(1));
    return [name, ...ms, `${ratio.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`];
  };
  return {
    title: 'Replay, milliseconds',
    columns: ['what', 'dolphin', 'pyarrow + numba', 'ratio'],
    rows: [
      row('whole command, 1 day', (r) => r.oneDay),
      row(`whole command, ${DAYS} days`, (r) => r.allDays),
      row('further day, whole command', (r) => (r.allDays - r.oneDay) / (DAYS - 1)),
      row('further day, from decoded columns', (r) => r.marginalStep),
      row('decoding a day', (r) => r.decodePerDay),
    ],
  };
}
