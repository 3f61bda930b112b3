import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addInto, type Figures, figureLines } from '../simulation/figures.ts';
import { PLANTED_DEFECTS } from '../simulation/planted-defect.ts';
import { SCANS_PER_DAY } from '../simulation/scenario.ts';
import { REPOSITORY } from '../support/run-dolphin.ts';

const IS_NIGHTLY = process.env['DOLPHIN_NIGHTLY'] === '1';
const SCANS = 720;
const SEEDS = 2000;
/** Seeds of whole days are others than those of the short runs. */
const FIRST_DAY_SEED = 100_000;
const DAYS = IS_NIGHTLY ? 10_000 : 20;
/** Processes at once. */
const SHARDS = 2;
const TIMEOUT_MS = IS_NIGHTLY ? 4 * 3_600_000 : 240_000;

interface Script {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs the script in a process of its own: plain Node runs it faster than the test runner's modules. */
function simulation(args: readonly string[]): Promise<Script> {
  const child = spawn(join(REPOSITORY, 'node_modules/.bin/node'), ['test/simulation/run.ts', ...args], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output, errors }));
  });
}

/** Runs `count` seeds from `from` on, in shards, and sums them up; a violation fails with the command that shows it again. */
async function simulate(from: number, count: number, scans: number): Promise<Figures> {
  const startedMs = performance.now();
  const shards = Array.from({ length: SHARDS }, (_, i) => {
    const [first, last] = [Math.floor((i * count) / SHARDS), Math.floor(((i + 1) * count) / SHARDS)];
    const range = ['--from', String(from + first), '--to', String(from + last)];
    return simulation([...range, '--scans', String(scans), '--json']);
  });
  const sum: Record<string, number> = {};
  for (const { code, output, errors } of await Promise.all(shards)) {
    expect(errors, 'a violation: run the command that it names').toBe('');
    expect(code).toBe(0);
    addInto(sum, JSON.parse(output));
  }
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  console.log(`simulation: ${count} seeds x ${scans} scans, ${seconds} s\n${figureLines(sum).join('\n')}`);
  return sum;
}

/** A simulation in which nothing happens proves nothing. */
function expectEventful(figures: Figures, names: readonly string[]): void {
  const silent = names.filter((name) => !((figures[name] ?? 0) > 0));
  expect(silent, 'happened in no seed').toEqual([]);
}

test(
  `${SEEDS} seeds of ${SCANS} scans: engine, execution and venue agree under every fault`,
  async () => {
    const figures = await simulate(0, SEEDS, SCANS);
    expect(figures['runs']).toBe(SEEDS);
    expect(figures['comparedTwice']).toBeGreaterThanOrEqual(SEEDS / 20);
    expect(figures['trades']).toBeGreaterThan(10 * SEEDS);
    const faults = Object.keys(figures).filter((name) => name.startsWith('fault.'));
    expect(faults.length).toBeGreaterThanOrEqual(9);
    const exits = ['TAKE_PROFIT', 'STOP', 'MAX_HOLD', 'DAY_END', 'HIBERNATE', 'RISK', 'UNFILLED_END'];
    expectEventful(figures, [
      ...faults,
      ...exits.map((reason) => `exit.${reason}`),
      'canceledEntries',
      'hastenedExits',
      'denials',
      'makerFills',
      'partialFills',
      'entriesUnfilled',
      'fundingPayments',
    ]);
  },
  TIMEOUT_MS,
);

test(
  `${DAYS} whole days: the same over ${SCANS_PER_DAY} scans`,
  async () => {
    const figures = await simulate(FIRST_DAY_SEED, DAYS, SCANS_PER_DAY);
    expect(figures['runs']).toBe(DAYS);
    expect(figures['trades']).toBeGreaterThan(20 * DAYS);
  },
  TIMEOUT_MS,
);

test.each(PLANTED_DEFECTS)(
  'a planted %s is found, and the command that is printed shows what led to it',
  async (defect) => {
    const swept = await simulation(['--from', '0', '--to', '40', '--plant', defect]);
    expect(swept.code).toBe(1);
    const command = /^reproduce: node test\/simulation\/run\.ts (.*)$/m.exec(swept.errors)?.[1];
    const again = await simulation((command as string).split(' '));
    expect(again.code).toBe(1);
    expect(again.errors).toMatch(/^the last events of seed \d+:\n(.*\n)*.*engine takes report/);
    expect(again.errors).toContain(swept.errors);
  },
);
