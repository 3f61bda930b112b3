import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JournalFolder } from '../../src/adapters/journal/journal-folder.ts';
import { openRecording } from '../../src/main/recording/open-recording.ts';
import { sourceFromJournal } from '../../src/main/replay-source.ts';
import { RECORD_KINDS } from '../../src/replay/journal/record-kind.ts';
import { readJournal } from '../property/journal/journal-builder.ts';
import { goldenCases, planOf } from '../support/golden-case.ts';
import { essencesOf, firstDifference } from '../support/journal-essence.ts';
import { temporaryFolder } from '../support/parquet-days.ts';
import { JournalRecorder } from '../support/record-journal.ts';
import { daysOfGolden, replayThroughRing } from '../support/replay-through-ring.ts';
import { framesOf } from './golden-frames.ts';

/** Small, so that states of the shadow go into the stream while the run goes on. */
const SEGMENT_BYTES = 1 << 18;
const root = temporaryFolder();

describe('every golden set, recorded: the journal replays to the same decisions and states', () => {
  test.each(goldenCases().map((goldenCase) => [goldenCase.name, goldenCase] as const))('%s', async (name, golden) => {
    const dir = join(root, name.replace('/', '-'));
    const source = await daysOfGolden(golden);
    const { inputs, universe } = source;
    const alarms: string[] = [];
    const { report } = await replayThroughRing(source, {
      recording: openRecording({ dir, fsync: 'never', segmentBytes: SEGMENT_BYTES, resume: false, inputs, universe }),
      onAlarm: (line) => alarms.push(line),
    });
    const frames = await framesOf(await planOf(golden), golden.config);
    const direct = new JournalRecorder(inputs, universe);
    for (const frame of frames) direct.take(frame);
    direct.end();

    expect(alarms).toEqual([]);
    expect(report.decisionHash).toBe(golden.expected.decisionHash);
    expect(report.stateHash).toBe(direct.machine.stateHash());
    const { shadow } = report.journal!;
    expect(shadow).toMatchObject({ agreeing: shadow.steps, unverified: 0, mismatch: null, failures: [] });
    expect(shadow.steps).toBeGreaterThan(report.days.reduce((bars, day) => bars + day.bars, 0));

    const store = JournalFolder.open(dir);
    const engine = readJournal(store).records;
    expect(firstDifference(essencesOf(engine), essencesOf(direct.records)), 'as written by a call').toBe('none');
    const intents = engine.filter(({ kind }) => kind === RECORD_KINDS.INTENT);
    const taken = readJournal(store, 'EXECUTION').records.slice(0, -1);
    expect(firstDifference(essencesOf(taken), essencesOf(intents)), 'execution took every decision').toBe('none');

    const again = (await replayThroughRing(sourceFromJournal(dir))).report;
    expect([again.decisionHash, again.stateHash, again.complete]).toEqual([report.decisionHash, report.stateHash, true]);
    expect(again.days).toEqual(report.days);
    expect(again.trades).toEqual(report.trades);
    rmSync(dir, { recursive: true });
  });
});
