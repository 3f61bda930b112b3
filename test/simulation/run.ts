import { parseArgs } from 'node:util';
import { addInto, type Figures, figureLines } from './figures.ts';
import { PLANTED_DEFECTS, type PlantedDefect } from './planted-defect.ts';
import { drawScenario } from './scenario.ts';
import { Simulation, type SimulationOutcome } from './simulation.ts';
import { Trace } from './trace.ts';

/*
 * node test/simulation/run.ts --seed N [--scans 720|17280]           one seed, with the last events before a violation
 * node test/simulation/run.ts --from N --to M [--scans ..] [--json]   seeds in [N, M), stops at the first violation
 *
 * Every `--twice-every`-th seed (default 20) runs twice, the second time with a twin that lives by the tape, and must give the
 * same hashes. `--plant lost-fill | doubled-fill | half-fee` tampers with one report: what must be found. Exit code 0, 1 at a
 * violation, 2 bad usage.
 */

const LINES_SHOWN = 60;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    scans: { type: 'string', default: '720' },
    from: { type: 'string' },
    to: { type: 'string' },
    'twice-every': { type: 'string', default: '20' },
    plant: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const defect = plantedDefect(values.plant);
process.exitCode = main();

function main(): number {
  const scans = whole('scans', values.scans);
  if (values.seed !== undefined) return showOne(whole('seed', values.seed), scans);
  return sweep(whole('from', values.from), whole('to', values.to), scans, whole('twice-every', values['twice-every']));
}

/** Runs one seed with a trace. */
function showOne(seed: number, scans: number): number {
  const trace = new Trace(LINES_SHOWN);
  try {
    const outcome = new Simulation(drawScenario(seed, scans), { trace, hasTwin: true, defect }).run();
    console.log(`seed ${seed}, ${scans} scans: every invariant holds`);
    console.log(`  decisionHash ${outcome.decisionHash}\n  orderLogHash ${outcome.orderLogHash}`);
    console.log(figureLines(outcome.figures).join('\n'));
    return 0;
  } catch (error) {
    console.error(`the last events of seed ${seed}:\n${trace.last.join('\n')}`);
    return tellFailure(seed, scans, error);
  }
}

function sweep(from: number, to: number, scans: number, twiceEvery: number): number {
  const sum: Record<string, number> = {};
  const startedMs = performance.now();
  let compared = 0;
  for (let seed = from; seed < to; seed++) {
    try {
      const outcome = new Simulation(drawScenario(seed, scans), { defect }).run();
      addInto(sum, outcome.figures);
      if (seed % twiceEvery !== 0) continue;
      requireSame(outcome, new Simulation(drawScenario(seed, scans), { hasTwin: true, defect }).run());
      compared++;
    } catch (error) {
      return tellFailure(seed, scans, error);
    }
  }
  const figures: Figures = { ...sum, comparedTwice: compared, violations: 0 };
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  if (values.json) console.log(JSON.stringify(figures));
  else
    console.log(`seeds ${from} to ${to - 1}, ${scans} scans each, ${seconds} s:\n${figureLines(figures).join('\n')}`);
  return 0;
}

/** @throws Error when two runs of one seed differ. */
function requireSame(one: SimulationOutcome, other: SimulationOutcome): void {
  if (one.decisionHash === other.decisionHash && one.orderLogHash === other.orderLogHash) return;
  throw new Error(`the same seed gave two results: ${JSON.stringify(one)} and ${JSON.stringify(other)}`);
}

function tellFailure(seed: number, scans: number, error: unknown): number {
  const text = error instanceof Error && error.name !== 'Violation' ? error.stack : String(error);
  console.error(`seed ${seed}, ${scans} scans: ${text}`);
  const planted = defect === null ? '' : ` --plant ${defect}`;
  console.error(`reproduce: node test/simulation/run.ts --seed ${seed} --scans ${scans}${planted}`);
  return 1;
}

function plantedDefect(text: string | undefined): PlantedDefect | null {
  if (text === undefined) return null;
  const named = PLANTED_DEFECTS.find((name) => name === text);
  if (named !== undefined) return named;
  console.error(`--plant must be one of ${PLANTED_DEFECTS.join(', ')}, was ${text}`);
  process.exit(2);
}

function whole(name: string, text: string | undefined): number {
  const value = Number(text);
  if (text !== undefined && Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`--${name} must be a whole number from 0, was ${text ?? 'not given'}`);
  process.exit(2);
}
