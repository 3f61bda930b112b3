import { COLOR_STYLE, PLAIN_STYLE } from '../../report/terminal-style.ts';
import { askRun } from '../control/ask-run.ts';
import { idOf, runsNamed } from '../control/pick-run.ts';
import type { RunStatus } from '../control/run-status.ts';
import { statusText } from '../control/status-text.ts';
import { EXIT_FAILURE } from '../exit-codes.ts';

export interface StatusFlags {
  readonly json?: boolean;
  readonly watch?: boolean;
}

const WATCH_EVERY_MS = 1000;
const CLEAR_SCREEN = '\x1b[H\x1b[2J\x1b[3J';

/** A run that was asked, with its status or why there is none. */
type Asked = { readonly run: string } & ({ readonly status: RunStatus } | { readonly error: string });

/**
 * `dolphin status`: what runs, and how it is. Exit code 0 when every run that was asked has answered, 1 when none runs or
 * one did not answer.
 */
export async function statusCommand(name: string | undefined, flags: StatusFlags): Promise<number> {
  if (flags.watch === true) return watch(name, flags);
  const asked = await askAll(name);
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ runs: asked }, null, 2)}\n`);
  else process.stdout.write(describe(asked, name));
  return exitCodeOf(asked);
}

/** Shows it again every second until the runs have ended; exit code 0 then. */
async function watch(name: string | undefined, { json }: StatusFlags): Promise<number> {
  let asked = await askAll(name);
  const exitCode = exitCodeOf(asked);
  while (asked.length > 0) {
    if (json === true) process.stdout.write(`${JSON.stringify({ runs: asked })}\n`);
    else process.stdout.write((process.stdout.isTTY ? CLEAR_SCREEN : '') + describe(asked, name));
    await new Promise((resolve) => setTimeout(resolve, WATCH_EVERY_MS));
    asked = await askAll(name).catch(() => []); // whoever had that name has ended
  }
  if (json !== true) process.stdout.write('no run is running\n');
  return exitCode;
}

async function askAll(name: string | undefined): Promise<Asked[]> {
  const runs = await runsNamed(name);
  return Promise.all(
    runs.map(async (run) => {
      const answer = await askRun(run, 'status');
      return answer.ok ? { run: idOf(run), status: answer.status } : { run: idOf(run), error: answer.error };
    }),
  );
}

/** One run in full, several by a line each. */
function describe(asked: readonly Asked[], name: string | undefined): string {
  const [only] = asked;
  if (only === undefined) return 'no run is running\n';
  if (asked.length > 1 && name === undefined) return `${asked.map(lineOf).join('\n')}\n`;
  return asked.map(textOf).join('\n');
}

function textOf(asked: Asked): string {
  if (!('status' in asked)) return `${asked.run}: ${asked.error}\n`;
  const style = process.stdout.isTTY ? COLOR_STYLE : PLAIN_STYLE;
  return statusText(asked.status, process.stdout.columns ?? 80, style);
}

function lineOf(asked: Asked): string {
  if (!('status' in asked)) return `${asked.run}  ${asked.error}`;
  const { tradingState, progress, isStopping } = asked.status;
  return `${asked.run}  ${isStopping ? 'stopping' : tradingState}  at ${progress.eventTime ?? 'the start'}`;
}

function exitCodeOf(asked: readonly Asked[]): number {
  return asked.length > 0 && asked.every((run) => 'status' in run) ? 0 : EXIT_FAILURE;
}
