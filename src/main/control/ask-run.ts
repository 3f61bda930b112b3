import { askSocket, NoAnswer, NobodyListens } from '../../adapters/control-socket/ask.ts';
import type { FoundRun } from '../../adapters/control-socket/find-runs.ts';
import type { ControlAnswer, ControlCommand, ErrorAnswer, OrderAnswer, StatusAnswer } from './control-line.ts';

/** Longer than main waits for its engine. */
const ANSWER_WITHIN_MS = 5000;

/** What `command` is answered with. */
type AnswerTo<Command extends ControlCommand> = ErrorAnswer | (Command extends 'status' ? StatusAnswer : OrderAnswer);

/**
 * Asks a run one thing. Runs that ended or do not answer are an answer of their own.
 * @throws Error of the system when its socket may not be opened.
 */
export async function askRun<Command extends ControlCommand>(
  run: FoundRun,
  command: Command,
): Promise<AnswerTo<Command>> {
  try {
    const line = await askSocket(run.socketPath, JSON.stringify({ command }), ANSWER_WITHIN_MS);
    return JSON.parse(line) as Extract<ControlAnswer, AnswerTo<Command>>;
  } catch (error) {
    if (error instanceof NobodyListens) return { ok: false, error: 'the run has ended' };
    if (error instanceof NoAnswer || error instanceof SyntaxError) return { ok: false, error: error.message };
    throw error;
  }
}
