import { JournalFolder } from '../../adapters/journal/journal-folder.ts';
import { InputError } from '../../model/input-error.ts';
import { JournalCorruption } from '../../replay/journal/corruption.ts';
import { diffExecutions } from '../../replay/journal/diff/diff-executions.ts';
import { diffJournals } from '../../replay/journal/diff/diff-journals.ts';
import { listSegments } from '../../replay/journal/segment-name.ts';
import { EXIT_CORRUPTION, EXIT_DIFFERENT } from '../exit-codes.ts';
import { diffToJson } from './diff-json.ts';
import { diffText } from './diff-text.ts';
import type { FoldersDiff } from './folders-diff.ts';
import { type JournalFlags, printJson } from './journal.ts';

/**
 * `dolphin diff A B`: exit code 0 when two runs consumed and decided the same, 1 when they differ, 4 when a journal is
 * corrupt.
 */
export function diffCommand(a: string, b: string, { json }: JournalFlags): number {
  let diff: FoldersDiff;
  try {
    diff = diffFolders(openEngine(a), openEngine(b));
  } catch (error) {
    return refuse(error);
  }
  if (json === true) printJson(diffToJson(diff));
  else process.stdout.write(diffText(diff));
  return diff.isEqual ? 0 : EXIT_DIFFERENT;
}

function diffFolders(a: JournalFolder, b: JournalFolder): FoldersDiff {
  const engine = diffJournals(a, b);
  const hasExecutions = [a, b].every((store) => listSegments(store, 'EXECUTION').length > 0);
  const execution = hasExecutions ? diffExecutions(a, b) : null;
  const isEqual = engine.isEqual && execution?.isEqual !== false;
  return { a: a.path, b: b.path, isEqual, engine, execution };
}

function openEngine(dir: string): JournalFolder {
  const store = JournalFolder.open(dir);
  if (listSegments(store, 'ENGINE').length > 0) return store;
  throw new InputError(`journal must hold segments engine-*.dj: ${dir}`);
}

/** Exit code 1 answers the question here: a file that cannot be read must not look like an answer. */
function refuse(error: unknown): number {
  if (error instanceof JournalCorruption) {
    process.stderr.write(`dolphin: ${error.message}\n`);
    return EXIT_CORRUPTION;
  }
  if (error instanceof Error && 'syscall' in error) throw new InputError(`cannot read the journal: ${error.message}`);
  throw error;
}
