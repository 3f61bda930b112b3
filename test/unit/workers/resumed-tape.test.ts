import { beforeAll, describe, expect, test } from 'vitest';
import { closeCutOffLife } from '../../../src/main/recording/cut-off-life.ts';
import { recoverRun } from '../../../src/main/recording/recover-run.ts';
import { ABANDON_ALL, TAPE_ADVANCE, TAPE_SUBMIT, type TapeKind } from '../../../src/model/execution-tape.ts';
import { FLAG_INTERRUPTED } from '../../../src/model/frame.ts';
import { createChampionConfig } from '../../../src/model/strategy.ts';
import { JournalCorruption } from '../../../src/replay/journal/corruption.ts';
import { withoutExecutionStops } from '../../../src/replay/journal/execution-stops.ts';
import { journalItems } from '../../../src/replay/journal/journal-steps.ts';
import { doublesOf } from '../../../src/replay/journal/record-fields.ts';
import { RECORD_KINDS } from '../../../src/replay/journal/record-kind.ts';
import { recoverStream } from '../../../src/replay/journal/recover.ts';
import { StreamReader } from '../../../src/replay/journal/stream-reader.ts';
import { withoutSuspensions } from '../../../src/replay/journal/suspensions.ts';
import { decodeTape, encodeTape, TAPE_RECORDS, tapeKindOf } from '../../../src/replay/journal/tape-records.ts';
import { CatchUpTape } from '../../../src/workers/catch-up-tape.ts';
import type { ExecutionTape } from '../../../src/workers/execution-events.ts';
import { JOURNAL_BEGIN, JournalMachine } from '../../../src/workers/journal-machine.ts';
import { replayTape } from '../../../src/workers/replay-execution.ts';
import { type PlannedRecord, readJournal, writeJournal } from '../../property/journal/journal-builder.ts';
import { MemoryStore } from '../../property/journal/memory-store.ts';
import { runInputsOf, syntheticFrames } from '../../support/record-journal.ts';
import { RoutedRecorder, recordRouted, routedInputsOf } from '../../support/record-routed.ts';

const CONFIG = { ...createChampionConfig(), warmup_bars: 60, direction: 'both' } as const;
const DAYS = syntheticFrames({ days: 1, rows: 1200 });
const INPUTS = { ...runInputsOf({ config: CONFIG }), routed: routedInputsOf(DAYS.universe) };

/** Lives of one run: the whole, and one that was stopped while an entry was worked. */
let whole: RoutedRecorder;
let stopped: RoutedRecorder;
/** Records of both streams before the stop. */
let before: { engine: number; execution: number };
beforeAll(() => {
  whole = recordRouted(INPUTS, DAYS);
  stopped = new RoutedRecorder(INPUTS, DAYS.universe);
  for (const frame of DAYS.frames) {
    stopped.take(frame);
    if (stopped.records.at(-1)?.kind === RECORD_KINDS.SUBMIT) break;
  }
  before = { engine: stopped.engine.records.length, execution: stopped.records.length };
  stopped.end(FLAG_INTERRUPTED);
});

function stored(engine: readonly PlannedRecord[], execution: readonly PlannedRecord[]): MemoryStore {
  const store = new MemoryStore();
  writeJournal(store, engine, { identity: whole.engine.identity, perFlush: 1000 });
  writeJournal(store, execution, { identity: whole.identity, perFlush: 1000 });
  return store;
}

/** Execution's stream of a life that was stopped, and of the one that went on behind it. */
const bothLives = () => [...stopped.records, ...whole.records.slice(before.execution)];

/** Writes entries to a tape behind the records of a stream; what was handed on. */
function continueWith(entries: readonly PlannedRecord[], onDisk: readonly PlannedRecord[]) {
  const onwards: PlannedRecord[] = [];
  const sink: ExecutionTape = {
    write: (kind, values) => void onwards.push({ kind: TAPE_RECORDS[kind], payload: encodeTape(kind, values) }),
    flush: () => undefined,
    end: () => void onwards.push({ kind: RECORD_KINDS.END, payload: new Uint8Array(8) }),
  };
  const records = new StreamReader(stored([], onDisk), 'EXECUTION').records();
  const tape = new CatchUpTape(withoutExecutionStops(records, false), sink);
  for (const { kind, payload } of entries) {
    const tapeKind = tapeKindOf(kind);
    if (tapeKind === null) tape.end();
    else tape.write(tapeKind, decodeTape(tapeKind, payload));
  }
  return { tape, onwards };
}

describe('a routed run that was stopped and goes on', () => {
  test('the stop had something to cancel', () => {
    const abandon = stopped.records.findIndex(({ kind }) => kind === RECORD_KINDS.ABANDON);
    expect(abandon).toBeGreaterThanOrEqual(before.execution);
    expect(doublesOf(stopped.records[abandon]!.payload)[0]).toBe(ABANDON_ALL);
    expect(stopped.engine.records[before.engine]!.kind).toBe(RECORD_KINDS.REPORT);
  });

  test('its machine is stepped again to the same state, the stop taken back with its reports', () => {
    const records = [...stopped.engine.records, ...whole.engine.records.slice(before.engine)];
    const machine = new JournalMachine(whole.engine.identity);
    for (const item of journalItems(readJournal(stored(records, [])).records as never)) machine.take(item);
    expect(machine.verdict).toMatchObject({ unverified: 0, firstMismatch: null });
    expect(machine.machine.stateHash()).toBe(whole.engine.machine.stateHash());
    const left = [...withoutSuspensions(readJournal(stored(records, [])).records as never, true)];
    expect(left.map(({ payload }) => [...payload])).toEqual(whole.engine.records.map(({ payload }) => [...payload]));
  });

  test('a replay may be cut between a report and its frame', () => {
    const { records } = whole.engine;
    const report = records.findIndex(({ kind }, i) => i > 100 && kind === RECORD_KINDS.REPORT);
    const first = new JournalMachine(whole.engine.identity);
    for (const item of journalItems(readJournal(stored(records.slice(0, report + 1), [])).records as never))
      first.take(item);
    const standing = first.standing();
    expect(standing.throughSequence).toBe(report - 1);
    const second = new JournalMachine(whole.engine.identity, standing);
    const rest = readJournal(stored(records, []), 'ENGINE', standing.throughSequence + 1).records;
    for (const item of journalItems(rest as never)) second.take(item);
    expect(second.verdict.firstMismatch).toBeNull();
    expect(second.machine.stateHash()).toBe(whole.engine.machine.stateHash());
  });

  test('execution compares its tape with its stream and writes behind it, without the stop', () => {
    const { onwards, tape } = continueWith(whole.records, stopped.records);
    expect(tape.isCatchingUp).toBe(false);
    const own = (records: readonly PlannedRecord[]) => records.map(({ kind, payload }) => [kind, ...payload]);
    expect(own(onwards)).toEqual(own(whole.records.slice(before.execution)));
    expect(replayTape(stored([], bothLives()))).toEqual(replayTape(stored([], whole.records)));
  });

  test('with nothing left to write, the END of its source among it', () => {
    expect(continueWith(whole.records, whole.records).onwards).toEqual([]);
  });

  test('another stop in the middle of the catching up writes nothing', () => {
    expect(continueWith(stopped.records, whole.records).onwards).toEqual([]);
    // Its time may stand in front of it, where the run went on to another one.
    const advance = { kind: RECORD_KINDS.ADVANCE, payload: encodeTape(TAPE_ADVANCE, Float64Array.of(20_458, 1)) };
    const [life, stop] = [stopped.records.slice(0, before.execution), stopped.records.slice(before.execution)];
    expect(continueWith([...life, advance, ...stop], whole.records).onwards).toEqual([]);
  });

  test('an order that is not on disk is corruption: segment, record and field', () => {
    const index = whole.records.findIndex(({ kind }) => kind === RECORD_KINDS.SUBMIT);
    const values = decodeTape(TAPE_SUBMIT, whole.records[index]!.payload).slice();
    values[7] = values[7]! + 1;
    const other = whole.records.map((one, i) =>
      i === index ? { ...one, payload: encodeTape(TAPE_SUBMIT, values) } : one,
    );
    const wrong = () => continueWith(whole.records, other);
    expect(wrong).toThrow(JournalCorruption);
    expect(wrong).toThrow(
      new RegExp(`execution-000000.dj, record ${index}, .*SUBMIT has qty ${values[7]}, its machine`),
    );
  });

  test.each(['ADVANCE', 'ABANDON'] as const)('an %s that is not on disk and begins no stop is corruption', (name) => {
    const index = whole.records.findIndex(({ kind }) => kind === RECORD_KINDS.INTENT) + 1;
    const kind = tapeKindOf(RECORD_KINDS[name]) as TapeKind;
    const stray = { kind: RECORD_KINDS[name], payload: encodeTape(kind, new Float64Array(2).fill(ABANDON_ALL)) };
    const other = [...whole.records.slice(0, index), stray, ...whole.records.slice(index)];
    expect(() => continueWith(other, whole.records)).toThrow(JournalCorruption);
  });
});

describe('recovery of a routed run', () => {
  const identity = () => {
    const { machine: _, ...run } = whole.engine.identity;
    return run;
  };

  test('goes on from the first record of both streams, and takes no intent as taken', () => {
    const store = stored(stopped.engine.records, stopped.records);
    const { standing, recovered, engine, execution } = recoverRun(store, 'dir', identity(), 'routed');
    expect(standing).toEqual(JOURNAL_BEGIN);
    expect(recovered).toMatchObject({ firstUntaken: 0, accounted: { entries: 0, exits: 0 }, notes: [] });
    expect(recovered!.journalled).toEqual({
      dir: 'dir',
      fromSequence: 0,
      lastSegment: 0,
      isResumed: true,
      hasReports: false,
    });
    expect(recovered!.tape).toEqual({ dir: 'dir', lastSegment: 0 });
    expect([engine.position.segment, execution.position.segment]).toEqual([1, 1]);
  });

  test('a run that came to its end in both streams cannot go on', () => {
    const ended = stored(whole.engine.records, whole.records);
    expect(() => recoverRun(ended, 'dir', identity(), 'routed')).toThrow(/came to its end/);
    const cut = stored(whole.engine.records, whole.records.slice(0, -1));
    expect(recoverRun(cut, 'dir', identity(), 'routed').recovered).not.toBeNull();
  });

  test('a life that was cut off in the middle of a stop is ended first', () => {
    const store = stored(stopped.engine.records.slice(0, before.engine + 1), stopped.records.slice(0, -1));
    const { recovered } = recoverRun(store, 'dir', identity(), 'routed');
    expect([recovered!.journalled.lastSegment, recovered!.tape!.lastSegment]).toEqual([1, 1]);
    const engine = [...withoutSuspensions(new StreamReader(store, 'ENGINE').records(), false)];
    const execution = [...withoutExecutionStops(new StreamReader(store, 'EXECUTION').records(), false)];
    expect(engine.at(-1)!.sequence).toBe(before.engine - 1);
    expect(execution.at(-1)!.sequence).toBe(before.execution - 1);
  });

  test('one that was cut off elsewhere is left as it is', () => {
    const store = stored(whole.engine.records.slice(0, before.engine), whole.records.slice(0, before.execution));
    for (const one of [whole.engine.identity, whole.identity]) {
      const { position } = recoverStream(store, one.machine, one);
      expect(closeCutOffLife(store, one, position)).toBe(position);
    }
  });
});
