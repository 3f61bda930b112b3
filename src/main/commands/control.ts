import { createInterface } from 'node:readline/promises';
import type { FoundRun } from '../../adapters/control-socket/find-runs.ts';
import { InputError } from '../../model/input-error.ts';
import { printable } from '../../report/words.ts';
import type { TradingState } from '../../shm/layout.ts';
import { askRun } from '../control/ask-run.ts';
import type { Order } from '../control/control-line.ts';
import { idOf, runNamed } from '../control/pick-run.ts';
import { EXIT_FAILURE } from '../exit-codes.ts';

export interface ControlFlags {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** What an order does, as the question before it says. */
const CONSEQUENCES: Readonly<Record<Order, string>> = {
  halt: 'no position will be opened until "dolphin resume"; exits go on',
  resume: 'positions may be opened again',
  flatten: 'an open position will be closed at its next price, and none opened until "dolphin resume"',
  reset: 'a tripped circuit breaker will let positions open again today',
  stop: 'it ends in order and reports; no position is closed by that',
};

const STATE_WORDS: Readonly<Record<TradingState, string>> = {
  active: 'entries are allowed',
  halted: 'entries are halted',
  flattening: 'entries are halted, the open position waits for a price to close at',
};

/**
 * `dolphin halt | resume | flatten | reset | stop`: one order to one run. Exit code 0 when it is obeyed, also when it had
 * been before; 1 when it was not given or the engine has not taken it.
 * @throws InputError when no run, or more than one, is meant, and without --yes where nobody can be asked.
 */
export async function controlCommand(order: Order, name: string | undefined, flags: ControlFlags): Promise<number> {
  const run = await runNamed(name);
  if (flags.yes !== true && !(await isConfirmed(order, run))) {
    process.stderr.write('dolphin: not confirmed, nothing was done\n');
    return EXIT_FAILURE;
  }
  const answer = await askRun(run, order);
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ run: idOf(run), ...answer })}\n`);
  if (!answer.ok) {
    process.stderr.write(`dolphin: ${idOf(run)}: ${answer.error}\n`);
    return EXIT_FAILURE;
  }
  if (flags.json !== true) process.stdout.write(`${idOf(run)}: ${describe(order, answer)}\n`);
  return answer.obeyed ? 0 : EXIT_FAILURE;
}

/** Asks on the terminal. @throws InputError when there is none. */
async function isConfirmed(order: Order, run: FoundRun): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new InputError(`${order} asks before it acts, and there is no terminal to ask on: say --yes`);
  }
  const subject = printable(run.notice?.subject ?? run.dir);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const question = `${order} ${idOf(run)} (${subject})?\n${CONSEQUENCES[order]} [y/N] `;
    const answer = await terminal.question(question);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

function describe(order: Order, { obeyed, tradingState }: { obeyed: boolean; tradingState: TradingState }): string {
  if (!obeyed) return `${order} was given, but the engine has not taken it yet; see dolphin status`;
  return order === 'stop' ? 'is stopping' : `${order} done, ${STATE_WORDS[tradingState]}`;
}
