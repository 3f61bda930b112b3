import { describe, expect, test } from 'vitest';
import { createExecutionReport } from '../../../../src/model/execution-report.ts';
import { encodeGap } from '../../../../src/replay/journal/gap.ts';
import type { JournalItem } from '../../../../src/replay/journal/journal-item.ts';
import { journalItems } from '../../../../src/replay/journal/journal-steps.ts';
import { encodeDayEnd, encodeReport, encodeSnapshot, encodeStep } from '../../../../src/replay/journal/payloads.ts';
import { RECORD_KINDS, type RecordKindName } from '../../../../src/replay/journal/record-kind.ts';
import type { JournalRecord } from '../../../../src/replay/journal/stream-reader.ts';

const PAYLOADS: Partial<Record<RecordKindName, Uint8Array>> = {
  STEP: encodeStep({ frameSequence: 0, cellsChanged: 0, intents: 0, lifetimeBar: 1 }),
  DAY_END: encodeDayEnd({ day: 1, bars: 2, trades: 3 }, new Uint8Array()),
  SNAPSHOT: encodeSnapshot({ throughSequence: 0, savedDay: 0, savedNsOfDay: 0 }, new Uint8Array(8)),
  GAP: encodeGap(3, 1),
  REPORT: encodeReport({ ...createExecutionReport(), lastPx: 99.5 }),
};

/** Items of a stream of these kinds, as words: `frame 0-3 whole`. */
function itemsOf(...kinds: RecordKindName[]): string[] {
  let sequence = 0;
  const records: JournalRecord[] = kinds.map((name) => {
    const record = {
      kind: RECORD_KINDS[name],
      sequence,
      payload: PAYLOADS[name] ?? new Uint8Array(200),
      segment: 'engine-000000.dj',
      offset: 0,
    };
    sequence += name === 'GAP' ? 3 : 1;
    return record;
  });
  return [...journalItems(records)].map(describeItem);
}

function describeItem(item: JournalItem): string {
  const place = `${item.kind} ${item.sequence}-${item.lastSequence}`;
  if (item.kind === 'frame') return `${place} ${item.isWhole ? 'whole' : 'cut'} ${item.intents.length}`;
  if (item.kind !== 'report') return place;
  return `${place} ${item.isWhole ? 'whole' : 'cut'} ${item.intents.length} of price ${item.report.lastPx}`;
}

describe('records are grouped by their frame', () => {
  test('a step with all that came of it, commands and ends by themselves', () => {
    const items = itemsOf('COMMAND', 'FRAME', 'INTENT', 'DAY_END', 'CELLS', 'INTENT', 'STEP', 'FRAME', 'STEP', 'END');
    expect(items).toEqual(['command 0-0', 'frame 1-6 whole 2', 'frame 7-8 whole 0', 'end 9-9']);
  });

  test('a book, which has no step, goes as far as the next frame, command or end', () => {
    expect(itemsOf('FRAME', 'FRAME', 'INTENT', 'DAY_END', 'COMMAND', 'FRAME', 'END')).toEqual([
      'frame 0-0 whole 0',
      'frame 1-3 whole 1',
      'command 4-4',
      'frame 5-5 whole 0',
      'end 6-6',
    ]);
  });

  test('a frame at the end may be cut off', () => {
    expect(itemsOf('FRAME', 'STEP', 'FRAME', 'INTENT')).toEqual(['frame 0-1 whole 0', 'frame 2-3 cut 1']);
  });

  test('reports come in order in front of their frame, each with what was decided on it', () => {
    const items = itemsOf('COMMAND', 'INTENT', 'REPORT', 'INTENT', 'SNAPSHOT', 'INTENT', 'REPORT', 'FRAME', 'INTENT');
    expect(items).toEqual([
      'command 0-1',
      'report 2-5 whole 2 of price 99.5',
      'snapshot 4-4',
      'report 6-6 whole 0 of price 99.5',
      'frame 7-8 cut 1',
    ]);
    expect(itemsOf('FRAME', 'STEP', 'REPORT', 'INTENT').at(-1)).toBe('report 2-3 cut 1 of price 99.5');
  });

  test('a snapshot within a frame comes behind it', () => {
    expect(itemsOf('SNAPSHOT', 'FRAME', 'SNAPSHOT', 'STEP', 'FRAME', 'SNAPSHOT')).toEqual([
      'snapshot 0-0',
      'frame 1-3 whole 0',
      'snapshot 2-2',
      'frame 4-4 cut 0',
      'snapshot 5-5',
    ]);
  });

  test('a frame that a gap cuts off is left out, what came of a lost one is an orphan', () => {
    expect(itemsOf('FRAME', 'INTENT', 'GAP', 'INTENT', 'STEP', 'FRAME', 'STEP')).toEqual([
      'gap 2-4',
      'orphan 5-5',
      'orphan 6-6',
      'frame 7-8 whole 0',
    ]);
  });
});
