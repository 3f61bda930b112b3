import type { FillMode } from '../../model/fill-mode.ts';
import { InputError } from '../../model/input-error.ts';
import { INTENT_ENTRY } from '../../model/intent.ts';
import { JournalCorruption } from '../../replay/journal/corruption.ts';
import type { JournalStore } from '../../replay/journal/journal-store.ts';
import { decodeEnd, decodeIntent, decodeSnapshotHead, snapshotState } from '../../replay/journal/payloads.ts';
import { RECORD_KINDS } from '../../replay/journal/record-kind.ts';
import { type Recovery, recoverStream, requireRun } from '../../replay/journal/recover.ts';
import type { StreamIdentity } from '../../replay/journal/segment-links.ts';
import { type Machine, segmentName } from '../../replay/journal/segment-name.ts';
import { StreamReader, type TornTail } from '../../replay/journal/stream-reader.ts';
import { JOURNAL_BEGIN, type JournalStanding } from '../../workers/journal-machine.ts';
import type { IntentCounts } from '../../workers/messages.ts';
import { closeCutOffLife } from './cut-off-life.ts';
import type { Recording, RunIdentity } from './recording.ts';

const SOURCE_ENDED = 0;

/**
 * Finds out where an interrupted run stands: torn tails cut off, the newest state that the journal holds, and what
 * execution has taken. A routed run goes on from its first record, as nobody keeps the state of a simulated venue.
 *
 * @throws InputError when the run came to its end. @throws JournalCorruption as recoverStream.
 */
export function recoverRun(
  store: JournalStore,
  dir: string,
  run: RunIdentity,
  fills: FillMode,
): Pick<Recording, 'engine' | 'execution' | 'standing' | 'recovered'> {
  const [engineIdentity, executionIdentity] = [
    { ...run, machine: 'ENGINE' as const },
    { ...run, machine: 'EXECUTION' as const },
  ];
  // Both are verified before either is cut.
  requireBoth(verify(store, engineIdentity), verify(store, executionIdentity));
  const engine = recoverStream(store, 'ENGINE', engineIdentity);
  const execution = recoverStream(store, 'EXECUTION', executionIdentity);
  const isRouted = fills === 'routed';
  const { standing, accounted, hasEnded } = isRouted ? standOfRouted(store) : standOf(store);
  if (hasEnded) {
    throw new InputError(`--resume: journal must be of an interrupted run, the one in ${dir} came to its end`);
  }
  const positions = {
    engine: isRouted ? closeCutOffLife(store, engineIdentity, engine.position) : engine.position,
    execution: isRouted ? closeCutOffLife(store, executionIdentity, execution.position) : execution.position,
  };
  return {
    engine: { identity: engineIdentity, position: positions.engine },
    execution: { identity: executionIdentity, position: positions.execution },
    standing,
    recovered: {
      journalled: {
        dir,
        fromSequence: standing.throughSequence + 1,
        // The run that goes on writes the segments behind it, while this one is being read.
        lastSegment: positions.engine.segment - 1,
        isResumed: true,
        hasReports: !isRouted,
      },
      accounted,
      firstUntaken: accounted.entries + accounted.exits,
      tape: isRouted ? { dir, lastSegment: positions.execution.segment - 1 } : null,
      notes: [...cutNote('ENGINE', engine), ...cutNote('EXECUTION', execution)],
    },
  };
}

/** Where a run goes on. */
interface RunStand {
  readonly standing: JournalStanding;
  /** Intents that execution has taken, and will not be offered again. */
  readonly accounted: IntentCounts;
  /** Both machines have come to their end. */
  readonly hasEnded: boolean;
}

function standOf(store: JournalStore): RunStand {
  const accounted = takenIntents(store);
  const firstUntaken = accounted.entries + accounted.exits;
  const { standing, hasEnded, intents } = readEngine(store, firstUntaken);
  return { standing, accounted, hasEnded: hasEnded && firstUntaken >= intents };
}

/** @throws InputError when a prune has taken away the begin of the run. */
function standOfRouted(store: JournalStore): RunStand {
  const [engine, execution] = [lastEnd(store, 'ENGINE'), lastEnd(store, 'EXECUTION')];
  if (engine.firstNumber > 0 || execution.firstNumber > 0) {
    throw new InputError(
      `--resume: journal of a routed run must begin with its first record, the one in ${store.path} was pruned`,
    );
  }
  const hasEnded = engine.reason === SOURCE_ENDED && execution.reason === SOURCE_ENDED;
  return { standing: JOURNAL_BEGIN, accounted: { entries: 0, exits: 0 }, hasEnded };
}

/** Why the last life that a stream tells of ended; NaN where none did. */
function lastEnd(store: JournalStore, machine: Machine): { reason: number; firstNumber: number } {
  const reader = new StreamReader(store, machine);
  let reason = Number.NaN;
  for (const { kind, payload } of reader.records()) if (kind === RECORD_KINDS.END) reason = decodeEnd(payload).reason;
  return { reason, firstNumber: reader.firstNumber };
}

function verify(store: JournalStore, expected: StreamIdentity): StreamReader {
  const reader = new StreamReader(store, expected.machine);
  reader.readAll();
  requireRun(reader, expected);
  return reader;
}

/**
 * The journal makes the first segment of both streams, the engine's first, before there is any record.
 * @throws JournalCorruption when a stream is gone altogether.
 */
function requireBoth(engine: StreamReader, execution: StreamReader): void {
  if (engine.nextNumber === 0) throw missingStream('ENGINE', `the folder has ${execution.nextNumber} of EXECUTION`);
  if (execution.nextNumber === 0 && engine.nextSequence > 0) {
    throw missingStream('EXECUTION', `the folder has ${engine.nextSequence} records of ENGINE`);
  }
}

function missingStream(machine: Machine, detail: string): JournalCorruption {
  const site = { segment: segmentName(machine, 0), record: 0, offset: 0, rule: 'missing-segment' as const };
  return new JournalCorruption(site, `the stream is missing: ${detail}`);
}

interface EngineStream {
  /** The newest state in front of every intent that is still to be taken; that of the start where there is none. */
  readonly standing: JournalStanding;
  /** The engine has taken the end of its source; execution may not have taken all that came before. */
  readonly hasEnded: boolean;
  /** Intents decided so far. */
  readonly intents: number;
}

/** @throws InputError when a prune has taken away the records from which the machine would have to go on. */
function readEngine(store: JournalStore, firstUntaken: number): EngineStream {
  const reader = new StreamReader(store, 'ENGINE');
  let standing = JOURNAL_BEGIN;
  let hasEnded = false;
  let intents = 0;
  let untakenFrom = Number.POSITIVE_INFINITY;
  for (const { kind, payload, sequence } of reader.records()) {
    if (kind === RECORD_KINDS.END) hasEnded = decodeEnd(payload).reason === SOURCE_ENDED;
    if (kind === RECORD_KINDS.INTENT) {
      intents = decodeIntent(payload).sequence + 1;
      // From a state behind it, it would not be decided again and so never be offered.
      if (intents > firstUntaken) untakenFrom = Math.min(untakenFrom, sequence);
    }
    if (kind !== RECORD_KINDS.SNAPSHOT) continue;
    const { throughSequence } = decodeSnapshotHead(payload);
    if (throughSequence <= standing.throughSequence || throughSequence >= untakenFrom) continue;
    standing = { ...standing, throughSequence, state: snapshotState(payload).slice() };
  }
  if (standing.state === null && reader.firstNumber > 0) {
    throw new InputError(
      `--resume: journal must have a state to go on from, in ${store.path} a prune has left none in front of intent ${firstUntaken}`,
    );
  }
  return { standing, hasEnded, intents };
}

function takenIntents(store: JournalStore): { entries: number; exits: number } {
  const taken = { entries: 0, exits: 0 };
  for (const { kind, payload } of new StreamReader(store, 'EXECUTION').records()) {
    if (kind !== RECORD_KINDS.INTENT) continue;
    if (decodeIntent(payload).kind === INTENT_ENTRY) taken.entries++;
    else taken.exits++;
  }
  return taken;
}

function cutNote(machine: Machine, { cut }: Recovery): string[] {
  return cut === null ? [] : [`${machine.toLowerCase()}: ${tornText(cut)}`];
}

function tornText({ segment, offset, bytes, record }: TornTail): string {
  return `cut off the torn record ${record} (${bytes} bytes of ${segment} from offset ${offset})`;
}
