import { expect, test } from 'vitest';
import { createExecutionReport } from '../../../src/model/execution-report.ts';
import { createIntent } from '../../../src/model/intent.ts';
import type { FrameItem, ReportItem } from '../../../src/replay/journal/journal-item.ts';
import { encodeIntent } from '../../../src/replay/journal/payloads.ts';
import { compareFrame, compareTold } from '../../../src/workers/compare-decisions.ts';

const INTENT = encodeIntent({ ...createIntent(), sequence: 2, price: 99.5 });
const OTHER = encodeIntent({ ...createIntent(), sequence: 2, price: 99.25 });
const FRAME: FrameItem = {
  kind: 'frame',
  sequence: 5,
  lastSequence: 7,
  frame: new Uint8Array(),
  cells: null,
  intents: [INTENT],
  dayEnds: [],
  step: { frameSequence: 3, cellsChanged: 0, intents: 2, lifetimeBar: 9 },
  isWhole: true,
};
const REPORT: ReportItem = {
  kind: 'report',
  sequence: 4,
  lastSequence: 5,
  report: createExecutionReport(),
  intents: [INTENT],
  isWhole: true,
};

test('a STEP counts what was decided on its frame and on the reports in front of it', () => {
  const decided = { intents: [INTENT], dayEnds: [] };
  expect(compareFrame(FRAME, 3, decided, 9, 1)).toBeNull();
  expect(compareFrame(FRAME, 3, decided, 9, 0)).toBe('STEP intents: recorded 2, replayed 1');
});

test('on a report the same must be decided, as far as its records go, and no day ends', () => {
  expect(compareTold(REPORT, { intents: [INTENT], dayEnds: [] })).toBeNull();
  expect(compareTold(REPORT, { intents: [OTHER], dayEnds: [] })).toBe('intent 2 price: recorded 99.5, replayed 99.25');
  expect(compareTold(REPORT, { intents: [], dayEnds: [] })).toBe('intents: recorded 1, replayed 0');
  const dayEnd = { day: 1, bars: 2, trades: 0, stateHash: '' };
  expect(compareTold(REPORT, { intents: [INTENT], dayEnds: [dayEnd] })).toBe('ends of days: recorded 0, replayed 1');
  const cut = { ...REPORT, intents: [], isWhole: false };
  expect(compareTold(cut, { intents: [INTENT], dayEnds: [] })).toBeNull();
});
