import { beforeAll, describe, expect, test } from 'vitest';
import { SUBMIT_FIELDS, TAPE_SUBMIT } from '../../../src/model/execution-tape.ts';
import { createChampionConfig } from '../../../src/model/strategy.ts';
import { diffExecutions } from '../../../src/replay/journal/diff/diff-executions.ts';
import { diffJournals } from '../../../src/replay/journal/diff/diff-journals.ts';
import { journalItems } from '../../../src/replay/journal/journal-steps.ts';
import { decodeReport, encodeReport } from '../../../src/replay/journal/payloads.ts';
import { RECORD_KINDS } from '../../../src/replay/journal/record-kind.ts';
import { decodeTape, encodeTape } from '../../../src/replay/journal/tape-records.ts';
import { JournalMachine } from '../../../src/workers/journal-machine.ts';
import { replayTape } from '../../../src/workers/replay-execution.ts';
import { type PlannedRecord, readJournal, writeJournal } from '../../property/journal/journal-builder.ts';
import { MemoryStore } from '../../property/journal/memory-store.ts';
import { runInputsOf, syntheticFrames } from '../../support/record-journal.ts';
import { RoutedRecorder, recordRouted, routedInputsOf } from '../../support/record-routed.ts';

const CONFIG = { ...createChampionConfig(), warmup_bars: 60, direction: 'both' } as const;
const DAYS = syntheticFrames({ days: 2, rows: 1200 });
const ROUTED = routedInputsOf(DAYS.universe);
const INPUTS = { ...runInputsOf({ config: CONFIG }), routed: ROUTED };

/** Both streams in one store; either may be replaced. */
function stored(run: RoutedRecorder, engine = run.engine.records, execution: readonly PlannedRecord[] = run.records) {
  const store = new MemoryStore();
  writeJournal(store, engine, { identity: run.engine.identity, perFlush: 1000 });
  writeJournal(store, execution, { identity: run.identity, perFlush: 1000 });
  return store;
}

/** The records with one replaced. */
function withRecord(records: readonly PlannedRecord[], index: number, payload: Uint8Array): PlannedRecord[] {
  return records.map((record, i) => (i === index ? { ...record, payload } : record));
}

let run: RoutedRecorder;
let store: MemoryStore;
beforeAll(() => {
  run = recordRouted(INPUTS, DAYS);
  store = stored(run);
});

/** Index of the n-th record of a kind. */
const indexOf = (records: readonly PlannedRecord[], kind: number, n = 0) =>
  records.flatMap((record, i) => (record.kind === kind ? [i] : []))[n]!;

describe("execution's stream of a routed run", () => {
  test('replays alone: the machine does what is recorded', () => {
    expect(run.records.filter(({ kind }) => kind === RECORD_KINDS.SUBMIT).length).toBeGreaterThan(5);
    const replay = replayTape(store);
    expect(replay).toMatchObject({
      records: run.records.length - 1, // an END is none of the tape
      orderLogHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      difference: null,
    });
    expect(replayTape(stored(recordRouted(INPUTS, DAYS)))).toEqual(replay);
  });

  test('an order that is not the one of its machine is found, and named', () => {
    const index = indexOf(run.records, RECORD_KINDS.SUBMIT, 3);
    const values = decodeTape(TAPE_SUBMIT, run.records[index]!.payload).slice();
    const field = SUBMIT_FIELDS.indexOf('qty');
    const qty = values[field]!;
    values[field] = qty + 1;
    const wrong = withRecord(run.records, index, encodeTape(TAPE_SUBMIT, values));
    const replay = replayTape(stored(run, run.engine.records, wrong));
    expect(replay.difference).toBe(`record ${index}, SUBMIT qty: recorded ${qty + 1}, replayed ${qty}`);
    expect(replay.orderLogHash).not.toBe(replayTape(store).orderLogHash);
  });

  test('an order that is missing is found', () => {
    const index = indexOf(run.records, RECORD_KINDS.SUBMIT);
    const fewer = run.records.filter((_, i) => i !== index);
    expect(replayTape(stored(run, run.engine.records, fewer)).difference).toMatch(
      /^record \d+: recorded \w+, replayed SUBMIT$/,
    );
  });

  test('that was cut off in the middle of an input is no difference', () => {
    const index = indexOf(run.records, RECORD_KINDS.SUBMIT, 2);
    expect(replayTape(stored(run, run.engine.records, run.records.slice(0, index))).difference).toBeNull();
  });

  test('of analytic fills has nothing to replay', () => {
    const analytic = { ...run.identity, configJson: JSON.stringify({ ...INPUTS, routed: undefined }) };
    const one = new MemoryStore();
    writeJournal(one, run.records.slice(0, 1), { identity: analytic });
    expect(() => replayTape(one)).toThrow('journal must have the execution stream of a routed run, memory has none');
  });
});

describe("the engine's stream of a routed run", () => {
  const stepAgain = (records: readonly PlannedRecord[]) => {
    const machine = new JournalMachine(run.engine.identity);
    for (const item of journalItems(readJournal(stored(run, [...records])).records as never)) machine.take(item);
    return machine;
  };

  test('replays by its reports to the same decisions and the same state', () => {
    expect(run.engine.records.filter(({ kind }) => kind === RECORD_KINDS.REPORT).length).toBeGreaterThan(10);
    const machine = stepAgain(run.engine.records);
    expect(machine.verdict).toMatchObject({ unverified: 0, firstMismatch: null });
    expect(machine.verdict.agreeing).toBe(machine.verdict.steps);
    expect(machine.machine.stateHash()).toBe(run.engine.machine.stateHash());
  });

  test('a fill of another price comes to another state', () => {
    const { records } = run.engine;
    const index = records.findIndex(
      ({ kind, payload }) => kind === RECORD_KINDS.REPORT && decodeReport(payload).lastQty > 0,
    );
    const report = decodeReport(records[index]!.payload);
    const wrong = withRecord(records, index, encodeReport({ ...report, lastPx: report.lastPx * 1.01 }));
    expect(stepAgain(wrong).verdict.firstMismatch).not.toBeNull();
  });
});

describe('diff of two routed journals', () => {
  test('of two runs of the same inputs: equal', () => {
    const again = stored(recordRouted(INPUTS, DAYS));
    expect(diffJournals(store, again).isEqual).toBe(true);
    expect(diffExecutions(store, again)).toMatchObject({ isEqual: true, first: null, tape: { first: null } });
  });

  test('that differ in one fill: the report on the engine side, the record on the side of execution', () => {
    const isFill = ({ kind, payload }: PlannedRecord) =>
      kind === RECORD_KINDS.REPORT && decodeReport(payload).lastQty > 0;
    const change = (records: readonly PlannedRecord[]) => {
      const index = records.findIndex(isFill);
      const report = decodeReport(records[index]!.payload);
      return { index, report, records: withRecord(records, index, encodeReport({ ...report, lastPx: 12.5 })) };
    };
    const [engine, execution] = [change(run.engine.records), change(run.records)];
    const other = stored(run, engine.records, execution.records);
    const { lastPx, assetIndex } = engine.report;
    const { firstInput, isEqual } = diffJournals(store, other);
    expect(isEqual).toBe(false);
    expect(firstInput!.difference).toEqual({
      field: expect.stringMatching(/^report \d+ lastPx$/),
      asset: DAYS.universe[assetIndex],
      a: lastPx,
      b: 12.5,
    });
    const diff = diffExecutions(store, other);
    expect(diff).toMatchObject({ isEqual: false, first: null });
    expect(diff.tape).toEqual({
      entries: { a: run.records.length - 1, b: run.records.length - 1 },
      first: {
        place: execution.index,
        record: { a: execution.index, b: execution.index },
        kind: { a: 'REPORT', b: 'REPORT' },
        field: 'lastPx',
        value: { a: execution.report.lastPx, b: 12.5 },
      },
    });
  });

  test('of another seed: a setting; of analytic fills: as a whole', () => {
    const other = stored(new RoutedRecorder({ ...INPUTS, routed: { ...ROUTED, seed: 2 } }, DAYS.universe));
    expect(diffJournals(store, other).settings).toEqual([{ setting: 'routed.seed', a: '1', b: '2' }]);
    const { identity } = run.engine;
    const analytic = new MemoryStore();
    const configJson = JSON.stringify({ ...INPUTS, routed: undefined });
    writeJournal(analytic, [], { identity: { ...identity, configJson } });
    expect(diffJournals(store, analytic).settings).toContainEqual({ setting: 'fills', a: 'routed', b: 'analytic' });
  });
});
