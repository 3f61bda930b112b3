import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PlannedDay } from '../../src/adapters/day-folder/plan.ts';
import { JournalFolder } from '../../src/adapters/journal/journal-folder.ts';
import { plannedDays } from '../../src/main/frame-origin.ts';
import { openRecording, type RecordingOptions } from '../../src/main/recording/open-recording.ts';
import type { ReplaySource } from '../../src/main/replay-source.ts';
import { FLAG_INTERRUPTED, type FrameView } from '../../src/model/frame.ts';
import { InputError } from '../../src/model/input-error.ts';
import { RECORD_KINDS, type RecordKindName } from '../../src/replay/journal/record-kind.ts';
import { framesOf } from '../golden/golden-frames.ts';
import { type PlannedRecord, readJournal, writeJournal } from '../property/journal/journal-builder.ts';
import { goldenCases, planOf } from '../support/golden-case.ts';
import { essencesOf, firstDifference } from '../support/journal-essence.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { JournalRecorder } from '../support/record-journal.ts';
import { daysOfGolden, type RingRun, replayThroughRing } from '../support/replay-through-ring.ts';

/*
 * A run that ended anywhere: its two streams are cut at a chosen record, then it goes on through the ring and must come
 * to the same journal, trades and state as the run that was never interrupted.
 */
const golden = goldenCases().find(({ name }) => name === 'plain/champion')!;
const root = temporaryFolder();
let next = 0;
let source: ReplaySource;
let frames: readonly FrameView[];
let whole: JournalRecorder;
/** Index in the engine's stream of every record of a kind. */
const at = (kind: RecordKindName) =>
  whole.records.flatMap((record, index) => (record.kind === RECORD_KINDS[kind] ? [index] : []));

beforeAll(async () => {
  source = await daysOfGolden(golden);
  whole = new JournalRecorder(source.inputs, source.universe);
  frames = await framesOf(await planOf(golden), golden.config);
  for (const frame of frames) whole.take(frame);
  whole.end();
});

interface Cut {
  readonly engine: readonly PlannedRecord[];
  /** Intents that execution has taken. */
  readonly taken?: number;
}

/** Writes both streams as a run that was killed left them. */
function interrupted({ engine, taken }: Cut): string {
  const dir = join(root, String(next++));
  const store = JournalFolder.make(dir);
  const identity = { ...whole.identity, nodeVersion: process.version, v8Version: process.versions.v8 };
  const intents = engine.filter(({ kind }) => kind === RECORD_KINDS.INTENT);
  writeJournal(store, engine, { identity, perFlush: 1000 });
  const execution = intents.slice(0, taken ?? intents.length);
  writeJournal(store, execution, { identity: { ...identity, machine: 'EXECUTION' }, perFlush: 1000 });
  return dir;
}

const optionsOf = (dir: string, changes: Partial<RecordingOptions> = {}): RecordingOptions => ({
  dir,
  fsync: 'never',
  segmentBytes: 1 << 26,
  resume: true,
  inputs: source.inputs,
  universe: source.universe,
  ...changes,
});

async function goOn(dir: string): Promise<RingRun> {
  const alarms: string[] = [];
  const run = await replayThroughRing(source, {
    recording: openRecording(optionsOf(dir)),
    onAlarm: (line) => alarms.push(line),
  });
  expect(alarms).toEqual([]);
  return run;
}

const streamOf = (dir: string, machine: 'ENGINE' | 'EXECUTION') =>
  essencesOf(readJournal(JournalFolder.open(dir), machine).records);

/** @param engine - records of the whole stream in the end; default those of the run that was never interrupted. */
async function expectSame(dir: string, engine: readonly PlannedRecord[] = whole.records): Promise<void> {
  const { report } = await goOn(dir);
  expect(report.decisionHash).toBe(golden.expected.decisionHash);
  expect(report.stateHash).toBe(whole.machine.stateHash());
  const shadow = { mismatch: null, failures: [], unverified: 0 };
  expect(report).toMatchObject({ complete: true, journal: { isResumed: true, shadow } });
  expect(report.trades).toHaveLength(29);
  expect(firstDifference(streamOf(dir, 'ENGINE'), essencesOf(engine))).toBe('none');
  const intents = essencesOf(whole.records.filter(({ kind }) => kind === RECORD_KINDS.INTENT));
  const execution = streamOf(dir, 'EXECUTION');
  expect(execution.at(-1)).toMatch(/^END /);
  // An attempt that was refused ended its part of the stream as well.
  const taken = execution.filter((record) => !record.startsWith('END '));
  expect(firstDifference(taken, intents)).toBe('none');
}

test('the run itself is the golden one', () => {
  expect(at('INTENT')).toHaveLength(58);
  expect(at('DAY_END')).toHaveLength(2);
});

describe('a run that was killed goes on to the same end, its journal whole, when the last record is', () => {
  test.each<[string, () => Cut]>([
    ['none at all: both streams have only a header', () => ({ engine: [] })],
    ['its first frame', () => ({ engine: whole.records.slice(0, 1) })],
    ['a frame', () => ({ engine: whole.records.slice(0, at('FRAME')[2000]! + 1) })],
    ['a step', () => ({ engine: whole.records.slice(0, at('STEP')[2000]! + 1) })],
    ['an intent that execution has taken', () => ({ engine: whole.records.slice(0, at('INTENT')[20]! + 1) })],
    ['an intent that it has not', () => ({ engine: whole.records.slice(0, at('INTENT')[20]! + 1), taken: 20 })],
    ['far behind what execution has taken', () => ({ engine: whole.records.slice(0, at('STEP')[4000]!), taken: 7 })],
    [
      'the end of a day, before its last intent or step',
      () => ({ engine: whole.records.slice(0, at('DAY_END')[0]! + 1) }),
    ],
    ['the END frame of the source', () => ({ engine: whole.records.slice(0, at('FRAME').at(-1)! + 1) })],
    ['the last end of a day', () => ({ engine: whole.records.slice(0, at('DAY_END').at(-1)! + 1) })],
  ])('%s', async (_, cut) => {
    await expectSame(interrupted(cut()));
  });

  test('a state that the shadow has proved, and nothing came behind it', async () => {
    const step = at('STEP')[2000]!;
    const early = new JournalRecorder(source.inputs, source.universe);
    for (const frame of frames.slice(0, 2001)) early.take(frame);
    expect(early.records).toHaveLength(step + 1);
    early.snapshot();
    await expectSame(interrupted({ engine: early.records }));
  });

  test('a state, and some frames behind it', async () => {
    const early = new JournalRecorder(source.inputs, source.universe);
    for (const frame of frames.slice(0, 2001)) early.take(frame);
    early.snapshot();
    for (const frame of frames.slice(2001, 2600)) early.take(frame);
    await expectSame(interrupted({ engine: early.records }));
  });

  test("an operator's stop, with the day as it stood", async () => {
    const early = new JournalRecorder(source.inputs, source.universe);
    for (const frame of frames.slice(0, 2001)) early.take(frame);
    early.end(FLAG_INTERRUPTED);
    const behind = whole.records.slice(at('STEP')[2000]! + 1);
    await expectSame(interrupted({ engine: early.records }), [...early.records, ...behind]);
  });

  test('and is killed again, and again', async () => {
    const dir = interrupted({ engine: whole.records.slice(0, at('STEP')[300]!) });
    expect(openRecording(optionsOf(dir)).recovered).not.toBeNull();
    await expectSame(dir);
    expect(readdirSync(dir).length).toBeGreaterThan(2);
  });
});

describe('a run does not go on', () => {
  const journal = () => interrupted({ engine: whole.records.slice(0, at('STEP')[4000]! + 1) });
  const withFiles = (files: readonly PlannedDay[]): ReplaySource => ({
    ...source,
    origin: { kind: 'days', files, ticks: null },
  });

  test.each<[string, () => ReplaySource, RegExp]>([
    [
      'with other data, and is not harmed by the attempt',
      () => withFiles(plannedDays(source.origin).toReversed()),
      /^--resume: data must be those of the journal: frame 4000 there is of 2026-01-06T.*, here of 2026-01-05T/,
    ],
    [
      'with data that end before its journal does',
      () => withFiles(plannedDays(source.origin).slice(0, 1)),
      /^--resume: data must have the 4001 frames of the journal, ended 1401 before$/,
    ],
  ])('%s', async (_, other, message) => {
    const dir = journal();
    const refused = replayThroughRing(other(), { recording: openRecording(optionsOf(dir)) });
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toThrow(InputError);
    await expectSame(dir);
  });
});
