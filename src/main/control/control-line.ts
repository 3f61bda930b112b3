import { COMMAND_FLATTEN, COMMAND_HALT, COMMAND_RESET, COMMAND_RESUME } from '../../model/command.ts';
import type { TradingState } from '../../shm/layout.ts';
import type { RunStatus } from './run-status.ts';

/** Orders that the engine obeys, by their names on the socket and on the command line. */
export const ENGINE_ORDERS = {
  halt: COMMAND_HALT,
  resume: COMMAND_RESUME,
  flatten: COMMAND_FLATTEN,
  reset: COMMAND_RESET,
} as const;
export type EngineOrder = keyof typeof ENGINE_ORDERS;
export type Order = EngineOrder | 'stop';
/** What a control socket can be asked. */
export type ControlCommand = Order | 'status';
const COMMANDS: readonly string[] = ['status', ...Object.keys(ENGINE_ORDERS), 'stop'];

/** Answer to `status`. */
export interface StatusAnswer {
  readonly ok: true;
  readonly status: RunStatus;
}

/** Answer to an order. */
export interface OrderAnswer {
  readonly ok: true;
  readonly command: Order;
  /** True when the engine has taken it, or a stop is under way; false while the engine has not come to it yet. */
  readonly obeyed: boolean;
  readonly tradingState: TradingState;
}

/** Answer to what cannot be done, or is no request. */
export interface ErrorAnswer {
  readonly ok: false;
  readonly error: string;
}

export type ControlAnswer = StatusAnswer | OrderAnswer | ErrorAnswer;

/**
 * The command of one request line: a JSON object `{"command": NAME}`. Other keys are ignored.
 * @returns what is wrong with the line, as an answer, when it is no request.
 */
export function parseRequest(line: string): ControlCommand | ErrorAnswer {
  let request: unknown;
  try {
    request = JSON.parse(line);
  } catch {
    return refuse('request must be one line of JSON, could not be parsed');
  }
  const command = (request as { command?: unknown } | null)?.command;
  if (typeof command === 'string' && COMMANDS.includes(command)) return command as ControlCommand;
  const found = command === undefined ? 'was missing' : `was ${JSON.stringify(command).slice(0, 80)}`;
  return refuse(`command must be one of ${COMMANDS.join(', ')}; ${found}`);
}

export function refuse(error: string): ErrorAnswer {
  return { ok: false, error };
}
