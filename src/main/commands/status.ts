import { COLOR_STYLE, PLAIN_STYLE, type TerminalStyle } from '../../report/terminal-style.ts';
import { askRun } from '../control/ask-run.ts';
import { capitalRows, flowRows } from '../control/flow-rows.ts';
import { type FlowsStatus, readFlows } from '../control/flows-status.ts';
import { glanceLines } from '../control/glance-text.ts';
import { idOf, runsNamed } from '../control/pick-run.ts';
import type { RunStatus } from '../control/run-status.ts';
import { statusText } from '../control/status-text.ts';
import { EXIT_FAILURE } from '../exit-codes.ts';

export interface StatusFlags {
  readonly json?: boolean;
  readonly watch?: boolean;
  /** Folder of the flows; undefined for the usual one, of which nothing is said where it has no flow. */
  readonly state?: string;
}

const WATCH_EVERY_MS = 1000;
const CLEAR_SCREEN = '\x1b[H\x1b[2J\x1b[3J';
const USUAL_FLOWS = 'runs/flows';

/** A run that was asked, with its status or why there is none. */
type Asked = { readonly run: string } & ({ readonly status: RunStatus } | { readonly error: string });

/** What there is to show. */
interface Seen {
  readonly asked: readonly Asked[];
  /** Null where no flow was ever run or registered. */
  readonly flows: FlowsStatus | null;
}

/**
 * `dolphin status`: what runs, how it is, and what the flows of this machine have come to. Exit code 0 when every run that was
 * asked has answered, 1 when none runs or one did not answer, whatever the flows are.
 */
export async function statusCommand(name: string | undefined, flags: StatusFlags): Promise<number> {
  if (flags.watch === true) return watch(name, flags);
  const seen = { asked: await askAll(name), flows: flowsOf(flags) };
  if (flags.json === true) process.stdout.write(`${JSON.stringify(jsonOf(seen), null, 2)}\n`);
  else process.stdout.write(describe(seen, name));
  return exitCodeOf(seen);
}

/** Shows it again every second until the runs have ended; exit code 0 then. */
async function watch(name: string | undefined, flags: StatusFlags): Promise<number> {
  let seen: Seen = { asked: await askAll(name), flows: flowsOf(flags) };
  const exitCode = exitCodeOf(seen);
  while (seen.asked.length > 0) {
    if (flags.json === true) process.stdout.write(`${JSON.stringify(jsonOf(seen))}\n`);
    else process.stdout.write((process.stdout.isTTY ? CLEAR_SCREEN : '') + describe(seen, name));
    await new Promise((resolve) => setTimeout(resolve, WATCH_EVERY_MS));
    seen = { asked: await askAll(name).catch(() => []), flows: flowsOf(flags) }; // whoever had that name has ended
  }
  if (flags.json !== true) process.stdout.write(describe(seen, name));
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

/** A folder that somebody names is to have flows; the usual one may have none. */
function flowsOf({ state }: StatusFlags): FlowsStatus | null {
  const flows = readFlows(state ?? USUAL_FLOWS);
  if (flows !== null || state === undefined) return flows;
  return { folder: state, problem: `no flow was ever run or registered in ${state}: it has no flows.db`, flows: [] };
}

function jsonOf({ asked, flows }: Seen): object {
  return { runs: asked, flows };
}

/** One run in full, several by a line each; the flows with the run, or by themselves. */
function describe({ asked, flows }: Seen, name: string | undefined): string {
  const [only] = asked;
  const columns = process.stdout.columns ?? 80;
  const style = process.stdout.isTTY ? COLOR_STYLE : PLAIN_STYLE;
  if (only !== undefined && asked.length === 1) return textOf(only, flows, columns, style);
  const rows = flows === null ? [] : [...capitalRows(flows), ...flowRows(flows)];
  const glance = glanceLines(rows, columns, style).map((line) => `${line}\n`);
  const before = glance.length === 0 ? '' : `${glance.join('')}\n`;
  if (only === undefined) return `${before}no run is running\n`;
  if (name === undefined) return `${before}${asked.map(lineOf).join('\n')}\n`;
  return before + asked.map((run) => textOf(run, null, columns, style)).join('\n');
}

function textOf(asked: Asked, flows: FlowsStatus | null, columns: number, style: TerminalStyle): string {
  if (!('status' in asked)) return `${asked.run}: ${asked.error}\n`;
  return statusText(asked.status, columns, style, flows === null ? [] : flowRows(flows));
}

function lineOf(asked: Asked): string {
  if (!('status' in asked)) return `${asked.run}  ${asked.error}`;
  const { tradingState, progress, isStopping } = asked.status;
  return `${asked.run}  ${isStopping ? 'stopping' : tradingState}  at ${progress.eventTime ?? 'the start'}`;
}

function exitCodeOf({ asked }: Seen): number {
  return asked.length > 0 && asked.every((run) => 'status' in run) ? 0 : EXIT_FAILURE;
}
