import { JournalFolder } from '../../adapters/journal/journal-folder.ts';
import type { Rules } from '../../engine/actor.ts';
import { InputError } from '../../model/input-error.ts';
import { decodeRunInputs, type RunInputs } from '../../replay/journal/run-inputs.ts';
import { StreamReader } from '../../replay/journal/stream-reader.ts';

/** A journal as the source of a replay. */
export interface JournalSource {
  readonly inputs: RunInputs;
  readonly universe: readonly string[];
  readonly rules: Rules;
}

/**
 * Verifies the engine's stream of a journal and reads what its run was made from.
 * @throws InputError when there is no such journal, or it was pruned. @throws JournalCorruption when it is damaged.
 */
export function openJournal(dir: string): JournalSource {
  const reader = new StreamReader(JournalFolder.open(dir), 'ENGINE');
  reader.readAll();
  const { header } = reader;
  if (header === null)
    throw new InputError(`--journal: folder must have the engine's stream of a run, ${dir} has none`);
  if (reader.firstNumber > 0) {
    throw new InputError(`--journal: stream must begin with its first segment, the one in ${dir} was pruned`);
  }
  return {
    inputs: decodeRunInputs(header.configJson),
    universe: header.universe,
    rules: header.rules === 'LIVE' ? 'live' : 'replay',
  };
}
