import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { FillMode } from '../../src/model/fill-mode.ts';
import { firstLine, ROOT } from '../support/conditions.ts';
import { writeDayFolder } from '../support/day-parquet.ts';
import { interleave, type Variant } from '../support/interleave.ts';
import type { Bench, BenchTable } from '../support/result.ts';
import { withScratchFolder } from '../support/scratch.ts';
import { median, ratioInterval } from '../support/statistics.ts';

/*
 *                    ┌─ frame n ──► execution: match, reports, token n ─┐     routed: two wake-ups a step or three
 *  days ── bar ring ─┤                                                  ├─► decide ── intents, token n ──► execution
 *                    └─ analytic: nothing between ──────────────────────┘
 */

const ROUNDS = 5;
const DAYS = 3;
const ASSETS = 48;
const SEED = 100;
const ROWS_PER_DAY = 17_280;
const SCRIPT = join(ROOT, 'bench', 'replay', 'routed-replay-run.ts');

/** What routed-replay-run.ts prints. */
interface ReplayRound {
  readonly bars: number;
  readonly framesStepped: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly trades: number;
  readonly decisionHash: string;
  readonly orderLogHash: string;
  readonly orders: number;
}

/** Cores that a run is held on: their numbers, as taskset wants them, and in words. */
interface Cores {
  readonly list: string | null;
  readonly name: string;
}

/**
 * A replay whose decisions become orders at a simulated venue of bars, in lockstep, beside the same days with analytic fills:
 * bars per second through the worker threads, parked, on one core and on two.
 */
export const routedReplayBench: Bench = {
  name: 'routed-replay',
  async run() {
    const cores = coresHere();
    const results = await withScratchFolder(async (folder) => {
      writeDayFolder(folder, { days: DAYS, assets: ASSETS, seed: SEED });
      return await interleave(variantsOn(folder, cores), ROUNDS);
    });
    return { tables: [speedTable(cores, results)], targets: [], notes: notes(cores, results) };
  },
};

function coresHere(): readonly Cores[] {
  if (firstLine('taskset', ['--version']) === null) return [{ list: null, name: 'unpinned' }];
  const one = { list: '0', name: 'one core' };
  return availableParallelism() < 2 ? [one] : [one, { list: '0,1', name: 'two cores' }];
}

function variantsOn(folder: string, cores: readonly Cores[]): Variant<ReplayRound>[] {
  const agree = createAgreement();
  return cores.flatMap(({ list, name }) =>
    (['analytic', 'routed'] as const).map((fills) => ({
      name: variantName(fills, name),
      measure: () => agree(fills, replay(folder, fills, list)),
    })),
  );
}

function variantName(fills: FillMode, cores: string): string {
  return `${fills}, ${cores}`;
}

function replay(folder: string, fills: FillMode, list: string | null): ReplayRound {
  const command = [process.execPath, ...process.execArgv, SCRIPT, folder, fills];
  const [program, ...args] = list === null ? command : ['taskset', '-c', list, ...command];
  const output = execFileSync(program as string, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(output) as ReplayRound;
}

/** Hands a round on when it stepped every frame, and decided and ordered what every round with these fills did, on any cores. */
function createAgreement(): (fills: FillMode, round: ReplayRound) => ReplayRound {
  const expected = new Map<FillMode, string>();
  return (fills, round) => {
    const { bars, framesStepped, trades, orders, decisionHash, orderLogHash } = round;
    if (bars !== DAYS * ROWS_PER_DAY)
      throw new Error(`${fills} must step ${DAYS * ROWS_PER_DAY} bars, stepped ${bars}`);
    const what = JSON.stringify({ framesStepped, trades, orders, decisionHash, orderLogHash });
    const before = expected.get(fills) ?? what;
    expected.set(fills, before);
    if (what !== before) throw new Error(`${fills} must come to ${before} in every round, came to ${what}`);
    return round;
  };
}

function speedTable(cores: readonly Cores[], results: ReadonlyMap<string, readonly ReplayRound[]>): BenchTable {
  const rows = cores.flatMap(({ name }) => {
    const [analytic, routed] = [results.get(variantName('analytic', name))!, results.get(variantName('routed', name))!];
    return [
      rowOf(variantName('analytic', name), analytic, analytic),
      rowOf(variantName('routed', name), routed, analytic),
    ];
  });
  return {
    title: 'Replay through the worker threads, parked',
    columns: ['fills, cores', 'bars per second', 'µs per bar', 'CPU µs per bar', 'times analytic', 'trades', 'orders'],
    rows,
  };
}

function rowOf(name: string, rounds: readonly ReplayRound[], analytic: readonly ReplayRound[]): string[] {
  const usPerBar = (round: ReplayRound) => (1e6 * round.seconds) / round.bars;
  const cpuUsPerBar = (round: ReplayRound) => (1e6 * round.cpuSeconds) / round.bars;
  const { median: ratio, low, high } = ratioInterval(rounds.map(usPerBar), analytic.map(usPerBar));
  const { trades, orders } = rounds[0]!;
  return [
    name,
    Math.round(1e6 / median(rounds.map(usPerBar))).toLocaleString('en-US'),
    median(rounds.map(usPerBar)).toFixed(1),
    median(rounds.map(cpuUsPerBar)).toFixed(1),
    rounds === analytic ? '1' : `${ratio.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`,
    String(trades),
    String(orders),
  ];
}

function notes(cores: readonly Cores[], results: ReadonlyMap<string, readonly ReplayRound[]>): string[] {
  const hashOf = (fills: FillMode) => results.get(variantName(fills, cores[0]!.name))![0]!.decisionHash.slice(0, 16);
  return [
    `${DAYS} synthetic days of ${ROWS_PER_DAY.toLocaleString('en-US')} scans x ${ASSETS} assets, positions of at most 12 bars on both sides; medians of ${ROUNDS} interleaved rounds, each in a process of its own; days are decoded ahead by other threads of it, so that one core has that to do as well.`,
    'Time from the first bar taken to the last decided. CPU of the whole process, start-up, compiling and decoding included.',
    'In lockstep the engine shows execution a frame and sleeps, execution matches it and sleeps, on a frame without orders as on one with: two wake-ups a step, and a third for the word that the engine has decided, where execution sleeps by then.',
    `Every round stepped the same frames and came to the same decisions and the same orders, on every number of cores: analytic ${hashOf('analytic')}, routed ${hashOf('routed')}.`,
  ];
}
