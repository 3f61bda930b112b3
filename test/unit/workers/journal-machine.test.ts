import { beforeAll, describe, expect, test } from 'vitest';
import {
  type AcbUpdate,
  type LiveCells,
  NO_CELLS,
  NO_POSTURE,
  type PostureUpdate,
} from '../../../src/engine/live-cells.ts';
import { COMMAND_FLATTEN, COMMAND_HALT, COMMAND_RESUME } from '../../../src/model/command.ts';
import { createFrame, FRAME_SCAN, type FrameView } from '../../../src/model/frame.ts';
import { APEX, HIBERNATE, STALKER, TURTLE } from '../../../src/model/posture.ts';
import { createChampionConfig } from '../../../src/model/strategy.ts';
import { journalItems } from '../../../src/replay/journal/journal-steps.ts';
import { encodeEnd } from '../../../src/replay/journal/payloads.ts';
import { doublesOf } from '../../../src/replay/journal/record-fields.ts';
import { RECORD_KINDS } from '../../../src/replay/journal/record-kind.ts';
import { JournalMachine, type JournalStanding } from '../../../src/workers/journal-machine.ts';
import { type PlannedRecord, readJournal, writeJournal } from '../../property/journal/journal-builder.ts';
import { MemoryStore } from '../../property/journal/memory-store.ts';
import { JournalRecorder, recordRun, runInputsOf, syntheticFrames } from '../../support/record-journal.ts';

const INPUTS = runInputsOf({ config: { ...createChampionConfig(), warmup_bars: 60, direction: 'both' } });
const DAYS = syntheticFrames({ days: 2, rows: 1200 });
const SCANS = DAYS.frames.filter(({ kind }) => kind === FRAME_SCAN).length;
/** Every scan, the book at midnight behind which a day ends, the END frame with its day, and the END. */
const STEPS = SCANS + 3;

function replay({ records, identity }: Pick<JournalRecorder, 'records' | 'identity'>, from?: JournalStanding) {
  const store = new MemoryStore();
  writeJournal(store, records, { identity, perFlush: 1000 });
  const found = readJournal(store, 'ENGINE', (from?.throughSequence ?? -1) + 1).records as never;
  const machine = new JournalMachine(identity, from);
  for (const item of journalItems(found)) machine.take(item);
  return { machine, ...machine.verdict };
}

describe('a journal of a run', () => {
  let whole: JournalRecorder;
  beforeAll(() => {
    whole = recordRun(INPUTS, DAYS);
  });

  test('replays to the same decisions and the same state', () => {
    const { machine, ...verdict } = replay(whole);
    expect(verdict).toEqual({ steps: STEPS, agreeing: STEPS, unverified: 0, firstMismatch: null });
    expect(machine.machine.stateHash()).toBe(whole.machine.stateHash());
    expect(whole.machine.engine.run().trades.length).toBeGreaterThan(5);
  });

  test.each([
    ['an INTENT', RECORD_KINDS.INTENT, 7, /^intent 2 price: recorded .*, replayed /],
    ['a STEP', RECORD_KINDS.STEP, 3, /^STEP lifetimeBar: /],
    ['a DAY_END', RECORD_KINDS.DAY_END, 1, /^DAY_END bars: recorded .*, replayed 1200$/],
  ])('one number changed in %s: that step, and only that, does not agree', (_situation, kind, field, message) => {
    const index = nthOf(whole.records, kind, kind === RECORD_KINDS.DAY_END ? 0 : 2);
    const verdict = replay({ identity: whole.identity, records: changed(whole.records, index, field) });
    expect(verdict).toMatchObject({ steps: STEPS, agreeing: STEPS - 1, unverified: 0 });
    expect(verdict.firstMismatch?.difference).toMatch(message);
    expect(verdict.firstMismatch?.sequence).toBe(whole.records.findLastIndex(isFrameBefore(index)));
  });

  test('another state hash at the end: named with both', () => {
    const records = [...whole.records.slice(0, -1)];
    records.push({ kind: RECORD_KINDS.END, payload: encodeEnd({ reason: 0 }, new Uint8Array(32)) });
    const verdict = replay({ identity: whole.identity, records });
    expect(verdict.steps - verdict.agreeing).toBe(1);
    expect(verdict.firstMismatch?.difference).toBe(
      `END stateHash: recorded ${'00'.repeat(32)}, replayed ${whole.machine.stateHash()}`,
    );
  });

  test('a price changed: everything is compared with what that price leads to', () => {
    const index = nthOf(whole.records, RECORD_KINDS.INTENT, 0);
    const frame = whole.records.findLastIndex(isFrameBefore(index));
    const asset = doublesOf(whole.records[index]!.payload)[4]!;
    const { firstMismatch } = replay({ identity: whole.identity, records: changed(whole.records, frame, 24 + asset) });
    expect(firstMismatch).toMatchObject({ sequence: frame, difference: expect.stringMatching(/^intent/) });
  });

  test('cut off within a frame: the frame is stepped, and what is there of it compared', () => {
    const index = nthOf(whole.records, RECORD_KINDS.INTENT, 4);
    const { machine, ...verdict } = replay({ identity: whole.identity, records: whole.records.slice(0, index + 1) });
    expect(verdict.agreeing).toBe(verdict.steps);
    expect(machine.machine.engine.intentsDecided).toBe(5);
    const bare = replay({ identity: whole.identity, records: whole.records.slice(0, index) });
    expect(bare.machine.machine.stateHash()).toBe(machine.machine.stateHash());
    expect(bare.steps).toBe(verdict.steps - 1);
    const wrong = replay({ identity: whole.identity, records: changed(whole.records.slice(0, index + 1), index, 7) });
    expect(wrong.steps - wrong.agreeing).toBe(1);
  });

  test('goes on from where another replay stood, at any record between two frames', () => {
    const cut = whole.records.findIndex(({ kind }, i) => i > 5000 && kind === RECORD_KINDS.FRAME);
    const first = replay({ identity: whole.identity, records: whole.records.slice(0, cut) });
    const from = first.machine.standing();
    expect(from.throughSequence).toBe(cut - 1);
    const second = replay(whole, from);
    expect(second.machine.machine.stateHash()).toBe(whole.machine.stateHash());
    expect([first.steps + second.steps, first.agreeing + second.agreeing]).toEqual([STEPS, STEPS]);
  });

  test('snapshots between the records of a frame change nothing', () => {
    const records = whole.records.flatMap((record) =>
      record.kind === RECORD_KINDS.INTENT ? [record, snapshotOf(whole)] : [record],
    );
    const { machine, ...verdict } = replay({ identity: whole.identity, records });
    expect(verdict).toEqual({ steps: STEPS, agreeing: STEPS, unverified: 0, firstMismatch: null });
    expect(machine.standing().throughSequence).toBe(records.length - 1);
  });

  test('a header with another config than its hash, or with none, is refused', () => {
    const identity = { ...whole.identity, configHash: 'ab'.repeat(32) };
    expect(() => new JournalMachine(identity)).toThrow(/must have the hash of its header, abab/);
    expect(() => new JournalMachine({ ...whole.identity, configJson: '{}' })).toThrow(/strategy must be a text/);
  });
});

function snapshotOf({ machine }: JournalRecorder): PlannedRecord {
  const recorder = new JournalRecorder(INPUTS, DAYS.universe);
  recorder.addSnapshot(0, machine.snapshot());
  return recorder.records[0]!;
}

describe('a gap', () => {
  /** Loses the records of frames [600, 700), snapshot behind frame 900 of all. */
  function withGap(how: { snapshot: 'full' | 'old' | 'none' }): JournalRecorder {
    const recorder = new JournalRecorder(INPUTS, DAYS.universe);
    let lostFrom = 0;
    let old: { sequence: number; state: Uint8Array } | null = null;
    DAYS.frames.forEach((frame, index) => {
      if (index === 500) old = { sequence: recorder.sequence - 1, state: recorder.machine.snapshot() };
      if (index === 600) lostFrom = recorder.records.length;
      if (index === 700) recorder.lose(lostFrom);
      if (index === 900 && how.snapshot === 'full') recorder.snapshot();
      if (index === 900 && how.snapshot === 'old') recorder.addSnapshot(old!.sequence, old!.state);
      recorder.take(frame);
    });
    recorder.end();
    return recorder;
  }
  const scansIn = (from: number, to: number) =>
    DAYS.frames.slice(from, to).filter(({ kind }) => kind === FRAME_SCAN).length;

  test('what follows it is unverified up to the next snapshot with the state behind it', () => {
    const recorder = withGap({ snapshot: 'full' });
    const { machine, ...verdict } = replay(recorder);
    const unverified = scansIn(700, 900);
    const steps = scansIn(0, 600) + scansIn(900, DAYS.frames.length) + 3;
    expect(verdict).toEqual({ steps, agreeing: steps, unverified, firstMismatch: null });
    expect(machine.machine.stateHash()).toBe(recorder.machine.stateHash());
  });

  test.each([
    ['an old', 'old'],
    ['no', 'none'],
  ] as const)('with %s snapshot behind it: unverified to the end', (_situation, snapshot) => {
    const { machine, ...verdict } = replay(withGap({ snapshot }));
    const steps = scansIn(0, 600);
    expect(verdict).toMatchObject({ steps, agreeing: steps, unverified: scansIn(700, DAYS.frames.length) });
    expect(machine.standing()).toMatchObject({ state: null, isLost: true });
  });
});

test('commands are obeyed where they stand', () => {
  const recorder = new JournalRecorder(INPUTS, DAYS.universe);
  DAYS.frames.forEach((frame, index) => {
    if (index === 400) recorder.command(COMMAND_HALT);
    if (index === 900) recorder.command(COMMAND_RESUME);
    if (recorder.machine.engine.position.isOpen && recorder.machine.engine.intentsDecided === 1)
      recorder.command(COMMAND_FLATTEN);
    recorder.take(frame);
  });
  recorder.end();
  const { machine, ...verdict } = replay(recorder);
  expect(verdict).toEqual({ steps: STEPS, agreeing: STEPS, unverified: 0, firstMismatch: null });
  const without = replay({
    identity: recorder.identity,
    records: recorder.records.filter(({ kind }) => kind !== RECORD_KINDS.COMMAND),
  });
  expect(without.firstMismatch).not.toBeNull();
  expect(machine.machine.stateHash()).toBe(recorder.machine.stateHash());
});

test('a stop behind which the run went on leaves no trace in what follows', () => {
  const whole = recordRun(INPUTS, DAYS);
  const recorder = new JournalRecorder(INPUTS, DAYS.universe);
  let behindStop = 0;
  DAYS.frames.forEach((frame, index) => {
    if (index === 1500) {
      recorder.stopAndResume();
      behindStop = recorder.sequence;
    }
    recorder.take(frame);
  });
  recorder.end();
  const { machine, ...verdict } = replay(recorder);
  // The END frame's day, and the END.
  expect(verdict).toEqual({ steps: STEPS + 2, agreeing: STEPS + 2, unverified: 0, firstMismatch: null });
  expect(machine.machine.stateHash()).toBe(whole.machine.stateHash());
  const stopped = replay({ identity: recorder.identity, records: recorder.records.slice(0, behindStop) });
  const from = stopped.machine.standing();
  expect(from.throughSequence).toBe(behindStop - 1);
  const resumed = replay(recorder, from);
  expect(resumed.machine.machine.stateHash()).toBe(whole.machine.stateHash());
  expect(resumed.firstMismatch).toBeNull();
});

describe('cells', () => {
  /** A value at each 50th step, of which one is refused; a posture that changes during some steps. */
  function scriptedCells(): LiveCells {
    let asked = 0;
    let version = 0;
    let taken = 0;
    let steps = 0;
    return {
      acbVersion: () => version,
      postureVersion: () => (asked++ % 80 === 41 ? 1 : 0),
      mcVersion: NO_CELLS.mcVersion,
      takeAcb: (update: AcbUpdate) => {
        if (++steps % 50 === 0) version += 2;
        update.version = version;
        if (version === taken) return false;
        taken = version;
        update.hasValue = steps % 150 !== 0;
        update.refusals = steps % 100 === 0 ? 1 : 0;
        update.boost = 1 + (steps % 7) / 10;
        update.beta = 0.2;
        return true;
      },
      takePosture: NO_CELLS.takePosture,
    };
  }

  test('are answered from the records', () => {
    const recorder = recordRun(INPUTS, DAYS, { cells: scriptedCells() });
    const counters = recorder.machine.engine.run().days.map((day) => day.counters);
    expect(counters[0]!.acbRejected).toBeGreaterThan(0);
    expect(counters[0]!.staleStateEvents).toBeGreaterThan(0);
    const { machine, ...verdict } = replay(recorder);
    expect(verdict).toEqual({ steps: STEPS, agreeing: STEPS, unverified: 0, firstMismatch: null });
    expect(machine.machine.stateHash()).toBe(recorder.machine.stateHash());

    const cut = recorder.records.findIndex(({ kind }, i) => i > 2000 && kind === RECORD_KINDS.FRAME);
    const first = replay({ identity: recorder.identity, records: recorder.records.slice(0, cut) });
    const second = replay(recorder, first.machine.standing());
    expect(second.firstMismatch).toBeNull();
    expect(second.machine.machine.stateHash()).toBe(recorder.machine.stateHash());
  });
});

test('live rules: by the clock readings in the journal', () => {
  const frames: FrameView[] = DAYS.frames.map((frame, index) => ({
    ...frame,
    tsTakeDay: frame.tsEventDay,
    tsTakeNsOfDay: frame.tsEventNsOfDay + (index % 40 === 7 ? 11e9 : 1e6),
  }));
  const recorder = recordRun(INPUTS, { ...DAYS, frames }, { rules: 'live' });
  expect(recorder.machine.engine.run().days[0]!.counters.staleScans).toBeGreaterThan(0);
  const { machine, ...verdict } = replay(recorder);
  expect(verdict).toEqual({ steps: STEPS, agreeing: STEPS, unverified: 0, firstMismatch: null });
  expect(machine.machine.stateHash()).toBe(recorder.machine.stateHash());
});

test('live rules: postures that fall, rise and are taken back are taken from the records, beside the ACB', () => {
  let asked = 0;
  const sayings = new Map<number, PostureUpdate['posture']>([
    [300, STALKER],
    [600, TURTLE],
    [700, APEX],
    [1500, NO_POSTURE],
    [2000, HIBERNATE],
  ]);
  let version = 0;
  const cells: LiveCells = {
    ...NO_CELLS,
    postureVersion: () => version,
    takePosture: (update) => {
      const said = sayings.get(++asked);
      if (said !== undefined) version = asked;
      update.version = version;
      if (said === undefined) return false;
      Object.assign(update, { posture: said, rm: said === NO_POSTURE ? Number.NaN : 0.9 - said * 0.2 });
      return true;
    },
    takeAcb: (update) => {
      update.version = 0;
      Object.assign(update, { boost: 1.5, beta: 0.2, refusals: 0, hasValue: true });
      return asked === 600 || asked === 900; // once beside a posture, once alone
    },
  };
  const frames = DAYS.frames.map((frame) => ({
    ...frame,
    tsTakeDay: frame.tsEventDay,
    tsTakeNsOfDay: frame.tsEventNsOfDay,
  }));
  const recorder = recordRun(INPUTS, { ...DAYS, frames }, { rules: 'live', cells });
  const { days } = recorder.machine.engine.run();
  expect(days.map(({ posture }) => posture)).toEqual(['TURTLE', 'HIBERNATE']);
  const { machine, ...verdict } = replay(recorder);
  expect(verdict).toEqual({ steps: STEPS, agreeing: STEPS, unverified: 0, firstMismatch: null });
  expect(machine.machine.stateHash()).toBe(recorder.machine.stateHash());
  const without = recorder.records.filter(({ kind }) => kind !== RECORD_KINDS.CELLS);
  expect(replay({ identity: recorder.identity, records: without }).firstMismatch).not.toBeNull();
});

test('a record behind no frame is a mismatch', () => {
  const recorder = new JournalRecorder(INPUTS, DAYS.universe);
  recorder.take({ ...createFrame(DAYS.universe.length), kind: FRAME_SCAN, tsEventDay: 20_458, scanNumber: 1 });
  const { firstMismatch } = replay({
    identity: recorder.identity,
    records: [...recorder.records, recorder.records.at(-1)!],
  });
  expect(firstMismatch).toMatchObject({ sequence: 2, difference: 'the record stands behind no frame' });
});

function nthOf(records: readonly PlannedRecord[], kind: number, n: number): number {
  return records.flatMap((record, index) => (record.kind === kind ? [index] : []))[n]!;
}

/** Copies of the records with double `field` of one of them a little larger. */
function changed(records: readonly PlannedRecord[], index: number, field: number): PlannedRecord[] {
  return records.map((record, i) => {
    if (i !== index) return record;
    const payload = record.payload.slice();
    doublesOf(payload)[field]! *= 1.001;
    return { ...record, payload };
  });
}

function isFrameBefore(index: number) {
  return (record: PlannedRecord, i: number) => i < index && record.kind === RECORD_KINDS.FRAME;
}
