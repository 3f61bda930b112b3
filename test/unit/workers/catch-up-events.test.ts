import { describe, expect, test } from 'vitest';
import type { DayResult } from '../../../src/model/day-result.ts';
import { createExecutionReport, REPORT_FILLED } from '../../../src/model/execution-report.ts';
import { createFrame, FLAG_INTERRUPTED, FRAME_END } from '../../../src/model/frame.ts';
import { createIntent } from '../../../src/model/intent.ts';
import {
  encodeCommand,
  encodeDayEnd,
  encodeEnd,
  encodeIntent,
  encodeReport,
  encodeStep,
} from '../../../src/replay/journal/payloads.ts';
import { RECORD_KINDS, type RecordKindName } from '../../../src/replay/journal/record-kind.ts';
import type { JournalRecord } from '../../../src/replay/journal/stream-reader.ts';
import { CatchUpEvents, RecoveryMismatch } from '../../../src/workers/catch-up-events.ts';
import type { EngineEvents } from '../../../src/workers/engine-events.ts';

const HASH = new Uint8Array(32).fill(7);
const OTHER_HASH = new Uint8Array(32).fill(8);
const INTENT = { ...createIntent(), sequence: 2, kind: 1, price: 99.5, qty: 3 };
const STEP = { frameSequence: 5, cellsChanged: false, intents: 1, lifetimeBar: 17 };
const STAMPS = new Float64Array(1);
const COMMAND = { sequence: 0, kind: 1, argument: 0 };
const FRAME = createFrame(2);
const DAY = { bars: 10, trades: 1 } as DayResult;

const REPORT = { ...createExecutionReport(), kind: REPORT_FILLED, intentSequence: 2, lastPx: 99.25, lastQty: 3 };
const STOP = { ...createFrame(2), kind: FRAME_END, flags: FLAG_INTERRUPTED };

const PAYLOADS = {
  FRAME: new Uint8Array(192),
  CELLS: new Uint8Array(48),
  COMMAND: encodeCommand(COMMAND),
  INTENT: encodeIntent(INTENT),
  STEP: encodeStep({ frameSequence: 5, cellsChanged: 0, intents: 1, lifetimeBar: 17 }),
  GAP: new Uint8Array(16),
  SNAPSHOT: new Uint8Array(40),
  DAY_END: encodeDayEnd({ day: 1, bars: 10, trades: 1 }, HASH),
  END: encodeEnd({ reason: 1 }, HASH),
  REPORT: encodeReport(REPORT),
} satisfies Partial<Record<RecordKindName, Uint8Array>>;
type Planned = keyof typeof PAYLOADS;

function* recordsOf(kinds: readonly Planned[]): Generator<JournalRecord> {
  for (const [i, kind] of kinds.entries()) {
    yield {
      kind: RECORD_KINDS[kind],
      sequence: 100 + i,
      payload: PAYLOADS[kind],
      segment: 'engine-000002.dj',
      offset: 0,
    };
  }
}

/** Events behind a journal of these records, and what of them was handed on. */
function behind(...kinds: Planned[]) {
  const onwards: string[] = [];
  const note = (what: string) => void onwards.push(what);
  const sink: EngineEvents = {
    frame: () => {
      note('FRAME');
      return false;
    },
    acbTaken: () => note('CELLS'),
    postureTaken: () => note('CELLS'),
    report: () => note('REPORT'),
    intent: () => {
      note('INTENT');
      return 41;
    },
    command: () => note('COMMAND'),
    dayEnd: () => note('DAY_END'),
    step: () => note('STEP'),
    end: () => note('END'),
    publish: () => note('publish'),
    committed: 0,
    isCatchingUp: false,
  };
  return { events: new CatchUpEvents(recordsOf(kinds), sink), onwards };
}

const UPDATE = { version: 1, boost: 1, beta: 0, refusals: 0, hasValue: true };

describe('a machine that steps again what is on disk', () => {
  test('writes none of it twice, lets its frames be entered upon, and its intents leave at once', () => {
    const { events, onwards } = behind('FRAME', 'SNAPSHOT', 'CELLS', 'DAY_END', 'INTENT', 'STEP', 'COMMAND', 'END');
    expect(events.isCatchingUp).toBe(true);
    expect(events.frame(FRAME, 0)).toBe(true);
    events.acbTaken(UPDATE);
    events.dayEnd(1, DAY, () => HASH);
    expect(events.intent(INTENT)).toBe(-1);
    events.step(STEP, STAMPS, 0);
    events.command(COMMAND);
    events.end(1, () => HASH);
    expect([events.isCatchingUp, onwards]).toEqual([false, []]);
  });

  test('goes on writing where the records end, in the middle of a step as it may be', () => {
    const { events, onwards } = behind('FRAME', 'SNAPSHOT');
    events.frame(FRAME, 0);
    expect(events.isCatchingUp).toBe(false);
    events.acbTaken(UPDATE);
    expect(events.intent(INTENT)).toBe(41);
    events.dayEnd(1, DAY, () => HASH);
    events.step(STEP, STAMPS, 0);
    events.command(COMMAND);
    expect(events.frame(FRAME, 0)).toBe(false);
    events.end(0, () => HASH);
    events.publish();
    expect(onwards).toEqual(['CELLS', 'INTENT', 'DAY_END', 'STEP', 'COMMAND', 'FRAME', 'END', 'publish']);
  });

  test('with nothing on disk is a machine that only writes', () => {
    const { events, onwards } = behind();
    expect([events.isCatchingUp, events.frame(FRAME, 0), onwards]).toEqual([false, false, ['FRAME']]);
  });
});

describe('a machine that comes to something else says where, and what', () => {
  const site = "recovery does not come to the journal's decisions: record 101 (engine-000002.dj) has";

  test.each([
    ['another price', { ...INTENT, price: 99.25 }, 'price 99.5, this run price 99.25'],
    ['a zero of the other sign', { ...INTENT, reason: -0 }, 'reason 0, this run reason 0'],
  ])('%s', (_, intent, difference) => {
    const { events } = behind('FRAME', 'INTENT');
    events.frame(FRAME, 0);
    expect(() => events.intent(intent)).toThrow(new RecoveryMismatch(`${site} ${difference}`));
  });

  test.each([
    ['an intent that the journal does not have', () => behind('FRAME', 'STEP'), 'STEP, this run INTENT'],
    ['a journal that has one more', () => behind('FRAME', 'INTENT'), 'INTENT, this run STEP'],
  ])('%s', (_, make, difference) => {
    const { events } = make();
    events.frame(FRAME, 0);
    const act = () => (difference.endsWith('INTENT') ? events.intent(INTENT) : events.step(STEP, STAMPS, 0));
    expect(act).toThrow(new RecoveryMismatch(`${site} ${difference}`));
  });

  test.each([
    [{ ...STEP, lifetimeBar: 18 }, '1 intents at bar 17, this run 1 intents at bar 18'],
    [{ ...STEP, intents: 0 }, '1 intents at bar 17, this run 0 intents at bar 17'],
  ])('another step', (step, difference) => {
    const { events } = behind('FRAME', 'STEP');
    events.frame(FRAME, 0);
    expect(() => events.step(step, STAMPS, 0)).toThrow(new RecoveryMismatch(`${site} ${difference}`));
  });

  test('another state at the end of a day', () => {
    const { events } = behind('FRAME', 'DAY_END');
    events.frame(FRAME, 0);
    expect(() => events.dayEnd(1, DAY, () => OTHER_HASH)).toThrow(/has state (07){32}, this run state (08){32}$/);
  });
});

describe('reports of execution', () => {
  test('are compared, with what was decided on them, and written where the records end', () => {
    const { events, onwards } = behind('REPORT', 'INTENT', 'FRAME');
    events.report(REPORT);
    expect(events.intent(INTENT)).toBe(-1);
    events.frame(FRAME, 0);
    events.report(REPORT);
    expect(onwards).toEqual(['REPORT']);
  });

  test.each([
    ['another price', { ...REPORT, lastPx: 99 }, ['REPORT'] as Planned[], 'lastPx 99.25, this run lastPx 99'],
    ['one that the journal does not have', REPORT, ['FRAME'] as Planned[], 'FRAME, this run REPORT'],
  ])('%s: told once the frame comes', (_, report, kinds, difference) => {
    const { events } = behind('FRAME', ...kinds, 'FRAME');
    events.frame(FRAME, 0);
    events.report(report);
    expect(() => events.frame(FRAME, 0)).toThrow(difference);
  });

  test('a stop in the middle writes nothing, whatever was canceled for it', () => {
    const { events, onwards } = behind('FRAME', 'STEP', 'FRAME', 'STEP');
    events.frame(FRAME, 0);
    events.step(STEP, STAMPS, 0);
    events.report(REPORT);
    expect(events.intent(INTENT)).toBe(-1);
    expect(events.frame(STOP, 0)).toBe(true);
    events.dayEnd(1, DAY, () => OTHER_HASH);
    events.end(1, () => OTHER_HASH);
    expect(onwards).toEqual([]);
  });
});
