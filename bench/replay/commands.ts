import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/conditions.ts';

const BIN = join(ROOT, 'bin', 'dolphin.mjs');
const PEER = join(ROOT, 'bench', 'peers', 'replay_numba.py');
const BUILD = join(ROOT, 'bench', 'peers', 'build');
/** What numba compiled lies with the other built peers, not beside the sources. */
const ENV = { ...process.env, NUMBA_CACHE_DIR: join(BUILD, 'numba') };

/** One run of a whole command: wall seconds from the start of the process to its end, and what it decided. */
export interface CommandRun {
  readonly seconds: number;
  readonly decisionHash: string;
}

/** Seconds per day of each of both languages' days from decoded columns. */
export interface DecodedRun {
  readonly stepSeconds: readonly number[];
  readonly decisionHash: string;
}

/** `dolphin replay` over a folder, report written. */
export function runDolphin(folder: string, report: string): CommandRun {
  return timed(report, () => run(process.execPath, [BIN, 'replay', '--data', folder, '--json', report]));
}

/** replay_numba.py over the same, report written. */
export function runNumba(python: string, folder: string, report: string): CommandRun {
  return timed(report, () => run(python, [PEER, '--data', folder, '--json', report]));
}

/** Our engine over decoded days; the engine's end, shared out over the days, is in their seconds. */
export function runDolphinDecoded(
  folder: string,
  days: number,
  assets: number,
): DecodedRun & { readonly decodeSeconds: readonly number[] } {
  const script = join(ROOT, 'bench', 'replay', 'decoded-days.ts');
  const output = JSON.parse(run(process.execPath, [script, folder, String(days), String(assets)])) as {
    decodeSeconds: number[];
    stepSeconds: number[];
    finishSeconds: number;
    decisionHash: string;
  };
  const share = output.finishSeconds / days;
  return { ...output, stepSeconds: output.stepSeconds.map((seconds) => seconds + share) };
}

/** numba over the same decoded days. */
export function runNumbaDecoded(
  python: string,
  folder: string,
  days: number,
): DecodedRun & { readonly decodeSecondsPerDay: number } {
  const output = JSON.parse(run(python, [PEER, '--data', folder, '--decoded-repeat', String(days)])) as {
    decodeSeconds: number;
    repeatSeconds: number[];
    repeatDecisionHash: string;
  };
  return {
    stepSeconds: output.repeatSeconds,
    decisionHash: output.repeatDecisionHash,
    decodeSecondsPerDay: output.decodeSeconds / days,
  };
}

function timed(report: string, command: () => void): CommandRun {
  const fromMs = performance.now();
  command();
  const seconds = (performance.now() - fromMs) / 1000;
  const { decisionHash } = JSON.parse(readFileSync(report, 'utf8')) as { decisionHash: string };
  return { seconds, decisionHash };
}

function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, {
    env: ENV,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  });
}
