import { CommanderError } from 'commander';
import { InputError, InvariantError } from '../model/input-error.ts';
import { buildProgram } from './cli.ts';
import { EXIT_CORRUPTION, EXIT_FAILURE, EXIT_INPUT, EXIT_INVARIANT } from './exit-codes.ts';

// A reader that closed its end (`| head`) has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`dolphin: cannot write standard output: ${error.message}\n`);
  process.exit(EXIT_FAILURE);
});
// Who closed standard error wants no messages; the exit code still tells.
process.stderr.on('error', () => undefined);

try {
  await buildProgram().parseAsync(process.argv);
} catch (error) {
  process.exitCode = exitCodeOf(error);
  if (!(error instanceof CommanderError)) process.stderr.write(`dolphin: ${messageOf(error)}\n`);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_INPUT;
  if (error instanceof InputError) return EXIT_INPUT;
  if (error instanceof Error && error.name === 'JournalCorruption') return EXIT_CORRUPTION; // by name: it may come of a worker
  return error instanceof InvariantError ? EXIT_INVARIANT : EXIT_FAILURE;
}

/** One message for the operator; the stack as well when asked for, for whoever mends the program. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const isDebugging = process.env['DOLPHIN_DEBUG'] === '1';
  return isDebugging ? `${error.stack}\ncaused by ${String((error.cause as Error | undefined)?.stack)}` : error.message;
}
