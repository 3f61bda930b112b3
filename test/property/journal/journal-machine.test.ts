import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { COMMAND_FLATTEN, COMMAND_HALT, COMMAND_RESET, COMMAND_RESUME } from '../../../src/model/command.ts';
import { FRAME_BOOK, FRAME_SCAN, type FrameView } from '../../../src/model/frame.ts';
import { diffJournals } from '../../../src/replay/journal/diff/diff-journals.ts';
import { listSegments } from '../../../src/replay/journal/segment-name.ts';
import { JOURNAL_BEGIN, type JournalStanding } from '../../../src/workers/journal-machine.ts';
import { verifySegment } from '../../../src/workers/verify-segment.ts';
import { JournalRecorder, runInputsOf } from '../../support/record-journal.ts';
import { type HostileRun, hostileRun } from '../engine/hostile-frames.ts';
import { writeJournal } from './journal-builder.ts';
import { MemoryStore } from './memory-store.ts';

const COMMANDS = [COMMAND_HALT, COMMAND_RESUME, COMMAND_FLATTEN, COMMAND_RESET];
/** What the runs met, so that no property holds for want of a case. */
const met = { intents: 0, dayEnds: 0, segments: 0, commands: 0, stops: 0, pricesChanged: 0 };

afterAll(() => {
  for (const [what, times] of Object.entries(met)) expect(times, what).toBeGreaterThan(0);
});

/** Which commands and stops come before which frames. */
const orders = fc.array(fc.record({ at: fc.nat(260), order: fc.nat(COMMANDS.length) }), { maxLength: 6 });
type Orders = { readonly at: number; readonly order: number }[];

function record({ options, frames }: HostileRun, plan: Orders): JournalRecorder {
  const { config, barIntervalMs, factors, safety, universe } = options;
  const recorder = new JournalRecorder(runInputsOf({ config, barIntervalMs, factors, safety }), universe);
  frames.forEach((frame, index) => {
    for (const { at, order } of plan) if (at === index) give(recorder, order);
    recorder.take(frame);
  });
  recorder.end();
  met.intents += recorder.machine.engine.intentsDecided;
  met.dayEnds += recorder.machine.engine.run().days.length - 1;
  return recorder;
}

function give(recorder: JournalRecorder, order: number): void {
  const command = COMMANDS[order];
  if (command === undefined) recorder.stopAndResume();
  else recorder.command(command);
  met[command === undefined ? 'stops' : 'commands'] += 1;
}

function store({ records, identity }: JournalRecorder, segmentBytes = 1 << 20): MemoryStore {
  const memory = new MemoryStore();
  writeJournal(memory, records, { identity, segmentBytes, perFlush: 50 });
  return memory;
}

describe('whatever a machine met', () => {
  test('its journal replays to the same decisions and state, segment by segment', () => {
    fc.assert(
      fc.property(hostileRun, orders, fc.constantFrom(1, 1500, 4000, 1 << 20), (run, plan, segmentBytes) => {
        const recorder = record(run, plan);
        const memory = store(recorder, segmentBytes);
        memory.compress = () => null as never;
        const segments = listSegments(memory, 'ENGINE').length;
        met.segments += segments;
        let from: JournalStanding = JOURNAL_BEGIN;
        let steps = 0;
        for (let segment = 0; segment < segments; segment++) {
          const verdict = verifySegment(memory, { segment, from, isLast: segment === segments - 1 });
          expect(verdict.firstMismatch).toBeNull();
          expect([verdict.agreeing, verdict.unverified]).toEqual([verdict.steps, 0]);
          steps += verdict.steps;
          from = verdict.standing;
          if (segment === segments - 1) expect(verdict.stateHash).toBe(recorder.machine.stateHash());
        }
        const scans = run.frames.filter(({ kind }) => kind === FRAME_SCAN).length;
        expect(steps).toBeGreaterThan(scans);
      }),
      { numRuns: 60 },
    );
  });

  test('two journals of it are equal, and one price changed is named with its frame', () => {
    fc.assert(
      fc.property(hostileRun, orders, fc.nat(), (run, plan, pick) => {
        const a = store(record(run, plan));
        expect(diffJournals(a, store(record(run, plan))).isEqual).toBe(true);

        const scans = run.frames.flatMap(({ kind }, index) => (kind === FRAME_BOOK ? [] : [index]));
        if (scans.length === 0) return;
        const index = scans[pick % scans.length]!;
        const asset = pick % run.options.universe.length;
        const other = { ...run, frames: run.frames.map((frame, i) => (i === index ? repriced(frame, asset) : frame)) };
        met.pricesChanged += 1;
        const { firstInput, counts, isEqual } = diffJournals(a, store(record(other, plan)));
        expect(isEqual).toBe(false);
        expect(counts).toMatchObject({ inputs: 1, onlyInA: 0, onlyInB: 0 });
        expect(firstInput).toMatchObject({
          frameSequence: { a: index, b: index },
          difference: { field: 'price', asset: run.options.universe[asset], b: 123 },
        });
      }),
      { numRuns: 60 },
    );
  });
});

function repriced(frame: FrameView, asset: number): FrameView {
  const payload = frame.payload.slice();
  payload[asset] = 123;
  return { ...frame, payload };
}
