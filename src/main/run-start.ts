import { JournalFolder } from '../adapters/journal/journal-folder.ts';
import { type JournalLock, lockJournal } from '../adapters/journal/journal-lock.ts';
import { withMemory } from './memory-start.ts';
import { interruptedRun } from './recording/journal-header.ts';
import { openRecording } from './recording/open-recording.ts';
import type { Recording } from './recording/recording.ts';
import type { ReplaySource } from './replay-source.ts';
import { DEFAULT_SEED, routedSource } from './routed-source.ts';
import type { RunFlags } from './run-flags.ts';
import type { RunMemory } from './run-options.ts';

/* What a run begins with: capital, fills, journal. */

const BYTES_PER_MIB = 2 ** 20;

/** A source that is ready to run. */
export interface FundedSource {
  readonly source: ReplaySource;
  /** Null for a run without one. */
  readonly memory: RunMemory | null;
}

/**
 * The source with the capital of its memory, and then its fills: a venue's account begins with the same. A journal that goes on
 * began with what its memory held then, which stands in its header.
 * @throws InputError as withMemory, {@link interruptedRun} and {@link routedSource}.
 */
export async function withCapital(flags: RunFlags, source: ReplaySource): Promise<FundedSource> {
  const { source: funded, memory } = await withMemory(flags, source);
  const begun =
    flags.resume === true && memory !== null ? withCapitalOfJournal(flags.record as string, funded) : funded;
  if (flags.fill === 'analytic') return { source: begun, memory };
  return { source: routedSource(begun, { venue: flags.venue ?? 'bars', seed: flags.seed ?? DEFAULT_SEED }), memory };
}

function withCapitalOfJournal(dir: string, source: ReplaySource): ReplaySource {
  const { inputs } = source;
  const capital = interruptedRun(dir)?.inputs.config.initial_capital ?? inputs.config.initial_capital;
  return { ...source, inputs: { ...inputs, config: { ...inputs.config, initial_capital: capital } } };
}

/**
 * Locks the folder of the journal that a run keeps, to be held until nothing writes there any more; null where it keeps none.
 * @throws InputError as {@link lockJournal}, and when the folder cannot be made.
 */
export function lockJournalOf({ record }: RunFlags): JournalLock | null {
  return record === undefined ? null : lockJournal(JournalFolder.make(record), '--record');
}

/**
 * The journal that a run keeps, in a folder that it has locked; null where it keeps none.
 * @throws InputError and JournalCorruption as {@link openRecording}.
 */
export function openJournalOf(flags: RunFlags, { inputs, universe, rules }: ReplaySource): Recording | null {
  if (flags.record === undefined) return null;
  return openRecording({
    dir: flags.record,
    fsync: flags.fsync,
    segmentBytes: flags.segmentMib * BYTES_PER_MIB,
    resume: flags.resume === true,
    inputs,
    universe,
    rules,
  });
}
