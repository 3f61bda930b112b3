import { randomUUID } from 'node:crypto';
import { JournalFolder } from '../../adapters/journal/journal-folder.ts';
import type { Rules } from '../../engine/actor.ts';
import { deriveRunParams } from '../../engine/run-params.ts';
import { InputError } from '../../model/input-error.ts';
import type { FsyncPolicy } from '../../replay/journal/fsync-policy.ts';
import type { JournalStore } from '../../replay/journal/journal-store.ts';
import { JOURNAL_START } from '../../replay/journal/journal-writer.ts';
import { decodeRunInputs, encodeRunInputs, fillModeOf, type RunInputs } from '../../replay/journal/run-inputs.ts';
import { listSegments, MACHINES } from '../../replay/journal/segment-name.ts';
import type { SegmentHeader } from '../../wire/segment-header.ts';
import { JOURNAL_BEGIN } from '../../workers/journal-machine.ts';
import { runConfigHash } from '../../workers/run-config-hash.ts';
import { snapshotIdentity } from '../../workers/state-hash.ts';
import { journalHeader } from './journal-header.ts';
import type { Recording, RunIdentity } from './recording.ts';
import { recoverRun } from './recover-run.ts';

export interface RecordingOptions {
  readonly dir: string;
  readonly fsync: FsyncPolicy;
  readonly segmentBytes: number;
  /** Go on with the journal of an interrupted run. */
  readonly resume: boolean;
  readonly inputs: RunInputs;
  readonly universe: readonly string[];
  /** By which its frames are judged; default those of a replay. */
  readonly rules?: Rules;
}

/**
 * Readies the folder of a journal for a run that records.
 *
 * @throws InputError when the folder cannot be made, has a journal and `resume` was not asked for, has none although it
 *   was, or that of a run which came to its end.
 * @throws JournalCorruption when the journal is damaged, or of another config, universe, data or version; nothing is
 *   changed then.
 */
export function openRecording(options: RecordingOptions): Recording {
  const store = JournalFolder.make(options.dir);
  const hasJournal = MACHINES.some((machine) => listSegments(store, machine).length > 0);
  if (hasJournal && !options.resume) {
    throw new InputError(
      `--record: folder must have no journal yet, ${options.dir} has one; --resume goes on with it, an empty folder begins anew`,
    );
  }
  if (options.resume && !hasJournal) {
    throw new InputError(`--resume: folder must have the journal of an interrupted run, ${options.dir} has none`);
  }
  const identity = identityOf(options, store);
  const { dir, fsync, segmentBytes } = options;
  if (!hasJournal) {
    return { dir, fsync, segmentBytes, ...freshStreams(identity), standing: JOURNAL_BEGIN, recovered: null };
  }
  return { dir, fsync, segmentBytes, ...recoverRun(store, dir, identity, fillModeOf(options.inputs)) };
}

function freshStreams(identity: RunIdentity): Pick<Recording, 'engine' | 'execution'> {
  return {
    engine: { identity: { ...identity, machine: 'ENGINE' }, position: JOURNAL_START },
    execution: { identity: { ...identity, machine: 'EXECUTION' }, position: JOURNAL_START },
  };
}

function identityOf({ inputs, universe, rules = 'replay' }: RecordingOptions, store: JournalStore): RunIdentity {
  const params = deriveRunParams(inputs.config, universe, inputs.barIntervalMs, fillModeOf(inputs));
  const before = journalHeader(store);
  return {
    runId: before?.runId ?? randomUUID(),
    rules: rules === 'live' ? 'LIVE' : 'REPLAY',
    configHash: runConfigHash(snapshotIdentity(params, rules).configHash, inputs.routed),
    configJson: configJsonOf(inputs, before),
    universe,
    nodeVersion: process.version,
    v8Version: process.versions.v8,
  };
}

/** A run that goes on keeps its name, and its data may have been moved meanwhile: their content is checked by frame. */
function configJsonOf(inputs: RunInputs, before: SegmentHeader | null): string {
  if (before === null) return encodeRunInputs(inputs);
  const { dir } = decodeRunInputs(before.configJson).source;
  return encodeRunInputs({ ...inputs, source: { ...inputs.source, dir } });
}
