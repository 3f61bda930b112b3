import { describe, expect, test } from 'vitest';
import { ABANDON_ALL, ABANDON_ENTRIES } from '../../../../src/model/execution-tape.ts';
import { withoutExecutionStops } from '../../../../src/replay/journal/execution-stops.ts';
import { RECORD_KINDS, type RecordKindName } from '../../../../src/replay/journal/record-kind.ts';
import type { JournalRecord } from '../../../../src/replay/journal/stream-reader.ts';

/** `STOP` ends an interrupted life, `LAST` the run; `ALL` abandons everything, `ENTRIES` the entries. */
type Planned = RecordKindName | 'STOP' | 'LAST' | 'ALL' | 'ENTRIES';

const FIRST_VALUES = { STOP: 1, LAST: 0, ALL: ABANDON_ALL, ENTRIES: ABANDON_ENTRIES } as const;
const shared = new Float64Array(16);

function kindOf(planned: Planned): number {
  if (planned === 'STOP' || planned === 'LAST') return RECORD_KINDS.END;
  return planned === 'ALL' || planned === 'ENTRIES' ? RECORD_KINDS.ABANDON : RECORD_KINDS[planned];
}

/** As a reader gives them: a payload is valid until the next record is asked for. */
function* recordsOf(plan: readonly Planned[]): Generator<JournalRecord, void> {
  for (const [sequence, planned] of plan.entries()) {
    shared[0] = FIRST_VALUES[planned as keyof typeof FIRST_VALUES] ?? sequence;
    const payload = new Uint8Array(shared.buffer);
    yield { kind: kindOf(planned), sequence, payload, segment: 's', offset: 0 } as JournalRecord;
    shared.fill(Number.NaN);
  }
}

/** Sequences that are left of a stream. */
function leftOf(plan: readonly Planned[], isLastKept = false): number[] {
  const left: number[] = [];
  for (const { sequence } of withoutExecutionStops(recordsOf(plan), isLastKept)) left.push(sequence);
  return left;
}

const LIFE: readonly Planned[] = ['ADVANCE', 'INTENT', 'SUBMIT', 'VENUE_EVENT', 'REPORT'];
const STOP: readonly Planned[] = ['ADVANCE', 'ALL', 'CANCEL', 'ADVANCE', 'VENUE_EVENT', 'REPORT', 'STOP'];

describe('a stop behind which the run went on', () => {
  test('is left out from the time of the abandonment on', () => {
    expect(leftOf([...LIFE, ...STOP, ...LIFE])).toEqual([0, 1, 2, 3, 4, 12, 13, 14, 15, 16]);
    expect(leftOf([...LIFE, 'ALL', 'STOP', 'VENUE_EVENT'])).toEqual([0, 1, 2, 3, 4, 7]);
    expect(leftOf([...LIFE, ...STOP, ...STOP, 'VENUE_EVENT'])).toEqual([0, 1, 2, 3, 4, 19]);
  });

  test('of a life whose engine died is its END alone', () => {
    expect(leftOf([...LIFE, 'STOP', 'VENUE_EVENT'])).toEqual([0, 1, 2, 3, 4, 6]);
  });

  test('begins with the last abandonment of everything, of which no decision says that it was none of a stop', () => {
    const halted: Planned[] = ['ALL', 'CANCEL', 'ADVANCE', 'INTENT', 'SUBMIT'];
    expect(leftOf([...halted, ...STOP, 'REPORT'])).toEqual([0, 1, 2, 3, 4, 12]);
    expect(leftOf(['ENTRIES', 'CANCEL', 'STOP', 'REPORT'])).toEqual([0, 1, 3]);
    expect(leftOf(['ALL', 'CANCEL', 'ALL', 'STOP', 'REPORT'])).toEqual([0, 1, 4]);
  });
});

describe('the last stop', () => {
  test('is the end of a run that is replayed, and goes when the run goes on', () => {
    const stopped = [...LIFE, ...STOP];
    expect(leftOf(stopped, true)).toEqual(stopped.map((_, i) => i));
    expect(leftOf(stopped, false)).toEqual([0, 1, 2, 3, 4]);
  });

  test('comes out with the payloads it had when it was read', () => {
    const records = [...withoutExecutionStops(recordsOf(['ADVANCE', 'ALL', 'STOP']), true)];
    expect(records.map(({ payload }) => new Float64Array(payload.buffer)[0])).toEqual([0, ABANDON_ALL, 1]);
  });

  test('a stream that was cut off, or ended with its source, is whole', () => {
    expect(leftOf([...LIFE, 'ADVANCE'])).toEqual([0, 1, 2, 3, 4, 5]);
    expect(leftOf([...LIFE, 'ADVANCE', 'ALL', 'CANCEL', 'LAST'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
});
