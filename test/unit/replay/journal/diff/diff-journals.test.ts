import { beforeAll, describe, expect, test } from 'vitest';
import { COMMAND_HALT } from '../../../../../src/model/command.ts';
import { FRAME_BOOK, FRAME_SCAN, type FrameView, SIGNAL_VEL_DIV } from '../../../../../src/model/frame.ts';
import { HIBERNATE } from '../../../../../src/model/posture.ts';
import { createChampionConfig } from '../../../../../src/model/strategy.ts';
import { diffExecutions } from '../../../../../src/replay/journal/diff/diff-executions.ts';
import { diffJournals } from '../../../../../src/replay/journal/diff/diff-journals.ts';
import { decodeIntent, encodeIntent } from '../../../../../src/replay/journal/payloads.ts';
import { RECORD_KINDS } from '../../../../../src/replay/journal/record-kind.ts';
import { writeJournal } from '../../../../property/journal/journal-builder.ts';
import { MemoryStore } from '../../../../property/journal/memory-store.ts';
import {
  FIRST_DAY,
  JournalRecorder,
  recordRun,
  runInputsOf,
  type SyntheticFrames,
  syntheticFrames,
} from '../../../../support/record-journal.ts';

const CONFIG = { ...createChampionConfig(), warmup_bars: 60, direction: 'both' } as const;
const INPUTS = runInputsOf({ config: CONFIG });
const DAYS = syntheticFrames({ days: 2, rows: 1200 });
const FRAMES = DAYS.frames.length + 1;

function stored({ records, identity }: Pick<JournalRecorder, 'records' | 'identity'>): MemoryStore {
  const store = new MemoryStore();
  writeJournal(store, records, { identity, perFlush: 1000 });
  return store;
}

/** The same days with one frame changed: a copy, so that the others are the same memory. */
function withFrame(index: number, change: (frame: FrameView) => void): SyntheticFrames {
  const frames = [...DAYS.frames];
  const old = frames[index]!;
  const copy = { ...old, payload: old.payload.slice(), signals: old.signals.slice() };
  change(copy);
  frames[index] = copy;
  return { ...DAYS, frames };
}

/** The n-th scan: its index among the frames. */
function scanAt(n: number): number {
  return DAYS.frames.flatMap((frame, index) => (frame.kind === FRAME_SCAN ? [index] : []))[n]!;
}

describe('two journals', () => {
  let whole: JournalRecorder;
  let a: MemoryStore;
  beforeAll(() => {
    whole = recordRun(INPUTS, DAYS);
    a = stored(whole);
  });
  const diffWith = (other: Pick<JournalRecorder, 'records' | 'identity'>) => diffJournals(a, stored(other));

  test('of two runs of the same inputs are equal, whatever run, start and stamps', () => {
    const again = withFrame(5, (frame) => {
      frame.receivedNs = 1e9;
      frame.publishedNs = 2e9;
      frame.tsRecvNsOfDay += 5;
      frame.tsTakeNsOfDay += 7;
    });
    const diff = diffWith(recordRun(INPUTS, again, { runId: 'run-2' }));
    expect(diff).toMatchObject({ isEqual: true, firstInput: null, firstDecision: null, firstDayEnd: null });
    expect(diff.counts).toEqual({ frames: FRAMES, inputs: 0, onlyInA: 0, onlyInB: 0, decisions: 0, dayEnds: 0 });
  });

  test('that differ in one price: exactly that bar, that asset, both values', () => {
    const index = scanAt(700);
    const diff = diffWith(
      recordRun(
        INPUTS,
        withFrame(index, (frame) => {
          frame.payload[3]! += 0.25;
        }),
      ),
    );
    const price = DAYS.frames[index]!.payload[3]!;
    expect(diff.isEqual).toBe(false);
    expect(diff.counts).toMatchObject({ frames: FRAMES, inputs: 1, onlyInA: 0, onlyInB: 0 });
    expect(diff.firstInput).toEqual({
      frameSequence: { a: index, b: index },
      record: { a: expect.any(Number), b: expect.any(Number) },
      bar: { a: 700, b: 700 },
      kind: FRAME_SCAN,
      day: FIRST_DAY,
      nsOfDay: 700 * 5e9,
      difference: { field: 'price', asset: DAYS.universe[3], a: price, b: price + 0.25 },
    });
    const { payload, kind } = whole.records[diff.firstInput!.record.a!]!;
    expect([kind, new Float64Array(payload.buffer)[24 + 3]]).toEqual([RECORD_KINDS.FRAME, price]);
  });

  test.each([
    ['vel_div', scanAt(30), (frame: FrameView) => frame.signals.fill(0.001, SIGNAL_VEL_DIV, 1), 'vel_div', null],
    ['a missing price', scanAt(31), (frame: FrameView) => frame.payload.fill(Number.NaN, 1, 2), 'price', 1],
    ['a scan number', scanAt(32), (frame: FrameView) => Object.assign(frame, { scanNumber: 33.5 }), 'scanNumber', null],
    [
      'a book',
      DAYS.frames.findIndex(({ kind }) => kind === FRAME_BOOK),
      (frame: FrameView) => frame.payload.fill(1, 11, 12),
      'ask_notional_2',
      0,
    ],
  ])('%s is named', (_situation, index, change, field, asset) => {
    const { firstInput, counts } = diffWith(recordRun(INPUTS, withFrame(index, change)));
    expect(counts.inputs).toBe(1);
    expect(firstInput).toMatchObject({
      frameSequence: { a: index, b: index },
      difference: { field, asset: asset === null ? null : DAYS.universe[asset] },
    });
  });

  test('the first divergent decision comes with what it was made from', () => {
    // The same inputs, another fraction: the same entries of another size.
    const other = recordRun(runInputsOf({ config: { ...CONFIG, fraction: 0.1 } }), DAYS);
    const diff = diffWith(other);
    expect(diff.settings).toEqual([{ setting: 'config.fraction', a: '0.2', b: '0.1' }]);
    expect(diff.firstInput).toBeNull();
    const intent = decodeIntent(whole.records.find(({ kind }) => kind === RECORD_KINDS.INTENT)!.payload);
    const first = diff.firstDecision!;
    expect(first).toMatchObject({
      bar: { a: intent.lifetimeBar, b: intent.lifetimeBar },
      nsOfDay: intent.tsEventNsOfDay,
      input: null,
      posture: { a: { posture: 'APEX', rm: 1 } },
    });
    expect(first.decisions.a[0]).toMatchObject({ asset: DAYS.universe[intent.assetIndex], notional: intent.notional });
    expect(first.decisions.b[0]!.notional).toBeCloseTo(intent.notional / 2, 6);
    expect(first.prices).toEqual([{ asset: DAYS.universe[intent.assetIndex], a: intent.price, b: intent.price }]);
    expect(first.velDiv.a).toBe(first.velDiv.b);
    expect(diff.counts.decisions).toBeGreaterThan(5);
    expect(diff.counts.dayEnds).toBe(2);
  });

  test('a decision that only one has, on the very frame whose input differs', () => {
    const { frameSequence } = diffWith(recordRun(runInputsOf({ config: { ...CONFIG, fraction: 0.1 } }), DAYS))
      .firstDecision!;
    const silent = withFrame(frameSequence.a!, (frame) => {
      frame.signals[SIGNAL_VEL_DIV] = Number.NaN;
    });
    const { firstDecision, firstInput } = diffWith(recordRun(INPUTS, silent));
    expect(firstDecision!.decisions.b).toEqual([]);
    expect(firstDecision!.input).toMatchObject({ field: 'vel_div', b: Number.NaN });
    expect(firstInput!.frameSequence).toEqual(frameSequence);
  });

  test('a frame that one lacks does not set the rest against each other', () => {
    const frames = DAYS.frames.filter((_, index) => index !== scanAt(20));
    const { counts, firstInput } = diffWith(recordRun(INPUTS, { ...DAYS, frames }));
    expect(counts).toMatchObject({ frames: FRAMES - 1, inputs: 0, onlyInA: 1, onlyInB: 0 });
    expect(firstInput).toMatchObject({ frameSequence: { a: scanAt(20), b: null }, difference: null });
  });

  test('a shorter stream: where it ends', () => {
    const cut = whole.records.findIndex(({ kind }, i) => i > 3000 && kind === RECORD_KINDS.FRAME);
    const { endings, counts, isEqual } = diffWith({ ...whole, records: whole.records.slice(0, cut) });
    expect(isEqual).toBe(false);
    expect(endings.a).toMatchObject({ frames: FRAMES, reason: 0 });
    expect(endings.b).toMatchObject({ frames: counts.frames, reason: null });
    expect(counts.onlyInA).toBe(FRAMES - counts.frames);
    const last = DAYS.frames[counts.frames - 1]!;
    expect(endings.b.last).toEqual({ day: last.tsEventDay, nsOfDay: last.tsEventNsOfDay });
  });

  test('a command that only one run obeyed, before the frame that it came with', () => {
    const recorder = new JournalRecorder(INPUTS, DAYS.universe);
    DAYS.frames.forEach((frame, index) => {
      if (index === 100) recorder.command(COMMAND_HALT);
      recorder.take(frame);
    });
    recorder.end();
    expect(diffWith(recorder).firstInput).toMatchObject({
      frameSequence: { a: 100, b: 100 },
      difference: { field: 'commands', a: 'none', b: '1(0)' },
    });
  });

  test('a stop behind which the run went on is no difference, nor are snapshots', () => {
    const recorder = new JournalRecorder(INPUTS, DAYS.universe);
    DAYS.frames.forEach((frame, index) => {
      if (index === 1000) recorder.stopAndResume();
      if (index === 1200) recorder.snapshot();
      recorder.take(frame);
    });
    recorder.end();
    expect(diffWith(recorder).isEqual).toBe(true);
  });

  test('another posture table: said with the day, and in the decision', () => {
    const inputs = runInputsOf({ config: CONFIG, safety: [{ day: FIRST_DAY, posture: HIBERNATE, rm: 0.5 }] });
    const { settings, firstDecision } = diffWith(recordRun(inputs, DAYS));
    expect(settings).toEqual([
      { setting: `safety, day ${FIRST_DAY}`, a: 'no row', b: `{"day":${FIRST_DAY},"posture":3,"rm":0.5}` },
    ]);
    expect(firstDecision!.posture).toEqual({ a: { posture: 'APEX', rm: 1 }, b: { posture: 'HIBERNATE', rm: 0.5 } });
  });

  test('universes in another order: compared by symbol', () => {
    const order = [0, 3, 2, 1, 5, 4];
    const frames = DAYS.frames.map((frame) => ({
      ...frame,
      assetIndex: frame.kind === FRAME_BOOK ? order.indexOf(frame.assetIndex) : -1,
      payload:
        frame.kind === FRAME_SCAN
          ? Float64Array.from(frame.payload, (_, i) => frame.payload[order[i] ?? i]!)
          : frame.payload,
    }));
    const universe = order.map((i) => DAYS.universe[i]!);
    // Books of one instant stand in the order of the data, which is not that of this universe.
    const scansOf = (of: readonly FrameView[]) => of.filter(({ kind }) => kind === FRAME_SCAN);
    const left = stored(recordRun(INPUTS, { universe: DAYS.universe, frames: scansOf(DAYS.frames) }));
    const diff = diffJournals(left, stored(recordRun(INPUTS, { universe, frames: scansOf(frames) })));
    expect(diff.settings).toHaveLength(1);
    expect(diff.settings[0]).toMatchObject({ setting: 'universe', a: expect.stringContaining('in the order') });
    expect(diff.firstInput).toBeNull();
  });

  test('live runs: clock readings are inputs, and rules a setting', () => {
    const live = recordRun(INPUTS, DAYS, { rules: 'live' });
    expect(diffWith(live).settings).toContainEqual({ setting: 'rules', a: 'REPLAY', b: 'LIVE' });
    const later = withFrame(8, (frame) => {
      frame.tsTakeNsOfDay += 1;
    });
    const { firstInput } = diffJournals(stored(live), stored(recordRun(INPUTS, later, { rules: 'live' })));
    expect(firstInput).toMatchObject({ frameSequence: { a: 8 }, difference: { field: 'tsTakeNsOfDay' } });
  });

  test('execution: the first intent that was not taken alike', () => {
    const intents = whole.records.filter(({ kind }) => kind === RECORD_KINDS.INTENT);
    const identity = { ...whole.identity, machine: 'EXECUTION' } as const;
    const left = stored({ records: intents, identity });
    expect(diffExecutions(left, stored({ records: intents, identity }))).toMatchObject({ isEqual: true, first: null });
    const price = decodeIntent(intents[2]!.payload).price;
    const wrong = encodeIntent({ ...decodeIntent(intents[2]!.payload), price: price + 1 });
    const other = intents.map((record, i) => (i === 2 ? { ...record, payload: wrong } : record)).slice(0, -1);
    const { first, intents: counts } = diffExecutions(left, stored({ records: other, identity }));
    expect(first).toMatchObject({ place: 2, intent: { a: { price }, b: { price: price + 1 } } });
    expect(counts).toEqual({ a: intents.length, b: intents.length - 1 });
  });
});
